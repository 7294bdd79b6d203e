import type { Portrait } from "@/api/segments";

type Share = Portrait["gender"][number];
type Deed = Portrait["events"][number];

/** The most rows a chart shows; what is beyond is summed up as `…`. */
const MOST = 7;

export interface SharedRow {
  value: string;
  one: number;
  other: number;
}

/**
 * The values of both, the most frequent first; `inOrder` keeps theirs, as for ages.
 * Others and unknown come last, in this order.
 */
export function joinShares(one: Share[], other: Share[], inOrder = false): SharedRow[] {
  const rows = new Map<string, SharedRow>();
  const add = (shares: Share[], side: "one" | "other") => {
    for (const { value, members } of shares) {
      const row = rows.get(value) ?? { value, one: 0, other: 0 };
      row[side] += members;
      rows.set(value, row);
    }
  };
  add(one, "one");
  add(other, "other");
  const total = (shares: Share[]) => shares.reduce((sum, each) => sum + each.members, 0) || 1;
  const [first, second] = [total(one), total(other)];
  const weight = (row: SharedRow) => row.one / first + row.other / second;
  const named = [...rows.values()].filter((row) => row.value !== "" && row.value !== "…");
  const sorted = inOrder
    ? named.toSorted((a, b) => Number.parseInt(a.value, 10) - Number.parseInt(b.value, 10))
    : named.toSorted((a, b) => weight(b) - weight(a));
  const shown = inOrder ? sorted : sorted.slice(0, MOST);
  const rest = [...sorted.slice(shown.length), rows.get("…")].filter((row) => row !== undefined);
  const summed = rest.reduce(
    (sum, row) => ({ value: "…", one: sum.one + row.one, other: sum.other + row.other }),
    {
      value: "…",
      one: 0,
      other: 0,
    },
  );
  const unknown = rows.get("");
  return [...shown, ...(summed.one + summed.other > 0 ? [summed] : []), ...(unknown ? [unknown] : [])];
}

/** The names of what members of either did, by how many did it; without those that another chart shows. */
export function joinDeeds(one: Deed[], other: Deed[], elsewhere: readonly string[] = []): string[] {
  const contacts = new Map<string, number>();
  for (const { name, contacts: count } of [...one, ...other]) {
    if (!elsewhere.includes(name)) contacts.set(name, (contacts.get(name) ?? 0) + count);
  }
  return [...contacts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 12)
    .map(([name]) => name);
}

/** How often the members did this; never is nought. */
export const deedOf = (portrait: Portrait, name: string): Deed =>
  portrait.events.find((one) => one.name === name) ?? { name, contacts: 0, times: 0, revenue: null };

export const revenueOf = (portrait: Portrait): number => deedOf(portrait, "completedOrder").revenue ?? 0;

/** A value as part of the largest of these, from 0 to 1; what is below nought has no length. */
export const ofMost = (value: number, values: number[]): number =>
  Math.max(value, 0) / Math.max(...values, Number.MIN_VALUE);
