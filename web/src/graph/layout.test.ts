import { describe, expect, test } from "vitest";
import type { Graph } from "@/api/graph";
import { cart, coupon, welcome } from "@/testing/graphs";
import { readingOrder, START_PREFIX, STOP_PREFIX, waysOut } from "./flow";
import { firstView, type Layout, layoutOf, type PlacedBox, viewBeside } from "./layout";

const graphs: [string, Graph][] = [
  ["coupon", coupon],
  ["cart", cart],
  ["welcome", welcome],
];

const boxOf = (layout: Layout, id: string): PlacedBox => {
  const box = layout.boxes.find((one) => one.id === id);
  if (!box) throw new Error(`no box ${id}`);
  return box;
};
const overlap = (a: PlacedBox, b: PlacedBox) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe.each(graphs)("the layout of %s", (_, graph) => {
  const layout = layoutOf(graph);

  test("places every start and step once", () => {
    const wanted = [...graph.starts.map((start) => START_PREFIX + start.id), ...Object.keys(graph.steps)];
    const placed = layout.boxes.map((box) => box.id).filter((id) => !id.startsWith(STOP_PREFIX));
    expect(placed.toSorted()).toEqual(wanted.toSorted());
  });

  test("lets no two boxes overlap", () => {
    const pairs = layout.boxes.flatMap((a, index) =>
      layout.boxes.slice(index + 1).map((b) => [a, b] as const),
    );
    expect(pairs.filter(([a, b]) => overlap(a, b)).map(([a, b]) => [a.id, b.id])).toEqual([]);
  });

  test("draws one line for each way out, from the middle of its box to the top of the next", () => {
    const ways = Object.entries(graph.steps).flatMap(([id, step]) =>
      waysOut(step).map((way) => `${id}>${way.id}`),
    );
    const starts = graph.starts.map((start) => `${START_PREFIX}${start.id}>`);
    expect(layout.lines.map((line) => line.id).toSorted()).toEqual([...starts, ...ways].toSorted());
    for (const line of layout.lines) {
      const from = boxOf(layout, line.from);
      const to = boxOf(layout, line.to);
      expect(line.points[0]).toEqual({ x: from.x + from.width / 2, y: from.y + from.height });
      expect(line.points.at(-1)).toEqual({ x: to.x + to.width / 2, y: to.y });
    }
  });

  test("keeps every line upright or level, and out of the boxes", () => {
    for (const line of layout.lines) {
      line.points.slice(1).forEach((point, index) => {
        const before = line.points[index];
        expect(point.x === before?.x || point.y === before?.y).toBe(true);
      });
    }
    const through = layout.lines.flatMap((line) =>
      layout.boxes
        .filter((box) => box.id !== line.from && box.id !== line.to)
        .filter((box) => line.points.some((point, index) => crosses(line.points[index - 1], point, box)))
        .map((box) => `${line.id} through ${box.id}`),
    );
    expect(through).toEqual([]);
  });
});

function crosses(
  a: { x: number; y: number } | undefined,
  b: { x: number; y: number },
  box: PlacedBox,
): boolean {
  if (!a) return false;
  const [left, right] = [Math.min(a.x, b.x), Math.max(a.x, b.x)];
  const [top, bottom] = [Math.min(a.y, b.y), Math.max(a.y, b.y)];
  return left < box.x + box.width && right > box.x && top < box.y + box.height && bottom > box.y;
}

test("paths stand from left to right in the order in which they are judged", () => {
  const layout = layoutOf(coupon);
  const columns = ["mailW", "mailM", "unused"].map((id) => boxOf(layout, id).x);
  expect(columns).toEqual(columns.toSorted((a, b) => a - b));
});

test("a step stands straight above the one that it simply goes on to", () => {
  const layout = layoutOf(coupon);
  expect(boxOf(layout, "code").x).toBe(boxOf(layout, "sms").x);
  expect(boxOf(layout, `${START_PREFIX}order`).x).toBe(boxOf(layout, "code").x);
});

test("a loop leads round the right of everything", () => {
  const looped: Graph = {
    ...cart,
    steps: { ...cart.steps, second: { kind: "send_email", templateId: "t", next: "day" } },
  };
  const layout = layoutOf(looped);
  const back = layout.lines.find((line) => line.id === "second>next");
  expect(Math.max(...(back?.points ?? []).map((point) => point.x))).toBeGreaterThan(layout.width - 1);
});

test("a journey is read from its first step on, unreachable steps last", () => {
  const torn: Graph = { ...cart, steps: { lost: { kind: "end" }, ...cart.steps } };
  expect(readingOrder(torn)).toEqual(["first", "day", "second", "end", "lost"]);
});

describe("the first view", () => {
  const layout = layoutOf(coupon);

  test("shows the whole width of a wide room, beside the totals", () => {
    const { x, zoom } = firstView(layout, 1232, 800);
    expect(x).toBeGreaterThanOrEqual(186);
    expect(x + layout.width * zoom).toBeLessThanOrEqual(1232);
  });

  test("puts the start into the middle of a narrow room, large enough to read", () => {
    const { x, zoom } = firstView(layout, 390, 700);
    const start = boxOf(layout, `${START_PREFIX}order`);
    expect(zoom).toBeGreaterThanOrEqual(0.78);
    expect((start.x + start.width / 2) * zoom + x).toBeCloseTo(195);
  });
});

describe("a view that must show a box", () => {
  const box = { id: "a", kind: "step", x: 500, y: 900, width: 240, height: 60 } as const;

  test("stays as it is where the box is free", () => {
    const view = { x: 0, y: 0, zoom: 1 };
    expect(viewBeside(box, view, { width: 1000, height: 1100 })).toEqual(view);
  });

  test("brings a box from behind the panel and below the window into the middle of what is free", () => {
    expect(viewBeside(box, { x: 0, y: 0, zoom: 1 }, { width: 700, height: 800 })).toEqual({
      x: 350 - 620,
      y: 400 - 946,
      zoom: 1,
    });
  });

  test("moves no further than to the side on which the box is hidden", () => {
    expect(viewBeside(box, { x: 0, y: -300, zoom: 1 }, { width: 700, height: 800 })).toEqual({
      x: 350 - 620,
      y: -300,
      zoom: 1,
    });
  });

  test("comes back to a box that lies above or left of the window", () => {
    expect(viewBeside(box, { x: -600, y: -1000, zoom: 1 }, { width: 1000, height: 800 })).toEqual({
      x: 500 - 620,
      y: 400 - 946,
      zoom: 1,
    });
  });
});
