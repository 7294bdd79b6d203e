import type { Condition } from "@/api/graph";
import type { Definition } from "@/api/segments";
import { isIncomplete } from "../builder/operators";
import type { Combined } from "./combine";
import { type GroupNode, toCondition } from "./draft";

/** What is written, as the server has it; null while it asks nothing. */
export function definitionOf(
  kind: Definition["kind"],
  draft: GroupNode,
  combined: Combined,
): Definition | null {
  // biome-ignore lint/suspicious/noThenProperty: the API names it so
  if (kind === "combination") return { kind, first: combined.first, then: combined.then };
  const condition = toCondition(draft);
  return condition && { kind, condition };
}

const hasLeaves = (condition: Condition): boolean =>
  condition.kind === "and" || condition.kind === "or" ? (condition.conditions ?? []).some(hasLeaves) : true;

function isWhole(condition: Condition | null | undefined): boolean {
  if (!condition) return true;
  switch (condition.kind) {
    case "not":
      return isWhole(condition.condition);
    case "and":
    case "or":
      return (condition.conditions ?? []).every(isWhole);
    case "happened":
      return isWhole(condition.pattern.where);
    case "first_or_last":
      return hasLeaves(condition.condition) && isWhole(condition.condition);
    case "followed":
      return isWhole(condition.first.where) && isWhole(condition.then.where);
    default:
      return !isIncomplete(condition);
  }
}

/** Whether nothing is missing that only the writer can give; whether it makes sense the server says. */
export function isReady(definition: Definition | null): boolean {
  if (!definition) return false;
  if (definition.kind === "filter") return isWhole(definition.condition);
  return definition.first !== "" && definition.then.every((one) => one.segmentId !== "");
}
