import type { Operand, Window } from "@/api/graph";
import type { Part } from "@/lib/sentence";
import { operandPart, type Tongue, valueText } from "./conditions";

/** When something happened, as words that stand in a sentence. */
export function windowPart(window: Window | undefined, tongue: Tongue): Part {
  const { t, format } = tongue;
  const value = (text: string): Part => ({ text, tone: "value" });
  if (window?.kind === "between") {
    const since = window.since ? valueText(window.since, tongue) : "";
    const until = window.until ? valueText(window.until, tongue) : "";
    if (since && until) return value(t("window.between", { since, until }));
    if (since) return value(t("window.since", { since }));
    if (until) return value(t("window.until", { until }));
  }
  if (window?.kind === "ago") {
    const { amount, unit, operator = "less_than" } = window;
    const n = format.number(amount);
    if (operator === "less_than") return value(t(`window.last.${unit}`, { count: amount, n }));
    const span = t(`duration.${unit}`, { count: amount, n });
    return value(t(operator === "exactly" ? "window.exactly" : "window.longer", { span }));
  }
  return value(t("window.anytime"));
}

const constant = (operand: Operand | undefined): number | undefined =>
  operand?.kind === "value" && typeof operand.value === "number" ? operand.value : undefined;

/** How often: "at least 3 times", "never"; `what` is counted. */
export function oftenPart(
  what: "times" | "messages" | "values",
  operator: string,
  operands: Operand[],
  tongue: Tongue,
): Part {
  const { t, format } = tongue;
  const [first, second] = operands;
  const count = constant(first);
  const none = (operator === "equals" || operator === "at_most") && count === 0;
  if (none || (operator === "less_than" && count === 1)) return { text: t("often.never"), tone: "value" };
  const value = operandPart(first, tongue, "number").text;
  if (operator === "between") {
    const other = operandPart(second, tongue, "number").text;
    return { text: t(`often.${what}.between`, { value, other }), tone: "value" };
  }
  const known = ["at_least", "at_most", "equals", "not_equals", "less_than", "more_than"];
  const key = `often.${what}.${known.includes(operator) ? operator : "at_least"}`;
  return {
    text: t(key, { count: count ?? 2, n: count === undefined ? value : format.number(count) }),
    tone: "value",
  };
}

/** A measure of `path` compared with a number: "at least 150", "between €10.00 and €20.00". */
export function amountPart(
  operator: string,
  operands: Operand[],
  tongue: Tongue,
  path: string | null | undefined,
): Part {
  const { t } = tongue;
  const value = operandPart(operands[0], tongue, "number", path).text;
  const other = operandPart(operands[1], tongue, "number", path).text;
  return { text: t(`often.amount.${operator}`, { value, other }), tone: "value" };
}
