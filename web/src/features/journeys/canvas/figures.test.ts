import { expect, test } from "vitest";
import type { Step } from "@/api/graph";
import { tongueOf } from "@/testing/tongue";
import { countsOf, heldFor, lostText } from "./figures";

const now = new Date("2026-03-18T10:42:00Z");

test.each([
  ["en", "2026-03-18T10:43:10Z", "just now"],
  ["it", "2026-03-18T10:43:10Z", "da poco"],
  ["en", "2026-03-18T10:41:30Z", "just now"],
  ["en", "2026-03-18T10:40:00Z", "for 2 minutes"],
  ["it", "2026-03-18T10:40:00Z", "da 2 minuti"],
] as const)("in %s who is here since %s is here %s", async (language, since, said) => {
  expect(heldFor(since, now, await tongueOf(language))).toBe(said);
});

const counts = (exits: Record<string, number>, skipped = 0) => {
  const nothing = countsOf(undefined, "any");
  return { ...nothing, exits, messages: { ...nothing.messages, skipped } };
};
const wait = { kind: "wait", period: { amount: 2, unit: "days" } } as Step;
const mail = { kind: "send_email", templateId: "t" } as Step;

test.each([
  ["whose path ended here", wait, counts({ completed: 3 }), ""],
  ["who were taken out while they waited", wait, counts({ completed: 3, removed: 2 }), "2 left here"],
  ["who left for a message that was not sent", mail, counts({ not_subscribed: 1 }, 1), "1 not sent"],
  [
    "and those who left besides",
    mail,
    counts({ not_subscribed: 1, removed: 2 }, 1),
    "1 not sent · 2 left here",
  ],
] as const)("of those %s the step says so", async (_, step, figures, said) => {
  expect(lostText(step, figures, await tongueOf("en"))).toBe(said);
});
