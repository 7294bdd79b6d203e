import { describe, expect, test } from "vitest";
import { lastDays } from "./days";

describe("the last days", () => {
  test("are thirty, in order, each at its place, with noughts where nothing came", () => {
    const days = lastDays(
      [
        { day: "2026-03-02", received: 4 },
        { day: "2026-02-27", received: 2 },
      ],
      "2026-03-03",
    );
    expect(days).toHaveLength(30);
    expect(days[0]?.day).toBe("2026-02-02");
    expect(days.slice(-5)).toEqual([
      { day: "2026-02-27", received: 2 },
      { day: "2026-02-28", received: 0 },
      { day: "2026-03-01", received: 0 },
      { day: "2026-03-02", received: 4 },
      { day: "2026-03-03", received: 0 },
    ]);
  });

  test("go as far as the last day with events, though the clock here is behind", () => {
    expect(lastDays([{ day: "2026-03-05", received: 1 }], "2026-03-03").at(-1)).toEqual({
      day: "2026-03-05",
      received: 1,
    });
  });

  test("leave out what is older", () => {
    const total = lastDays([{ day: "2025-12-01", received: 9 }], "2026-03-03").reduce(
      (n, d) => n + d.received,
      0,
    );
    expect(total).toBe(0);
  });
});
