import type { Leaf, Operand, Test } from "@/api/graph";
import type { Tongue } from "@/graph/conditions";
import { plain, sentence } from "@/lib/sentence";
import { knownText } from "@/lib/vocabulary";

export type ValueType = Test["type"];
/** What an operator compares with; `texts`: several, `amount`: a number of units of time. */
export type OperandKind = "text" | "texts" | "number" | "date" | "datetime" | "amount";

const times = (kind: "date" | "datetime"): Record<string, OperandKind[]> => ({
  less_than_before_now: ["amount"],
  more_than_before_now: ["amount"],
  exactly_before_now: ["amount"],
  less_than_after_now: ["amount"],
  more_than_after_now: ["amount"],
  exactly_after_now: ["amount"],
  on: ["date"],
  before: [kind],
  after: [kind],
  between: [kind, kind],
  is_anniversary: [],
  year_equals: ["number"],
  month_equals: ["number"],
  day_equals: ["number"],
});

/** The operators of each type and what they take, as src/percorso/conditions/operators.py has them. */
export const OPERATORS: Record<ValueType, Record<string, OperandKind[]>> = {
  any: { is_not_null: [], is_null: [], is_empty: [], is_not_empty: [] },
  text: {
    equals: ["text"],
    not_equals: ["text"],
    one_of: ["texts"],
    not_one_of: ["texts"],
    contains: ["text"],
    not_contains: ["text"],
    starts_with: ["text"],
    ends_with: ["text"],
    like: ["text"],
    not_like: ["text"],
  },
  number: {
    at_least: ["number"],
    at_most: ["number"],
    more_than: ["number"],
    less_than: ["number"],
    equals: ["number"],
    not_equals: ["number"],
    between: ["number", "number"],
  },
  boolean: { is_true: [], is_false: [] },
  date: times("date"),
  datetime: times("datetime"),
  list: {
    contains_any: ["texts"],
    contains_all: ["texts"],
    contains_none: ["texts"],
    length_at_least: ["number"],
    length_at_most: ["number"],
    length_equals: ["number"],
  },
};

/** The name of an operator: its sentence without what stands in it. */
export function operatorName(type: ValueType, operator: string, { t }: Tongue): string {
  const exact = `operators.${type}_${operator}`;
  const key = knownText(t, exact) ? exact : `operators.${operator}`;
  const text = plain(sentence(t, key, { field: "…", value: "…", other: "…", span: "…" }));
  return text.replace(/^…\s*/, "").replace(/\s*…$/, "");
}

const DEFAULTS: Record<OperandKind, () => unknown> = {
  text: () => "",
  texts: () => [],
  number: () => 1,
  amount: () => 30,
  date: () => new Date().toISOString().slice(0, 10),
  datetime: () => `${new Date().toISOString().slice(0, 10)}T00:00:00Z`,
};

const fits = (kind: OperandKind, value: unknown): boolean =>
  kind === "texts"
    ? Array.isArray(value)
    : kind === "number" || kind === "amount"
      ? typeof value === "number"
      : typeof value === "string" &&
        (kind === "text" ? !/^\d{4}-\d{2}-\d{2}/.test(value) : value.includes("-"));

/** The test with another operator: operands that still fit stay, a date-time for a date does not. */
export function withOperator(test: Test, type: ValueType, operator: string): Test {
  const kinds = OPERATORS[type][operator] ?? [];
  const operands = kinds.map((kind, index): Operand => {
    const before = test.operands?.[index];
    if (before && before.kind !== "value") return before;
    const kept = before && fits(kind, before.value) && kind !== "date" && kind !== "datetime";
    return { kind: "value", value: kept ? before.value : DEFAULTS[kind]() };
  });
  const { source, path, format, caseSensitive } = test;
  return {
    kind: "test",
    source,
    path,
    type,
    operator,
    operands,
    ...(caseSensitive ? { caseSensitive } : {}),
    ...(format && (type === "date" || type === "datetime") ? { format } : {}),
    ...(kinds[0] === "amount" ? { unit: test.unit ?? "days" } : {}),
  };
}

/** A test of a field as one begins to write it: the first operator of its type. */
export function newTest(source: Test["source"], path: string, type: ValueType, format?: string | null): Test {
  const [operator = "is_not_null"] = Object.keys(OPERATORS[type]);
  const bare: Test = { kind: "test", source, path, type, operator, format };
  return withOperator(bare, type, operator);
}

/** Whether a leaf still misses something that only the writer can give. */
export function isIncomplete(leaf: Leaf): boolean {
  if (leaf.kind !== "test") return leaf.kind === "membership" && !leaf.id;
  return (leaf.operands ?? []).some(
    (one) =>
      one.kind === "value" &&
      ((one.value === "" && leaf.operator !== "equals" && leaf.operator !== "not_equals") ||
        (leaf.type === "text" && one.value === "") ||
        (Array.isArray(one.value) && one.value.length === 0)),
  );
}
