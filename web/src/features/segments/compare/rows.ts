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

export interface DeedRow {
  name: string;
  one: Deed | undefined;
  other: Deed | undefined;
}

/** What members of either did, by how many did it. */
export function joinDeeds(one: Deed[], other: Deed[]): DeedRow[] {
  const names = new Set([...one, ...other].map((each) => each.name));
  return [...names]
    .map((name) => ({
      name,
      one: one.find((each) => each.name === name),
      other: other.find((each) => each.name === name),
    }))
    .toSorted(
      (a, b) =>
        (b.one?.contacts ?? 0) +
        (b.other?.contacts ?? 0) -
        ((a.one?.contacts ?? 0) + (a.other?.contacts ?? 0)),
    )
    .slice(0, 12);
}
