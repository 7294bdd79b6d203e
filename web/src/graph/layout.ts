import { Graph as DagreGraph, layout as dagre } from "@dagrejs/dagre";
import type { Graph } from "@/api/graph";
import { type Box, flowOf, type Line } from "./flow";
import { orthogonal, type Point } from "./lines";

export const STEP_WIDTH = 240;
export const STEP_HEIGHT = 60;
export const STOP_SIZE = 12;
/** Between two ranks: room for a pill below the step, the bend, and the label of the path. */
export const RANK_GAP = 92;
export const COLUMN_GAP = 36;
/** How far below a step its line bends, and how far above the next one a joining line bends. */
const BEND_BELOW = 46;
const BEND_ABOVE = 18;

export interface PlacedBox extends Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PlacedLine extends Line {
  points: Point[];
  /** Centre of the label: on the upright part just above the next box. */
  label: Point;
}

export interface Layout {
  boxes: PlacedBox[];
  lines: PlacedLine[];
  width: number;
  height: number;
}

const sizeOf = (box: Box) =>
  box.kind === "stop" ? { width: STOP_SIZE, height: STOP_SIZE } : { width: STEP_WIDTH, height: STEP_HEIGHT };

/** Where every box and line of the graph lies, top to bottom; `x`, `y` are upper left corners. */
export function layoutOf(graph: Graph): Layout {
  const { boxes, lines } = flowOf(graph);
  const drawing = new DagreGraph({ multigraph: true });
  drawing.setGraph({ rankdir: "TB", ranksep: RANK_GAP, nodesep: COLUMN_GAP, ranker: "network-simplex" });
  drawing.setDefaultEdgeLabel(() => ({}));
  for (const box of boxes) {
    const size = sizeOf(box);
    // A stop keeps the width of a step, so that the label of the path that ends there has its room.
    drawing.setNode(box.id, { width: STEP_WIDTH, height: size.height });
  }
  for (const line of lines) drawing.setEdge(line.from, line.to, {}, line.id);
  dagre(drawing);

  const placed = new Map<string, PlacedBox>();
  for (const box of boxes) {
    const node = drawing.node(box.id) as { x: number; y: number };
    const size = sizeOf(box);
    placed.set(box.id, {
      ...box,
      ...size,
      x: Math.round(node.x - size.width / 2),
      y: Math.round(node.y - size.height / 2),
    });
  }
  alignTops([...placed.values()]);
  const width = Math.max(...[...placed.values()].map((box) => box.x + box.width), 0);
  const drawn = lines.map((line) => {
    const edge = drawing.edge({ v: line.from, w: line.to, name: line.id }) as { points?: Point[] };
    const from = placed.get(line.from) as PlacedBox;
    const to = placed.get(line.to) as PlacedBox;
    return placeLine(line, from, to, edge.points ?? [], width);
  });
  const height = Math.max(...[...placed.values()].map((box) => box.y + box.height), 0);
  return { boxes: [...placed.values()], lines: drawn, width, height };
}

/** Boxes of one rank begin at one height: a small stop hangs at the top of its rank, not in its middle. */
function alignTops(boxes: PlacedBox[]): void {
  const middle = (box: PlacedBox) => Math.round(box.y + box.height / 2);
  for (const stop of boxes.filter((box) => box.kind === "stop")) {
    const neighbour = boxes.find((box) => box.kind !== "stop" && Math.abs(middle(box) - middle(stop)) < 4);
    if (neighbour) stop.y = neighbour.y + 4;
  }
}

function placeLine(line: Line, from: PlacedBox, to: PlacedBox, through: Point[], width: number): PlacedLine {
  const start = { x: from.x + from.width / 2, y: from.y + from.height };
  const end = { x: to.x + to.width / 2, y: to.y };
  const label = { x: end.x, y: end.y - 26 };
  if (end.y <= start.y) {
    // A loop goes round the right of everything, never through the steps.
    const lane = width + COLUMN_GAP;
    return {
      ...line,
      label: { x: lane, y: (start.y + end.y) / 2 },
      points: orthogonal(start, end, [start.y + BEND_BELOW, end.y - BEND_ABOVE], [lane]),
    };
  }
  const distance = end.y - start.y;
  if (distance < RANK_GAP * 1.6) {
    return { ...line, label, points: orthogonal(start, end, [start.y + BEND_BELOW], []) };
  }
  // A long line runs in the lane that the layout kept free for it between the steps.
  const inner = through.slice(1, -1);
  const lane = inner.length > 0 ? Math.round(inner[Math.floor(inner.length / 2)]?.x ?? end.x) : end.x;
  const bends = [start.y + BEND_BELOW, end.y - BEND_ABOVE];
  return {
    ...line,
    label: { x: lane, y: start.y + RANK_GAP - 26 },
    points: orthogonal(start, end, bends, [lane]),
  };
}
