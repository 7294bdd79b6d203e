import { expect, test } from "vitest";
import { readLocal, toLocal } from "./local-time";

test.each([
  ["2026-03-18T10:42", "Europe/Rome", "2026-03-18T09:42:00.000Z"],
  ["2026-07-18T10:42", "Europe/Rome", "2026-07-18T08:42:00.000Z"],
  ["2026-03-29T03:30", "Europe/Rome", "2026-03-29T01:30:00.000Z"],
  ["2026-01-01T00:15", "America/New_York", "2026-01-01T05:15:00.000Z"],
  ["2026-01-01T00:15", "UTC", "2026-01-01T00:15:00.000Z"],
])("%s in %s is %s, there and back", (text, zone, moment) => {
  expect(new Date(readLocal(text, zone) ?? 0).toISOString()).toBe(moment);
  expect(toLocal(new Date(moment), zone)).toBe(text);
});

test("what is no moment is none", () => {
  expect(readLocal("", "UTC")).toBeUndefined();
});
