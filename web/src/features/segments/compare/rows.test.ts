import { expect, test } from "vitest";
import { joinDeeds, joinShares, ofMost } from "./rows";

const shares = (values: Record<string, number>) =>
  Object.entries(values).map(([value, members]) => ({ value, members }));

test("values of both stand by their share, others and unknown last", () => {
  const rows = joinShares(shares({ Milano: 10, "": 5, "…": 2 }), shares({ Roma: 900, Milano: 100 }));
  expect(rows).toEqual([
    { value: "Roma", one: 0, other: 900 },
    { value: "Milano", one: 10, other: 100 },
    { value: "…", one: 2, other: 0 },
    { value: "", one: 5, other: 0 },
  ]);
});

test("what does not fit is summed up with the others", () => {
  const many = shares(Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`city${at}`, 100 - at])));
  const rows = joinShares([...many, { value: "…", members: 3 }], []);
  expect(rows).toHaveLength(8);
  expect(rows.at(-1)).toEqual({ value: "…", one: 93 + 92 + 91 + 90 + 89 + 3, other: 0 });
});

test("ages keep their order", () => {
  const rows = joinShares(shares({ "25-34": 9, "18-24": 1 }), shares({ "65-200": 30, "": 1 }), true);
  expect(rows.map((row) => row.value)).toEqual(["18-24", "25-34", "65-200", ""]);
});

const deed = (name: string, contacts: number) => ({ name, contacts, times: contacts, revenue: null });

test("deeds of either are told of both, by how many did them", () => {
  expect(joinDeeds([deed("a", 2)], [deed("b", 5), deed("a", 1)])).toEqual(["b", "a"]);
});

test("what another chart shows is not told twice", () => {
  expect(joinDeeds([deed("a", 2), deed("b", 1)], [], ["a"])).toEqual(["b"]);
});

test("a value is a part of the largest; where all are nought, of nothing", () => {
  expect([ofMost(5, [5, 20]), ofMost(20, [5, 20]), ofMost(0, [0, 0])]).toEqual([0.25, 1, 0]);
  expect(ofMost(-3, [-3, 6])).toBe(0);
});
