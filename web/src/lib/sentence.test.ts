import { expect, test } from "vitest";
import { tongueOf } from "@/testing/tongue";
import { plain, sentence, withMarks } from "./sentence";

test("a sentence is cut where its slots stand, in the order of its language", async () => {
  const { t } = await tongueOf("it");
  expect(sentence(t, "steps.wait.sentence", { span: "2 giorni" })).toEqual([
    { text: "Aspetta " },
    { text: "2 giorni", slot: "span", tone: "value" },
    { text: ", poi prosegue." },
  ]);
});

test("a slot may be a sentence of its own", async () => {
  const { t } = await tongueOf("en");
  const inner = sentence(t, "operand.captured", { name: "coupon" });
  expect(plain(sentence(t, "steps.wait.sentence", { span: inner }))).toBe(
    "Waits value “coupon”, then goes on.",
  );
});

test("a slot that nobody fills leaves no mark", async () => {
  const { t } = await tongueOf("en");
  expect(plain(sentence(t, "steps.wait.sentence", { span: "" }))).toBe("Waits , then goes on.");
});

test("a mark stays with the slot before it, and words that begin with none stay as they are", () => {
  const parts = [
    { text: ", so " },
    { text: "Order", slot: "event" },
    { text: ": sum of " },
    { text: "150", slot: "often" },
    { text: " ever" },
  ];
  expect(withMarks(parts).map(({ part, mark }) => [part.text, mark])).toEqual([
    [", so ", ""],
    ["Order", ":"],
    [" sum of ", ""],
    ["150", ""],
    [" ever", ""],
  ]);
});
