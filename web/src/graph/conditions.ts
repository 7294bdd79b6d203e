import type { TFunction } from "i18next";
import type { Condition, Leaf, Operand, Test } from "@/api/graph";
import type { Formatter } from "@/lib/format";
import { type Part, type Slot, sentence } from "@/lib/sentence";
import { capturedName, fieldName, knownText } from "@/lib/vocabulary";
import { isOnce, pastSentence } from "./past";
import { standingSentence } from "./standing";

/** What the sentences need: the language's texts, and how it writes figures and dates. */
export interface Tongue {
  t: TFunction;
  format: Formatter;
  /** The name of what a condition gives the id of; undefined where it is not known here. */
  nameOf?: (kind: NamedKind, id: string) => string | undefined;
}

export type NamedKind = "journey" | "list" | "template" | "group" | "segment";

/** One line of a condition: a test's sentence, or the heading of the tests below it. */
export interface ConditionLine {
  depth: number;
  /** How it is joined with the line before it of the same depth. */
  joiner: "and" | "or" | null;
  parts: Part[];
  /** What the line says, where it is a test and no heading. */
  leaf?: Leaf;
  /** The test counts against the whole where it holds: it stands under an odd number of "not". */
  negated?: boolean;
  /** The sentence itself says that the test must not hold. */
  saysNot?: boolean;
}

const isoDay = /^\d{4}-\d{2}-\d{2}$/;
const money =
  /^shop\.(revenue\.|.*\.amount$)|^amount\.(total|revenue|shipping|tax|discount)$|^revenue$|(^|_)(amount|revenue)$/;
const isoMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

/** A constant or value read, as this language writes it; a missing one has its own word. */
export function valueText(value: unknown, { t, format }: Tongue, type?: string): string {
  if (value === null || value === undefined) return t("values.missing");
  if (value === "") return t("values.empty");
  if (typeof value === "boolean") return t(value ? "values.yes" : "values.no");
  if (typeof value === "number") return format.number(value);
  if (Array.isArray(value)) {
    if (value.length === 0) return t("values.none");
    return format.list(value.map((one) => valueText(one, { t, format }, type)));
  }
  if (typeof value === "string") {
    if (isoDay.test(value)) return format.date(`${value}T12:00:00Z`);
    if (isoMoment.test(value) && !Number.isNaN(Date.parse(value))) return format.dateTime(value);
    return knownText(t, `values.known.${value.replaceAll(/[.:]/g, "_")}`) ?? value;
  }
  const held = Object.entries(value as Record<string, unknown>).filter(([, one]) => one !== null);
  return format.list(
    held.slice(0, 4).map(([path, one]) => `${fieldName(t, path)} ${valueText(one, { t, format })}`),
  );
}

/** Whether a path of the profile or of an event, or a name captured, is of the shop's amounts: in its currency. */
export const isMoney = (path: string): boolean => money.test(path);

/** The value of a path of the profile: codes of countries and languages by their names. */
export function attributeText(path: string, value: unknown, tongue: Tongue): string {
  const last = path.split(".").at(-1) ?? path;
  if (typeof value === "string" && last === "country") return tongue.format.region(value);
  if (typeof value === "string" && ["language", "locale"].includes(last)) return tongue.format.tongue(value);
  if (typeof value === "number" && isMoney(path)) return tongue.format.money(value);
  return valueText(value, tongue);
}

/** What stands on the right of a comparison with what is read at `path`. */
export function operandPart(
  operand: Operand | undefined,
  tongue: Tongue,
  type?: string,
  path?: string | null,
): Part {
  const { t } = tongue;
  switch (operand?.kind) {
    case "value":
      if (path && isMoney(path)) return { text: attributeText(path, operand.value, tongue), tone: "value" };
      return { text: valueText(operand.value, tongue, type), tone: "value" };
    case "captured":
      return { text: capturedName(t, operand.name), tone: "bound" };
    case "attribute":
      return { text: t("operand.attribute", { name: fieldName(t, operand.path) }), tone: "bound" };
    case "event":
      return { text: t("operand.event", { name: fieldName(t, operand.path) }), tone: "bound" };
    default:
      return { text: t("values.missing"), tone: "value" };
  }
}

function subjectPart(test: Test, { t }: Tongue): Part {
  return test.source === "captured"
    ? { text: capturedName(t, test.path), tone: "bound" }
    : { text: fieldName(t, test.path), tone: "field" };
}

const ANY_OF = new Set(["one_of", "not_one_of", "contains_any", "contains_none"]);

/** The values of a test that any of them decides: joined with "or". */
function alternativesPart(test: Test, tongue: Tongue): Part | undefined {
  const [first] = test.operands ?? [];
  if (!ANY_OF.has(test.operator) || first?.kind !== "value" || !Array.isArray(first.value)) return undefined;
  if (first.value.length === 0) return undefined;
  const values = first.value.map((one) => valueText(one, tongue, test.type));
  return { text: tongue.format.alternatives(values), tone: "value" };
}

