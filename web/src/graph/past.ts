import type {
  FirstOrLast,
  Followed,
  Happened,
  JourneyTest,
  MessageTest,
  Operand,
  Pattern,
} from "@/api/graph";
import { type Part, sentence } from "@/lib/sentence";
import { eventName, fieldName, reasonText } from "@/lib/vocabulary";
import { inlineParts, type Tongue } from "./conditions";
import { amountPart, oftenPart, windowPart } from "./windows";

/** As the server has it where nothing is said: at least one. */
const ONE: Operand[] = [{ kind: "value", value: 1 }];

/** The names of a pattern's facts, joined by "or", and where they happened. */
export function eventsPart(pattern: Pattern, { t }: Tongue): Part {
  const names = pattern.events.map((name) => eventName(t, name)).join(` ${t("conditions.or")} `);
  const contexts = (pattern.contexts ?? []).map((one) => t(`contexts.${one}`)).join(", ");
  return { text: contexts ? `${names} ${contexts}` : names, slot: "event", tone: "value" };
}

/** A pattern with what its facts must meet, in brackets. */
function patternParts(pattern: Pattern, tongue: Tongue): Part[] {
  const name = eventsPart(pattern, tongue);
  if (!pattern.where) return [name];
  return [name, { text: " (" }, ...inlineParts(pattern.where, tongue), { text: ")" }];
}

/** It asks no more than that it happened once: its contrary is "never". */
export const isOnce = ({ measure = "count", operator = "at_least", operands = ONE }: Happened): boolean => {
  const [first] = operands;
  return measure === "count" && operator === "at_least" && first?.kind === "value" && first.value === 1;
};

function happened(leaf: Happened, tongue: Tongue): Part[] {
  const { t } = tongue;
  const { measure = "count", operator = "at_least", operands = ONE } = leaf;
  const slots = { event: patternParts(leaf.pattern, tongue), window: windowPart(leaf.window, tongue) };
  if (measure === "count") {
    return sentence(t, "past.happened.count", {
      ...slots,
      often: oftenPart("times", operator, operands, tongue),
    });
  }
  const field: Part = { text: fieldName(t, leaf.path ?? ""), tone: "field" };
  const often =
    measure === "distinct"
      ? oftenPart("values", operator, operands, tongue)
      : amountPart(operator, operands, tongue, leaf.path);
  return sentence(t, `past.happened.${measure}`, { ...slots, field, often });
}

function firstOrLast(leaf: FirstOrLast, tongue: Tongue): Part[] {
  return sentence(tongue.t, `past.${leaf.which}`, {
    event: patternParts(leaf.pattern, tongue),
    window: windowPart(leaf.window, tongue),
    condition: inlineParts(leaf.condition, tongue),
  });
}

/** How much later the second fact may come. */
export function withinPart(leaf: Followed, { t, format }: Tongue): Part {
  if (!leaf.within) return { text: t("past.after"), tone: "value" };
  const { amount, unit } = leaf.within;
  const span = t(`duration.${unit}`, { count: amount, n: format.number(amount) });
  return { text: t("past.within", { span }), tone: "value" };
}

function followed(leaf: Followed, tongue: Tongue): Part[] {
  const slots = {
    first: patternParts(leaf.first, tongue),
    second: patternParts(leaf.then, tongue),
    within: withinPart(leaf, tongue),
    window: windowPart(leaf.window, tongue),
  };
  if (!leaf.same) return sentence(tongue.t, "past.followed", slots);
  const field: Part = { text: fieldName(tongue.t, leaf.same.first), tone: "field" };
  return sentence(tongue.t, "past.followedSame", { ...slots, field });
}

/** Which messages a test is about, as the words of each limit. */
export function scopePart(leaf: MessageTest, { t, format, nameOf }: Tongue): Part {
  const { templateId, listId, journeyId, tags = [], last } = leaf.scope ?? {};
  const named = (kind: "template" | "list" | "journey", id: string | null | undefined) =>
    id ? [t(`past.scope.${kind}`, { name: nameOf?.(kind, id) ?? t("common.unnamed") })] : [];
  const limits = [
    ...(last ? [t("past.scope.last", { count: last, n: format.number(last) })] : []),
    ...named("template", templateId),
    ...named("list", listId),
    ...named("journey", journeyId),
    ...(tags.length > 0 ? [t("past.scope.tags", { tags: tags.join(", ") })] : []),
    ...(leaf.link ? [t("past.scope.link", { link: leaf.link })] : []),
    ...(leaf.reason ? [t(`past.reasons.${leaf.reason}`)] : []),
  ];
  return { text: limits.length > 0 ? limits.join(", ") : t("past.scope.any"), tone: "value" };
}

function message(leaf: MessageTest, tongue: Tongue): Part[] {
  const { t } = tongue;
  const { operator = "at_least", operands = ONE, counted = "messages" } = leaf;
  const [first] = operands;
  const isAny =
    Object.values(leaf.scope ?? {})
      .flat()
      .every((one) => !one) &&
    !leaf.link &&
    !leaf.reason;
  if (
    isAny &&
    counted === "messages" &&
    operator === "at_least" &&
    first?.kind === "value" &&
    first.value === 1
  ) {
    return sentence(t, "past.messageOnce", {
      action: { text: t(`past.actions.${leaf.action}`), tone: "field" },
      channel: { text: t(`past.once.${leaf.channel}`), tone: "value" },
      window: windowPart(leaf.window, tongue),
    });
  }
  return sentence(t, "past.message", {
    action: { text: t(`past.actions.${leaf.action}`), tone: "field" },
    channel: { text: t(`past.channels.${leaf.channel}`), tone: "value" },
    scope: scopePart(leaf, tongue),
    often: oftenPart(counted === "actions" ? "times" : "messages", operator, operands, tongue),
    window: windowPart(leaf.window, tongue),
  });
}

function journey(leaf: JourneyTest, tongue: Tongue): Part[] {
  const { t, nameOf } = tongue;
  const name = leaf.journeyId ? (nameOf?.("journey", leaf.journeyId) ?? t("common.unnamed")) : "";
  const outcome = t(`past.outcomes.${leaf.outcome ?? "any"}`);
  return sentence(t, leaf.reason ? "past.journey.finishedFor" : `past.journey.${leaf.state}`, {
    state: { text: t(`past.states.${leaf.state}`), tone: "field" },
    journey: { text: name || t("past.anyJourney"), tone: "value" },
    outcome: { text: outcome, tone: "value" },
    reason: { text: reasonText(t, leaf.reason), tone: "value" },
    window: windowPart(leaf.window, tongue),
  });
}

/** The sentence of a leaf that looks back on facts. */
export function pastSentence(
  leaf: Happened | FirstOrLast | Followed | MessageTest | JourneyTest,
  tongue: Tongue,
): Part[] {
  switch (leaf.kind) {
    case "happened":
      return happened(leaf, tongue);
    case "first_or_last":
      return firstOrLast(leaf, tongue);
    case "followed":
      return followed(leaf, tongue);
    case "message":
      return message(leaf, tongue);
    default:
      return journey(leaf, tongue);
  }
}
