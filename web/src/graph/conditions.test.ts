import { describe, expect, test } from "vitest";
import type { Condition, Test } from "@/api/graph";
import { plain } from "@/lib/sentence";
import { milan } from "@/testing/graphs";
import { tongueOf } from "@/testing/tongue";
import { attributeText, conditionLines, testSentence } from "./conditions";
import { whyLines } from "./why";

const one = (more: Partial<Test>): Test => ({
  kind: "test",
  source: "attribute",
  path: "gender",
  type: "text",
  operator: "equals",
  operands: [],
  ...more,
});

const said = async (language: "it" | "en", condition: Condition) => {
  const tongue = await tongueOf(language);
  return conditionLines(condition, tongue).map(
    (line) => `${line.joiner ?? ""}|${line.depth}|${plain(line.parts)}`,
  );
};

test("a condition reads as sentences in each language", async () => {
  expect(await said("it", milan)).toEqual([
    "|0|codice coupon è uguale a coupon assegnato",
    "and|0|negozio è uguale a Milano",
    "and|0|etichette contiene top spender",
    "and|0|genere è uguale a donna",
  ]);
  expect(await said("en", milan)).toEqual([
    "|0|coupon code is assigned coupon",
    "and|0|store is Milano",
    "and|0|tags contains top spender",
    "and|0|gender is female",
  ]);
});

test("nested conditions have a heading of their own", async () => {
  const nested: Condition = {
    kind: "and",
    conditions: [one({ operator: "is_null", type: "any" }), { kind: "or", conditions: [one({}), one({})] }],
  };
  expect((await said("en", nested)).map((line) => line.split("|").slice(0, 2).join("|"))).toEqual([
    "|0",
    "and|0",
    "|1",
    "or|1",
  ]);
});

test("no condition has no lines", async () => {
  expect(conditionLines(null, await tongueOf("it"))).toEqual([]);
});

describe("a test's sentence", () => {
  test.each([
    ["it", 1, "birthDate: nascita è stato meno di 1 giorno fa"],
    ["it", 3, "birthDate: nascita è stato meno di 3 giorni fa"],
    ["en", 1, "birthDate: birth date was less than 1 day ago"],
    ["en", 1200, "birthDate: birth date was less than 1,200 days ago"],
  ] as const)("says an amount of time with its plural (%s, %i)", async (language, amount, sentence) => {
    const parts = testSentence(
      one({
        path: "birthDate",
        type: "date",
        operator: "less_than_before_now",
        unit: "days",
        operands: [{ kind: "value", value: amount }],
      }),
      await tongueOf(language),
    );
    expect(`birthDate: ${plain(parts)}`).toBe(sentence);
  });

  test.each([
    ["it", "first_amount", "importo del primo ordine è almeno 150,00 €"],
    ["en", "first_amount", "first order’s amount is at least €150.00"],
    ["it", "giftBox_size", "valore «gift box size» è almeno 150"],
    ["en", "giftBox_size", "value “gift box size” is at least 150"],
  ] as const)("says in words what a run remembered (%s, %s)", async (language, path, sentence) => {
    const parts = testSentence(
      one({
        source: "captured",
        path,
        type: "number",
        operator: "at_least",
        operands: [{ kind: "value", value: 150 }],
      }),
      await tongueOf(language),
    );
    expect(plain(parts)).toBe(sentence);
  });

  test.each([
    ["en", "one_of", "city is one of Milano, Torino, or Monza"],
    ["it", "one_of", "città è tra Milano, Torino o Monza"],
    ["en", "contains_all", "city contains all of Milano, Torino, and Monza"],
  ] as const)("joins what any of will do with or (%s, %s)", async (language, operator, sentence) => {
    const operands = [{ kind: "value" as const, value: ["Milano", "Torino", "Monza"] }];
    const parts = testSentence(one({ path: "city", operator, operands }), await tongueOf(language));
    expect(plain(parts)).toBe(sentence);
  });

  test("shows an operator without a sentence of its own rather than nothing", async () => {
    const parts = testSentence(
      one({ operator: "rhymes_with", operands: [{ kind: "value", value: "x" }] }),
      await tongueOf("en"),
    );
    expect(plain(parts)).toBe("gender rhymes with x");
  });

  test("takes a value for what it is, even where it looks like a slot", async () => {
    const parts = testSentence(
      one({ operands: [{ kind: "value", value: "{{field}} $t(common.more)" }] }),
      await tongueOf("en"),
    );
    expect(plain(parts)).toBe("gender is {{field}} $t(common.more)");
  });
});

test.each([
  ["it", "address.country", "IT", "Italia"],
  ["en", "address.country", "IT", "Italy"],
  ["it", "language", "en", "inglese"],
  ["it", "address.city", "IT", "IT"],
  ["en", "gender", "female", "female"],
  ["en", "shop.revenue.total", 258.2, "€258.20"],
  ["en", "shop.lastOrder.amount", 188, "€188.00"],
  ["en", "shop.orders", 3, "3"],
] as const)("a value of the profile has its name (%s, %s)", async (language, path, value, name) => {
  expect(attributeText(path, value, await tongueOf(language))).toBe(name);
});

test("a why says the value that was read, and the one that was bound", async () => {
  const [coupon] = milan.kind === "and" ? (milan.conditions ?? []) : [];
  const lines = whyLines(
    [{ test: coupon as Test, read: null, compared: ["MI-7Q2X"], verdict: false }],
    await tongueOf("it"),
  );
  expect(lines.map((line) => [plain(line.parts), line.read, line.holds])).toEqual([
    ["codice coupon è uguale a coupon assegnato (MI-7Q2X)", "nessun valore", false],
  ]);
});

test("a group that comes first among others says that it is one", async () => {
  const tongue = await tongueOf("en");
  const leaf = (path: string): Condition => ({
    kind: "test",
    source: "attribute",
    path,
    type: "boolean",
    operator: "is_true",
    operands: [],
  });
  const both: Condition = { kind: "and", conditions: [leaf("a"), leaf("b")] };
  const lines = conditionLines({ kind: "or", conditions: [both, leaf("c")] }, tongue);
  expect(lines.map((line) => [line.depth, line.joiner, plain(line.parts)])).toEqual([
    [0, null, "all of these:"],
    [1, null, "a is yes"],
    [1, "and", "b is yes"],
    [0, "or", "c is yes"],
  ]);
});
