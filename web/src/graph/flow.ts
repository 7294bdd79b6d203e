import type { Graph, Path, RandomPath, Step } from "@/api/graph";

/** Ids of the ways out that have no `Path` of their own; the counters of the server use the same words. */
const NEXT = "next";
const DEFAULT = "default";
const NONE_LEFT = "none_left";
const FAILED = "failed";
const OTHERWISE = "otherwise";
const HOLD_OUT = "hold_out";

/** One way out of a step. `to` null: the run ends there, neutral. */
export interface WayOut {
  id: string;
  kind: "next" | "path" | "default" | "none_left" | "failed" | "otherwise" | "full" | "hold_out";
  name: string;
  to: string | null;
  path?: Path;
}

const next = (to: string | null | undefined): WayOut => ({
  id: NEXT,
  kind: "next",
  name: "",
  to: to ?? null,
});

function choices(paths: Path[], to: string | null | undefined, name: string | undefined): WayOut[] {
  const ways = paths.flatMap((path): WayOut[] => {
    const way: WayOut = { id: path.id, kind: "path", name: path.name, to: path.to ?? null, path };
    return path.full ? [way, { id: `${path.id}.full`, kind: "full", name: "", to: path.full }] : [way];
  });
  return [...ways, { id: DEFAULT, kind: "default", name: name ?? "", to: to ?? null }];
}

const shares = (paths: RandomPath[]): WayOut[] =>
  paths.map((path) => ({ id: path.id, kind: "path", name: path.name || path.id, to: path.to ?? null }));

/** The ways out of a step, in the order in which they are judged; none of an End. */
export function waysOut(step: Step): WayOut[] {
  switch (step.kind) {
    case "end":
      return [];
    case "check_now":
    case "wait_then_check":
      return choices(step.paths, step.default, step.defaultName);
    case "react": {
      const paths = step.paths ?? [];
      if (paths.length > 0) return choices(paths, step.default, step.defaultName);
      return [
        next(step.next),
        { id: DEFAULT, kind: "default", name: step.defaultName ?? "", to: step.default ?? null },
      ];
    }
    case "assign_coupon":
      return [
        next(step.next),
        ...(step.noneLeft
          ? [{ id: NONE_LEFT, kind: "none_left", name: "", to: step.noneLeft } satisfies WayOut]
          : []),
      ];
    case "split":
      return shares(step.paths);
    case "experiment":
      return step.holdOut
        ? [...shares(step.paths), { id: HOLD_OUT, kind: "hold_out", name: "", to: step.holdOut.to ?? null }]
        : shares(step.paths);
    case "webhook":
      return [next(step.next), { id: FAILED, kind: "failed", name: "", to: step.failed ?? null }];
    case "wait_after_message":
      return step.unmet === "otherwise"
        ? [
            next(step.next),
            { id: OTHERWISE, kind: "otherwise", name: step.otherwiseName ?? "", to: step.otherwise ?? null },
          ]
        : [next(step.next)];
    case "wait":
      return step.until?.kind === "date" && step.withoutDate !== "exit"
        ? [
            next(step.next),
            { id: DEFAULT, kind: "default", name: step.defaultName ?? "", to: step.default ?? null },
          ]
        : [next(step.next)];
    default:
      return [next(step.next)];
  }
}

export const START_PREFIX = "start:";
export const STOP_PREFIX = "stop:";

/** A box of the drawing: a start, a step, or the quiet end of a path that simply stops. */
export interface Box {
  id: string;
  kind: "start" | "step" | "stop";
}

export interface Line {
  id: string;
  from: string;
  to: string;
  way: WayOut;
}

/** The boxes and lines of a graph, in the order of reading: starts, then steps as they are reached. */
export function flowOf(graph: Graph): { boxes: Box[]; lines: Line[] } {
  const boxes: Box[] = graph.starts.map((start) => ({ id: START_PREFIX + start.id, kind: "start" }));
  const lines: Line[] = graph.starts.map((start) => ({
    id: `${START_PREFIX}${start.id}>`,
    from: START_PREFIX + start.id,
    to: graph.first,
    way: next(graph.first),
  }));
  for (const id of readingOrder(graph)) {
    const step = graph.steps[id];
    if (!step) continue;
    boxes.push({ id, kind: "step" });
    for (const way of waysOut(step)) {
      const known = way.to !== null && way.to in graph.steps;
      const to = known ? (way.to as string) : `${STOP_PREFIX}${id}:${way.id}`;
      if (!known) boxes.push({ id: to, kind: "stop" });
      lines.push({ id: `${id}>${way.id}`, from: id, to, way });
    }
  }
  return { boxes, lines };
}

/** Step ids as a reader meets them, breadth first from the first step; unreachable ones last. */
export function readingOrder(graph: Graph): string[] {
  const seen = new Set<string>();
  const queue = [graph.first];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    const step = graph.steps[id];
    if (!step || seen.has(id)) continue;
    seen.add(id);
    for (const way of waysOut(step)) if (way.to) queue.push(way.to);
  }
  return [...seen, ...Object.keys(graph.steps).filter((id) => !seen.has(id))];
}
