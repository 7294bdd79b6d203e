export interface Point {
  x: number;
  y: number;
}

export const THINNEST = 1.5;
export const THICKEST = 8;

/** Thickness of a line in px: in proportion to the share of all who entered that went along it. */
export function lineThickness(people: number, entered: number): number {
  if (entered <= 0 || people <= 0) return THINNEST;
  const share = Math.min(people / entered, 1);
  return Math.round(Math.max(THINNEST, share * THICKEST) * 100) / 100;
}

/**
 * Corner points from `start` to `end`: down, across at each height of `bends`, down the `lanes` between.
 * There is one lane fewer than bends; points on one straight line are left out.
 */
export function orthogonal(start: Point, end: Point, bends: number[], lanes: number[]): Point[] {
  const columns = [start.x, ...lanes, end.x];
  const points: Point[] = [start];
  bends.forEach((y, index) => {
    points.push({ x: columns[index] ?? start.x, y }, { x: columns[index + 1] ?? end.x, y });
  });
  points.push(end);
  return points.filter((point, index) => {
    const before = points[index - 1];
    const after = points[index + 1];
    if (!before) return true;
    if (before.x === point.x && before.y === point.y) return false;
    if (!after) return true;
    const upright = before.x === point.x && point.x === after.x;
    const level = before.y === point.y && point.y === after.y;
    return !(upright || level);
  });
}

const toward = (from: Point, to: Point, distance: number): Point => {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return {
    x: from.x + ((to.x - from.x) / length) * distance,
    y: from.y + ((to.y - from.y) / length) * distance,
  };
};

/** An SVG path along `points` with corners rounded by at most `radius`, never beyond half a side. */
export function roundedPath(points: Point[], radius: number): string {
  const [first, ...rest] = points;
  if (!first) return "";
  const parts = [`M ${first.x} ${first.y}`];
  rest.forEach((corner, index) => {
    const before = points[index] as Point;
    const after = points[index + 2];
    if (!after) {
      parts.push(`L ${corner.x} ${corner.y}`);
      return;
    }
    const side = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y) / 2;
    const r = Math.min(radius, side(before, corner), side(corner, after));
    const enter = toward(corner, before, r);
    const leave = toward(corner, after, r);
    parts.push(`L ${enter.x} ${enter.y}`, `Q ${corner.x} ${corner.y} ${leave.x} ${leave.y}`);
  });
  return parts.join(" ");
}
