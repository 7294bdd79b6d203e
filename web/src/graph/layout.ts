import { Graph as DagreGraph, layout as dagre } from "@dagrejs/dagre";
import type { Graph } from "@/api/graph";
import { type Box, flowOf, type Line } from "./flow";
import { orthogonal, type Point } from "./lines";

const STEP_WIDTH = 240;
const STEP_HEIGHT = 60;
const STOP_SIZE = 12;
/** Between two ranks: room for a pill below the step and the bend, and for the names of paths where there are any. */
const RANK_GAP = 60;
const LABELLED_GAP = 94;
const COLUMN_GAP = 36;
/** How far below a step its line bends, and how far above the next one a joining line bends. */
const BEND_BELOW = 42;
const BEND_ABOVE = 18;
/** A line that goes straight on is kept straight before one that branches off. */
const WEIGHT = {
  next: 8,
  path: 2,
  default: 2,
  none_left: 1,
  failed: 1,
  otherwise: 2,
  full: 1,
  hold_out: 2,
} as const;

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
  drawing.setGraph({ rankdir: "TB", ranksep: LABELLED_GAP, nodesep: COLUMN_GAP, ranker: "network-simplex" });
  drawing.setDefaultEdgeLabel(() => ({}));
  for (const box of boxes) {
    // A stop keeps the width of a step, so that the label of the path that ends there has its room.
    drawing.setNode(box.id, { width: STEP_WIDTH, height: STEP_HEIGHT });
  }
  for (const line of lines) drawing.setEdge(line.from, line.to, { weight: WEIGHT[line.way.kind] }, line.id);
  // Paths stand in the order in which they are judged, even where another order would cross fewer lines.
  dagre(drawing, { disableOptimalOrderHeuristic: true });

  const placed = placeBoxes(boxes, lines, (id) => drawing.node(id) as Point);
  straighten(placed, lines);
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

/** Boxes at the columns that the layout found; rows as near as what stands between them allows. */
function placeBoxes(boxes: Box[], lines: Line[], centre: (id: string) => Point): Map<string, PlacedBox> {
  const rows = new Map<number, Box[]>();
  for (const box of boxes) {
    const y = Math.round(centre(box.id).y);
    rows.set(y, [...(rows.get(y) ?? []), box]);
  }
  const labelled = new Set(lines.filter((line) => line.way.kind !== "next").map((line) => line.from));
  const placed = new Map<string, PlacedBox>();
  let top = 0;
  for (const [, row] of [...rows].sort(([a], [b]) => a - b)) {
    for (const box of row) {
      const size = sizeOf(box);
      placed.set(box.id, { ...box, ...size, x: Math.round(centre(box.id).x - size.width / 2), y: top });
    }
    const tall = Math.max(...row.map((box) => sizeOf(box).height));
    top += tall + (row.some((box) => labelled.has(box.id)) ? LABELLED_GAP : RANK_GAP);
  }
  return placed;
}

/** A box moves above the box that it simply goes on to, where its row has the room: the trunk stays straight. */
function straighten(placed: Map<string, PlacedBox>, lines: Line[]): void {
  const boxes = [...placed.values()].sort((a, b) => b.y - a.y);
  for (const box of boxes) {
    const on = lines.find((line) => line.from === box.id && line.way.kind === "next");
    const below = on && placed.get(on.to);
    if (!below || below.y <= box.y || lines.filter((line) => line.to === below.id).length > 1) continue;
    const x = below.x + (below.width - box.width) / 2;
    const free = boxes.every(
      (other) => other === box || other.y !== box.y || Math.abs(other.x - x) >= STEP_WIDTH + COLUMN_GAP,
    );
    if (free) box.x = x;
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
  if (distance <= LABELLED_GAP) {
    return { ...line, label, points: orthogonal(start, end, [start.y + BEND_BELOW], []) };
  }
  // A long line runs in the lane that the layout kept free for it between the steps.
  const inner = through.slice(1, -1);
  const lane = inner.length > 0 ? Math.round(inner[Math.floor(inner.length / 2)]?.x ?? end.x) : end.x;
  const bends = [start.y + BEND_BELOW, end.y - BEND_ABOVE];
  return {
    ...line,
    label: { x: lane, y: start.y + LABELLED_GAP - 26 },
    points: orthogonal(start, end, bends, [lane]),
  };
}

/** Room that the totals take at the left of a wide window, and at the top of a narrow one. */
const ASIDE = 186;
const ABOVE = 104;

/**
 * Where to look first in a room of this size: the whole journey if it can be read so, else its beginning.
 * A narrow room shows the start in its middle, large enough to read.
 */
export function firstView(
  layout: Layout,
  width: number,
  height: number,
): { x: number; y: number; zoom: number } {
  const [first] = layout.boxes;
  if (!first) return { x: 0, y: 0, zoom: 1 };
  if (width < 900) {
    const zoom = Math.min(1, Math.max(0.78, (width - 24) / layout.width));
    return { x: width / 2 - (first.x + first.width / 2) * zoom, y: ABOVE, zoom };
  }
  const wide = (width - ASIDE - 60) / layout.width;
  const tall = (height - 70) / layout.height;
  const zoom = Math.min(1, Math.max(0.62, Math.min(wide, Math.max(tall, 0.88))));
  return { x: Math.max(ASIDE, (width - layout.width * zoom) / 2), y: 34, zoom };
}

export interface View {
  x: number;
  y: number;
  zoom: number;
}

/** The view moved as little as needed for `box`, with its pill, to lie within the free part of the room. */
function viewWith(box: PlacedBox, view: View, free: { width: number; height: number }): View {
  const margin = 24;
  const moved = (at: number, size: number, shift: number, room: number): number => {
    const start = at * view.zoom + shift;
    const over = start + size * view.zoom + margin - room;
    if (over > 0) return shift - over;
    return shift + Math.max(margin - start, 0);
  };
  return {
    zoom: view.zoom,
    x: moved(box.x, box.width, view.x, free.width),
    y: moved(box.y, box.height + 40, view.y, free.height),
  };
}

/**
 * The view in which `box` lies within the free part of the room: kept where it does already, else with the box in the
 * middle of that side, so that what comes before and after it is seen too.
 */
export function viewBeside(box: PlacedBox, view: View, free: { width: number; height: number }): View {
  const moved = viewWith(box, view, free);
  const around = viewAround(box, view, free);
  return {
    zoom: view.zoom,
    x: moved.x === view.x ? view.x : around.x,
    y: moved.y === view.y ? view.y : around.y,
  };
}

/** The view moved so that `box`, with its pill, lies in the middle of the free part of the room. */
export function viewAround(box: PlacedBox, view: View, free: { width: number; height: number }): View {
  const { zoom } = view;
  return {
    zoom,
    x: free.width / 2 - (box.x + box.width / 2) * zoom,
    y: free.height / 2 - (box.y + (box.height + 32) / 2) * zoom,
  };
}
