import { describe, expect, test } from "vitest";
import { makeFormatter } from "./format";
import { productTime } from "./now";

const it = makeFormatter({ language: "it", timeZone: "Europe/Rome", currency: "EUR" });
const en = makeFormatter({ language: "en", timeZone: "America/New_York", currency: "USD" });
const spaces = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");
const now = new Date("2026-03-18T10:42:00Z");

describe("figures", () => {
  test("are grouped as the language does, four digits too", () => {
    expect([it.number(4812), en.number(4812)]).toEqual(["4.812", "4,812"]);
  });

  test("of money carry the workspace's currency", () => {
    expect(spaces(it.money(148))).toBe("148,00 €");
    expect(en.money(148)).toBe("$148.00");
  });

  test("of a few people are not shown as nought", () => {
    expect([it.share(0.0046), it.share(0), it.share(0.714)].map(spaces)).toEqual(["< 1%", "0%", "71%"]);
  });
});

describe("days", () => {
  test("are those of the workspace's zone", () => {
    expect(it.dayKey("2026-03-18T23:30:00Z")).toBe("2026-03-19");
    expect(en.dayKey("2026-03-18T23:30:00Z")).toBe("2026-03-18");
  });

  test("near now have their usual names, others weekday and date, and the year if it is another", () => {
    const days = [
      "2026-03-18T01:00:00Z",
      "2026-03-17T10:00:00Z",
      "2026-03-10T10:00:00Z",
      "2025-05-02T10:00:00Z",
    ];
    expect(days.map((day) => it.day(day, now))).toEqual([
      "Oggi",
      "Ieri",
      "Martedì 10 marzo",
      "Venerdì 2 maggio 2025",
    ]);
  });
});

test("the distance of a moment is said in its largest unit", () => {
  expect(en.relative("2026-03-18T10:40:00Z", now)).toBe("2 minutes ago");
  expect(it.relative("2026-03-21T10:42:00Z", now)).toBe("tra 3 giorni");
});

test("what rounds to a whole larger unit is said in it", () => {
  expect(en.relative("2026-03-18T09:42:20Z", now)).toBe("1 hour ago");
  expect(en.relative("2026-03-18T09:43:20Z", now)).toBe("59 minutes ago");
  expect(en.span(86_399)).toBe("1 day");
});

test("alternatives are joined with or", () => {
  expect(it.alternatives(["Milano", "Torino", "Monza"])).toBe("Milano, Torino o Monza");
  expect(en.alternatives(["Milano", "Torino", "Monza"])).toBe("Milano, Torino, or Monza");
});

test("product time goes on from what the server said, at its rate", () => {
  const clock = { productAt: "2026-03-18T10:00:00Z", rate: 60, readAt: 1_000 };
  expect(productTime(clock, 61_000).toISOString()).toBe("2026-03-18T11:00:00.000Z");
});
