import { expect, test } from "vitest";
import type { Condition, Leaf } from "@/api/graph";
import { plain } from "@/lib/sentence";
import { tongueOf } from "@/testing/tongue";
import { type JudgedLeaf, whyLines } from "./why";

const clicked: Leaf = {
  kind: "message",
  channel: "email",
  action: "clicked",
  window: { kind: "ago", amount: 7, unit: "days" },
};
const unsubscribed: Leaf = { kind: "status", channel: "email", status: "unsubscribed" };
const bought: Leaf = { kind: "happened", pattern: { events: ["completedOrder"] } };
const phone: Leaf = { kind: "identity", identity: "phone" };

const judge = (leaf: Leaf, verdict: boolean, read: unknown): JudgedLeaf => ({
  test: leaf,
  verdict,
  read,
  compared: [],
});

async function say(language: "it" | "en", judged: JudgedLeaf[], condition: Condition) {
  const lines = whyLines(judged, await tongueOf(language), [condition]);
  return lines.map((line) => [line.depth, line.joiner, plain(line.parts), line.read, line.favours]);
}

const neither: Condition = {
  kind: "and",
  conditions: [phone, { kind: "not", condition: { kind: "or", conditions: [clicked, unsubscribed] } }],
};
const seen = [
  judge(phone, true, "+39 333"),
  judge(clicked, true, 2),
  judge(unsubscribed, false, "subscribed"),
];

test("who clicked is out because of the click, not of the subscription", async () => {
  expect(await say("it", seen, neither)).toEqual([
    [0, null, "ha un numero di telefono", "+39 333", true],
    [0, "and", "nessuna di queste:", undefined, undefined],
    [1, null, "ha cliccato in almeno un’email negli ultimi 7 giorni", "2", false],
    [1, null, "è disiscritto dalle email di una lista qualsiasi", "iscritto", true],
  ]);
  expect(await say("en", seen, neither)).toEqual([
    [0, null, "has a phone number", "+39 333", true],
    [0, "and", "none of these:", undefined, undefined],
    [1, null, "clicked in at least one email in the last 7 days", "2", false],
    [1, null, "is unsubscribed from the emails of any list", "subscribed", true],
  ]);
});

test("a not within a not turns the effect round again", async () => {
  const condition: Condition = { kind: "not", condition: { kind: "not", condition: phone } };
  expect(await say("it", [judge(phone, true, "+39")], condition)).toEqual([
    [0, null, "non vale che:", undefined, undefined],
    [1, null, "non vale che:", undefined, undefined],
    [2, null, "ha un numero di telefono", "+39", true],
  ]);
});

test("what must not have happened even once is never, and one time counts against it", async () => {
  const condition: Condition = { kind: "not", condition: bought };
  expect(await say("it", [judge(bought, true, 1)], condition)).toEqual([
    [0, null, "Ordine completato: mai, in qualsiasi momento", "1", false],
  ]);
  expect(await say("en", [judge(bought, false, 0)], condition)).toEqual([
    [0, null, "Order completed: never, at any time", "0", true],
  ]);
});

test("tests that must all hold stand one below the other, each for what it is", async () => {
  const condition: Condition = { kind: "and", conditions: [phone, bought] };
  const judged = [judge(phone, true, "+39"), judge(bought, false, 0)];
  const lines = [
    [0, null, "has a phone number", "+39", true],
    [0, "and", "Order completed: at least once, at any time", "0", false],
  ];
  expect(await say("en", judged, condition)).toEqual(lines);
});

test("not all of several says so, and keeps the word between them", async () => {
  const condition: Condition = { kind: "not", condition: { kind: "and", conditions: [phone, bought] } };
  const judged = [judge(phone, true, "+39"), judge(bought, false, 0)];
  expect((await say("it", judged, condition)).map((line) => line.slice(0, 3))).toEqual([
    [0, null, "non tutte queste insieme:"],
    [1, null, "ha un numero di telefono"],
    [1, "and", "Ordine completato: almeno una volta, in qualsiasi momento"],
  ]);
});

test("a condition that is not the one that was judged is left aside", async () => {
  const other: Condition = { kind: "and", conditions: [bought, phone] };
  const [line, ...others] = whyLines([judge(phone, false, null)], await tongueOf("en"), [other]);
  expect(others).toEqual([]);
  // What it counts for is not known, only that it does not hold.
  expect(line).toMatchObject({ read: "no value", holds: false });
  expect(line?.favours).toBeUndefined();
});

test("paths that were judged one after the other keep their own groups", async () => {
  const first: Condition = { kind: "or", conditions: [clicked, unsubscribed] };
  const judged = [
    judge(clicked, false, 0),
    judge(unsubscribed, false, "subscribed"),
    judge(phone, true, "+39"),
    judge(bought, true, 1),
  ];
  const paths: Condition[] = [first, { kind: "and", conditions: [phone, bought] }];
  const lines = whyLines(judged, await tongueOf("en"), paths);
  expect(lines.map((line) => [line.depth, line.joiner, line.favours])).toEqual([
    [0, null, false],
    [0, "or", false],
    [0, null, true],
    [0, "and", true],
  ]);
});

test("of what must not hold it is said whether it does, unless the sentence says not itself", async () => {
  const tongue = await tongueOf("en");
  const turned = (judged: JudgedLeaf[], condition: Condition) =>
    whyLines(judged, tongue, [condition]).map((line) => line.turned);
  expect(turned(seen, neither)).toEqual([undefined, undefined, true, true]);
  expect(turned([judge(bought, true, 1)], { kind: "not", condition: bought })).toEqual([undefined]);
  const twice: Condition = { kind: "not", condition: { kind: "not", condition: phone } };
  expect(turned([judge(phone, true, "+39")], twice)).toEqual([undefined, undefined, undefined]);
});