/** The test as a sentence: what is read, how it is compared, with what. */
export function testSentence(test: Test, tongue: Tongue): Part[] {
  const { t } = tongue;
  const operands = test.operands ?? [];
  const [first, second] = operands;
  const unit = test.unit ?? undefined;
  const amount = first?.kind === "value" && typeof first.value === "number" ? first.value : undefined;
  const slots: Record<string, Slot> = {
    field: subjectPart(test, tongue),
    value: alternativesPart(test, tongue) ?? operandPart(first, tongue, test.type, test.path),
    other: operandPart(second, tongue, test.type, test.path),
    span:
      unit && amount !== undefined
        ? { text: t(`duration.${unit}`, { count: amount, n: tongue.format.number(amount) }), tone: "value" }
        : operandPart(first, tongue, test.type),
  };
  const general = `operators.${test.operator}`;
  const exact = `operators.${test.type}_${test.operator}`;
  if (knownText(t, exact)) return sentence(t, exact, slots);
  if (knownText(t, general)) return sentence(t, general, slots);
  return sentence(t, "operators.other", { ...slots, operator: test.operator.replaceAll("_", " ") });
}

/** Any leaf as a sentence. */
export function leafSentence(leaf: Leaf, tongue: Tongue): Part[] {
  switch (leaf.kind) {
    case "test":
      return testSentence(leaf, tongue);
    case "happened":
    case "first_or_last":
    case "followed":
    case "message":
    case "journey":
      return pastSentence(leaf, tongue);
    default:
      return standingSentence(leaf, tongue);
  }
}

/** A condition within a sentence: its leaves joined by words, what is nested in brackets. */
export function inlineParts(condition: Condition, tongue: Tongue, nested = false): Part[] {
  const { t } = tongue;
  if (condition.kind === "not") {
    const inner = inlineParts(condition.condition, tongue, true);
    return [...sentence(t, "conditions.not"), { text: " " }, ...inner];
  }
  if (condition.kind !== "and" && condition.kind !== "or") return leafSentence(condition, tongue);
  const inner = condition.conditions ?? [];
  const joined = inner.flatMap((one, index): Part[] => [
    ...(index > 0 ? [{ text: ` ${t(`conditions.${condition.kind}`)} ` }] : []),
    ...inlineParts(one, tongue, inner.length > 1),
  ]);
  return nested && inner.length > 1 ? [{ text: "(" }, ...joined, { text: ")" }] : joined;
}

/** The lines of what must not hold: "never", "none of these", else "it is not so that". */
function negatedLines(
  condition: Condition,
  tongue: Tongue,
  depth: number,
  joiner: ConditionLine["joiner"],
  negated: boolean,
): ConditionLine[] {
  if ((condition.kind === "and" || condition.kind === "or") && condition.conditions?.length === 1) {
    const [only] = condition.conditions;
    if (only) return negatedLines(only, tongue, depth, joiner, negated);
  }
  if (condition.kind === "happened" && isOnce(condition)) {
    const never = { ...condition, operator: "equals", operands: [{ kind: "value", value: 0 }] } as Leaf;
    return [{ depth, joiner, parts: leafSentence(never, tongue), leaf: condition, negated, saysNot: true }];
  }
  const word = condition.kind === "and" ? "notAll" : condition.kind === "or" ? "none" : "not";
  // The heading says how they are joined: below it they need no other.
  const within = condition.kind === "and" || condition.kind === "or" ? condition.kind : null;
  const inner = conditionLines(condition, tongue, depth + 1, null, within, negated);
  const below = word === "none" ? inner.map((one) => plainBelow(one, depth + 1)) : inner;
  return [{ depth, joiner, parts: sentence(tongue.t, `conditions.${word}`) }, ...below];
}

const plainBelow = (line: ConditionLine, depth: number): ConditionLine =>
  line.depth === depth ? { ...line, joiner: null } : line;

/** The condition as lines to read from above; none for a condition that admits everyone. */
export function conditionLines(
  condition: Condition | null | undefined,
  tongue: Tongue,
  depth = 0,
  joiner: ConditionLine["joiner"] = null,
  within: ConditionLine["joiner"] = null,
  negated = false,
): ConditionLine[] {
  if (!condition) return [];
  if (condition.kind === "not") return negatedLines(condition.condition, tongue, depth, joiner, !negated);
  if (condition.kind !== "and" && condition.kind !== "or") {
    return [{ depth, joiner, parts: leafSentence(condition, tongue), leaf: condition, negated }];
  }
  const inner = condition.conditions ?? [];
  const [only] = inner;
  if (inner.length === 1 && only) return conditionLines(only, tongue, depth, joiner, within, negated);
  // "… and (… and …)" needs no heading: it reads on. What comes first in an "or" does: else it would be read as all of it.
  const nested = within === null ? depth > 0 : within !== condition.kind;
  const heading = nested
    ? [{ depth, joiner, parts: sentence(tongue.t, `conditions.${condition.kind === "and" ? "all" : "any"}`) }]
    : [];
  const at = nested ? depth + 1 : depth;
  const word = condition.kind;
  return [
    ...heading,
    ...inner.flatMap((one, index) =>
      conditionLines(one, tongue, at, index > 0 ? word : nested ? null : joiner, word, negated),
    ),
  ];
}
