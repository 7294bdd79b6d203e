import type { EChartsCoreOption } from "echarts/core";

/** One side of a row: how long its bar is, from 0 to 1, and what is said of it. */
export interface Side {
  share: number;
  text: string;
  note: string;
}

export interface MirrorRow {
  key: string;
  label: string;
  sides: [Side, Side];
  /** It stands for those of whom nothing is known, or for all others: drawn without the colour of its side. */
  quiet?: boolean;
}

/** How much of the width is between the two sides, for the names of the rows. */
export function gutterOf(width: number): number {
  return Math.round(Math.min(Math.max(width * 0.24, 92), 216));
}

const ROW = 36;
const BAR = 14;
const AXIS = 24;
const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5] as const;
/** What a letter at the end of a bar takes at most, and what is around the words, in px. */
const LETTER = 6.8;
const AROUND = 14;
const COLOURS = ["var(--series-1)", "var(--series-2)"] as const;

/** A bar of nothing is there for its words alone. */
const colourOf = (row: MirrorRow, index: 0 | 1): string => {
  if (row.sides[index].share <= 0) return "transparent";
  return row.quiet ? "var(--flow)" : COLOURS[index];
};

/** Says a value of the axis; a chart whose rows are each of a unit of their own has none. */
export type Say = (share: number) => string;

export const heightOf = (rows: MirrorRow[], say?: Say): number => rows.length * ROW + (say ? AXIS : 0);

/** Where an axis is marked whose longest bar is `most`: at round shares up to it, at most `marks` of them beside nought. */
export function marksOf(most: number, marks: number): number[] {
  const step = STEPS.find((one) => most / one <= marks) ?? 1;
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, index) => index * step);
}

/**
 * Two bars a row, from the middle outwards: one scale for both, the name of the row between them; with `say`, under
 * the rows what the lengths are.
 */
export function mirrorOption(rows: MirrorRow[], width: number, font: string, say?: Say): EChartsCoreOption {
  const gutter = gutterOf(width);
  const side = Math.floor((width - gutter) / 2);
  const brief = side < 190;
  const wordsOf = (one: Side) => (brief || !one.note ? one.text : `${one.text} ${one.note}`);
  const letters = Math.max(...rows.flatMap((row) => row.sides.map((one) => wordsOf(one).length)), 0);
  const room = Math.min(AROUND + letters * LETTER, side - 24);
  const most = Math.max(...rows.flatMap((row) => row.sides.map((one) => one.share)), 0) || 1;
  const end = (most * side) / (side - room);
  const bottom = say ? AXIS : 0;
  const marks = marksOf(most, brief ? 2 : 4);
  const names = rows.map((row) => row.label);
  const xAxis = [0, 1].map((index) => ({
    gridIndex: index,
    type: "value",
    show: say !== undefined,
    min: 0,
    max: end,
    inverse: index === 0,
    axisLine: { show: false },
    // The lines stand where the ticks would.
    axisTick: { show: false, customValues: marks },
    splitLine: { lineStyle: { color: "var(--line)" } },
    axisLabel: {
      customValues: marks,
      color: "var(--ink-3)",
      fontSize: 11,
      fontFamily: font,
      formatter: say,
    },
  }));
  const yAxis = [0, 1].map((index) => ({
    gridIndex: index,
    type: "category",
    data: names,
    inverse: true,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: {
      show: index === 1,
      align: "center",
      margin: gutter / 2,
      width: gutter - 16,
      overflow: "break",
      color: "var(--ink-2)",
      fontSize: 12,
      lineHeight: 14,
      interval: 0,
    },
  }));
  const series = ([0, 1] as const).map((index) => ({
    type: "bar",
    xAxisIndex: index,
    yAxisIndex: index,
    barWidth: BAR,
    barMinHeight: 2,
    silent: true,
    emphasis: { disabled: true },
    data: rows.map((row) => ({
      value: row.sides[index].share,
      itemStyle: {
        color: colourOf(row, index),
        borderRadius: index === 0 ? [4, 0, 0, 4] : [0, 4, 4, 0],
      },
    })),
    label: {
      show: true,
      position: index === 0 ? "left" : "right",
      distance: 8,
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const one = rows[dataIndex]?.sides[index];
        if (!one) return "";
        return one.note && !brief ? `{text|${one.text}} {note|${one.note}}` : `{text|${one.text}}`;
      },
      rich: {
        text: { color: "var(--ink)", fontSize: 12, fontWeight: 530, fontFamily: font },
        note: { color: "var(--ink-3)", fontSize: 12, fontFamily: font },
      },
    },
  }));
  return {
    animation: false,
    textStyle: { fontFamily: font },
    grid: [
      // Labels that stand out would narrow the side that they are under, and its scale with it.
      { left: 0, width: side, top: 0, bottom, outerBoundsMode: "none" },
      { left: side + gutter, width: side, top: 0, bottom, outerBoundsMode: "none" },
    ],
    xAxis,
    yAxis,
    series,
  };
}
