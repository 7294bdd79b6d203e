// biome-ignore-all lint/suspicious/noThenProperty: the API names it so; nothing here is awaited.
import { describe, expect, test } from "vitest";
import type { Leaf } from "@/api/graph";
import { plain } from "@/lib/sentence";
import { tongueOf } from "@/testing/tongue";
import { conditionLines, leafSentence } from "./conditions";
import { whyLines } from "./why";

const order = { events: ["completedOrder"] };
const month = { kind: "ago", amount: 30, unit: "days" } as const;
const number = (value: number) => [{ kind: "value", value } as const];
const names: Record<string, string> = {
  n1: "Newsletter",
  j1: "Coupon Milano",
  g1: "Amici",
  s1: "Alto valore",
};

const cases: [Leaf, string, string][] = [
  [
    { kind: "happened", pattern: order },
    "Ordine completato: almeno una volta, in qualsiasi momento",
    "Order completed: at least once, at any time",
  ],
  [
    { kind: "happened", pattern: order, window: month, operator: "equals", operands: number(0) },
    "Ordine completato: mai, negli ultimi 30 giorni",
    "Order completed: never, in the last 30 days",
  ],
  [
    {
      kind: "happened",
      pattern: {
        events: ["completedOrder", "abandonedCart"],
        contexts: ["RETAIL"],
        where: {
          kind: "test",
          source: "event",
          path: "amount",
          type: "number",
          operator: "at_least",
          operands: number(150),
        },
      },
      window: { kind: "ago", amount: 1, unit: "weeks" },
      operands: number(1200),
    },
    "Ordine completato o Carrello abbandonato in negozio (importo è almeno 150,00 €): almeno 1.200 volte, nell’ultima settimana",
    "Order completed or Cart abandoned in store (amount is at least €150.00): at least 1,200 times, in the last week",
  ],
  [
    {
      kind: "happened",
      pattern: order,
      measure: "sum",
      path: "amount",
      operator: "more_than",
      operands: number(500),
      window: { kind: "between", since: "2026-01-01", until: null },
    },
    "Ordine completato: la somma di importo è più di 500,00 €, dal 1 gen 2026",
    "Order completed: the sum of amount is more than €500.00, since Jan 1, 2026",
  ],
  [
    {
      kind: "first_or_last",
      which: "last",
      pattern: order,
      condition: { kind: "test", source: "event", path: "storeCode", type: "any", operator: "is_not_null" },
    },
    "l’ultimo evento Ordine completato, in qualsiasi momento, ha negozio è stato impostato",
    "the last Order completed, at any time, has store was set",
  ],
  [
    {
      kind: "followed",
      first: { events: ["abandonedCart"] },
      then: order,
      within: { amount: 3, unit: "days" },
      same: { first: "cartId", then: "cartId" },
    },
    "Carrello abbandonato, in qualsiasi momento, poi Ordine completato entro 3 giorni, con carrello in comune",
    "Cart abandoned, at any time, then Order completed within 3 days, with the same cart",
  ],
  [
    {
      kind: "message",
      channel: "email",
      action: "not_opened",
      scope: { last: 5, listId: "n1" },
      operands: number(3),
      window: month,
    },
    "non ha aperto email, gli ultimi 5 inviati, della lista Newsletter: almeno 3 messaggi, negli ultimi 30 giorni",
    "did not open email, the last 5 sent, of the list Newsletter: at least 3 messages, in the last 30 days",
  ],
  [
    { kind: "journey", state: "finished", journeyId: "j1", outcome: "positive" },
    "ha finito il percorso Coupon Milano con esito positivo, in qualsiasi momento",
    "finished the journey Coupon Milano with a positive outcome, at any time",
  ],
  [
    { kind: "journey", state: "inside", journeyId: "gone" },
    "è ora nel percorso Senza nome",
    "is now in the journey Unnamed",
  ],
  [{ kind: "membership", of: "group", id: "g1" }, "è nel gruppo Amici", "is in the group Amici"],
  [
    { kind: "membership", of: "segment", id: "s1" },
    "è nel segmento Alto valore",
    "is in the segment Alto valore",
  ],
  [
    { kind: "status", channel: "sms" },
    "è iscritto agli SMS di una lista qualsiasi",
    "is subscribed to the SMS of any list",
  ],
  [
    { kind: "consent", leaf: "profiling.online", aspect: "objection", value: false },
    "consenso a profilazione online: senza opposizione",
    "consent to online profiling: not objected to",
  ],
  [{ kind: "identity", identity: "phone" }, "ha un numero di telefono", "has a phone number"],
];

describe.each(["it", "en"] as const)("each kind of leaf has a sentence (%s)", (language) => {
  test.each(cases)("%j", async (leaf, italian, english) => {
    const tongue = { ...(await tongueOf(language)), nameOf: (_: string, id: string) => names[id] };
    expect(plain(leafSentence(leaf, tongue))).toBe(language === "it" ? italian : english);
  });
});

test("what looks back stands in a condition beside tests, each on a line of its own", async () => {
  const lines = conditionLines(
    {
      kind: "and",
      conditions: [
        { kind: "happened", pattern: order },
        { kind: "not", condition: { kind: "identity", identity: "email" } },
      ],
    },
    await tongueOf("en"),
  );
  expect(lines.map((line) => [line.depth, line.joiner, plain(line.parts)])).toEqual([
    [0, null, "Order completed: at least once, at any time"],
    [0, "and", "it is not so that:"],
    [1, null, "has an email address"],
  ]);
});

test("a why of what happened says how often it did, or what was found", async () => {
  const tongue = await tongueOf("en");
  const said = whyLines(
    [
      { test: { kind: "happened", pattern: order }, read: 3, compared: [1], verdict: true },
      {
        test: { kind: "identity", identity: "email" },
        read: { amount: 12, store: null },
        compared: [],
        verdict: true,
      },
    ],
    tongue,
  );
  expect(said.map((line) => line.read)).toEqual(["3", "amount 12"]);
});

test("a why of a status says it in the language of the page", async () => {
  const tongue = await tongueOf("it");
  const [line] = whyLines(
    [
      {
        test: { kind: "status", channel: "email", status: "unsubscribed" },
        read: "none",
        compared: ["unsubscribed"],
        verdict: false,
      },
    ],
    tongue,
  );
  expect(line?.read).toBe("senza iscrizione");
});
