import type { SeenEvent } from "@/api/data";

const SHOWN = 30;
const DAY = 86_400_000;

/** The thirty days up to `today`, or up to the last with events if that is later; days without any are noughts. */
export function lastDays(days: SeenEvent["days"], today: string): SeenEvent["days"] {
  const received = new Map(days.map((one) => [one.day, one.received]));
  const last = [...received.keys(), today].toSorted().at(-1) ?? today;
  return Array.from({ length: SHOWN }, (_, index) => {
    const day = new Date(Date.parse(last) - (SHOWN - 1 - index) * DAY).toISOString().slice(0, 10);
    return { day, received: received.get(day) ?? 0 };
  });
}
