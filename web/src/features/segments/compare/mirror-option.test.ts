import { expect, test } from "vitest";
import { gutterOf, heightOf, type MirrorRow, marksOf, mirrorOption } from "./mirror-option";

const row = (key: string, one: number, other: number): MirrorRow => ({
  key,
  label: key.toUpperCase(),
  sides: [
    { share: one, text: `${one}`, note: "few" },
    { share: other, text: `${other}`, note: "many" },
  ],
});

/** What is read of the options; the library's own type says nothing of them. */
interface Drawn {
  grid: { left: number; width: number }[];
  xAxis: {
    max: number;
    inverse: boolean;
    show: boolean;
    axisTick: { customValues: number[] };
    axisLabel: { customValues: number[] };
  }[];
  yAxis: { data: string[]; inverse: boolean }[];
  series: {
    data: { value: number; itemStyle: { color: string } }[];
    label: { formatter: (at: { dataIndex: number }) => string };
  }[];
}
const drawn = (rows: MirrorRow[], width: number) => mirrorOption(rows, width, "Inter") as unknown as Drawn;

test("both sides have one scale, whose longest bar leaves room for its words", () => {
  for (const width of [280, 520, 1200]) {
    const { grid, xAxis } = drawn([row("a", 0.2, 0.5)], width);
    expect(xAxis[0]?.max).toBe(xAxis[1]?.max);
    const side = grid[0]?.width ?? 0;
    const longest = (0.5 / (xAxis[0]?.max ?? 0)) * side;
    expect(side - longest).toBeGreaterThanOrEqual("0.5".length * 6);
    expect(longest).toBeGreaterThanOrEqual(24 - 1e-9);
    expect((grid[1]?.left ?? 0) + (grid[1]?.width ?? 0)).toBeLessThanOrEqual(width);
    expect((grid[1]?.left ?? 0) - side).toBe(gutterOf(width));
  }
});

test("an axis marks the same round shares on both sides, under the rows", () => {
  const rows = [row("a", 0.2, 0.5)];
  const say = (share: number) => `${share}`;
  for (const { show, axisTick, axisLabel } of (mirrorOption(rows, 800, "Inter", say) as unknown as Drawn)
    .xAxis) {
    expect(show).toBe(true);
    expect(axisTick.customValues).toEqual([0, 0.25, 0.5]);
    expect(axisLabel.customValues).toEqual([0, 0.25, 0.5]);
  }
  expect(drawn(rows, 800).xAxis.map((axis) => axis.show)).toEqual([false, false]);
  expect(heightOf(rows, say)).toBeGreaterThan(heightOf(rows));
  expect(marksOf(1, 4)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(marksOf(0.29, 4)).toEqual([0, 0.1, 0.2]);
  expect(marksOf(1, 2)).toEqual([0, 0.5, 1]);
});

test("long words take their room from the bars", () => {
  const wide = drawn([row("a", 1, 1)], 300);
  const money = row("a", 1, 1);
  money.sides[0].text = "191.138,10 €";
  expect(drawn([money], 300).xAxis[0]?.max).toBeGreaterThan(wide.xAxis[0]?.max ?? 0);
});

test("rows stand in their order, the first on top, and the left side grows to the left", () => {
  const { xAxis, yAxis, series } = drawn([row("a", 0.2, 0.5), row("b", 0.1, 0)], 800);
  expect(yAxis.map((axis) => [axis.data, axis.inverse])).toEqual([
    [["A", "B"], true],
    [["A", "B"], true],
  ]);
  expect(xAxis.map((axis) => axis.inverse)).toEqual([true, false]);
  expect(series.map((one) => one.data.map((bar) => bar.value))).toEqual([
    [0.2, 0.1],
    [0.5, 0],
  ]);
});

test("colours are tokens: of the side, or of nobody; what is nought has words and no bar", () => {
  const { series } = drawn([row("a", 0.2, 0), { ...row("b", 0.1, 0.1), quiet: true }], 800);
  expect(series.map((one) => one.data.map((bar) => bar.itemStyle.color))).toEqual([
    ["var(--series-1)", "var(--flow)"],
    ["transparent", "var(--flow)"],
  ]);
  expect(series[1]?.label.formatter({ dataIndex: 0 })).toContain("0");
});

test("notes are left out where they would not fit", () => {
  const words = (width: number) =>
    drawn([row("a", 0.2, 0.5)], width).series[1]?.label.formatter({ dataIndex: 0 });
  expect(words(800)).toBe("{text|0.5} {note|many}");
  expect(words(300)).toBe("{text|0.5}");
});

test("a chart is as high as its rows, and nothing at all is no chart", () => {
  expect(heightOf([row("a", 0, 0), row("b", 0, 0)])).toBe(72);
  expect(drawn([], 400).series.map((one) => one.data)).toEqual([[], []]);
});
