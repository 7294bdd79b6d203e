import { expect, test } from "vitest";
import { tongueOf } from "@/testing/tongue";
import { heldFor } from "./figures";

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
