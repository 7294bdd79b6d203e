import type { Condition, Leaf } from "@/api/graph";
import type { Part } from "@/lib/sentence";
import {
  attributeText,
  type ConditionLine,
  conditionLines,
  isMoney,
  leafSentence,
  type Tongue,
  valueText,
} from "./conditions";

/** One leaf as it was judged: what was read, what it was compared with, and the outcome. */
export interface JudgedLeaf {
  test: Leaf;
  read?: unknown;
  compared: unknown[];
  verdict: boolean;
}

/** A line of a "why": a test with what was read of it, or the heading of those below it. */
export interface WhySaid {
  depth: number;
  joiner: ConditionLine["joiner"];
  parts: Part[];
  read?: string;
  /** Whether it counts for the outcome; a test under "not" does where it does not hold. */
  favours?: boolean;
  /** It must not hold, which the sentence does not say: those above it do. */
  turned?: boolean;
  /** Whether it holds, where its place in the condition is not known. */
  holds?: boolean;
}

/**
 * The lines of a "why"; what was known only when it ran is said with the value that it had.
 * With the `conditions` that were judged they keep their groups; their tests are `judged`, in order, none left out.
 */
export function whyLines(judged: JudgedLeaf[], tongue: Tongue, conditions: Condition[] = []): WhySaid[] {
  const lines = conditions.flatMap((condition) => conditionLines(condition, tongue));
  const tests = lines.flatMap(({ leaf }) => (leaf ? [leaf] : []));
  // A condition that was changed after it was judged says nothing of these verdicts.
  const isSame = tests.length === judged.length && tests.every((leaf, at) => isAlike(leaf, judged[at]?.test));
  const said: ConditionLine[] = isSame
    ? lines
    : judged.map(({ test }) => ({ depth: 0, joiner: null, parts: leafSentence(test, tongue), leaf: test }));
  let at = 0;
  return said.map(({ depth, joiner, parts, leaf, negated = false, saysNot = false }) => {
    const one = leaf && judged[at++];
    if (!one) return { depth, joiner, parts };
    return {
      depth,
      joiner,
      parts: boundParts(parts, one, tongue),
      read: readText(one, tongue),
      ...(isSame
        ? { favours: one.verdict !== negated, ...(negated && !saysNot && { turned: true }) }
        : { holds: one.verdict }),
    };
  });
}

function isAlike(one: Leaf, other: Leaf | undefined): boolean {
  if (one.kind !== other?.kind) return false;
  return one.kind !== "test" || other.kind !== "test" || (one.path === other.path && one.type === other.type);
}

function boundParts(parts: Part[], { test, compared }: JudgedLeaf, tongue: Tongue): Part[] {
  const type = test.kind === "test" ? test.type : undefined;
  const [operand] = test.kind === "test" ? (test.operands ?? []) : [];
  if (operand === undefined || operand.kind === "value" || compared.length === 0) return parts;
  return parts.map((part) =>
    part.tone === "bound" && part.slot !== "field"
      ? { ...part, text: `${part.text} (${valueText(compared[0], tongue, type)})` }
      : part,
  );
}

function readText({ test, read }: JudgedLeaf, tongue: Tongue): string {
  if (test.kind === "status" && typeof read === "string") {
    return tongue.t(`standing.statuses.${read}`, { defaultValue: read });
  }
  if (test.kind === "test" && (test.source !== "captured" || isMoney(test.path)))
    return attributeText(test.path, read, tongue);
  if (
    test.kind === "happened" &&
    typeof read === "number" &&
    test.measure &&
    test.measure !== "count" &&
    test.measure !== "distinct"
  ) {
    return attributeText(test.path ?? "", read, tongue);
  }
  return valueText(read, tongue, test.kind === "test" ? test.type : undefined);
}
