import type { Edge, Node } from "@xyflow/react";
import type { Start } from "@/api/graph";
import type { Counts, Journey } from "@/api/types";
import type { Tongue } from "@/graph/conditions";
import { START_PREFIX } from "@/graph/flow";
import type { Layout, PlacedBox, PlacedLine } from "@/graph/layout";
import { lineThickness } from "@/graph/lines";
import { sentence } from "@/lib/sentence";
import { eventName, fieldName } from "@/lib/vocabulary";
import { describe, faceOf } from "../steps";
import { countsOf, judgedAt, lostText, peopleAlong, pillText } from "./figures";
import type { LineData } from "./flow-line";
import type { BoxData } from "./step-box";

/** "Order completed online": the entry event and where it may come from, or what else lets contacts in. */
export function startTitle(start: Start, { t, format }: Tongue) {
  if (start.kind !== "event") return otherStart(start, t);
  const contexts = start.contexts ?? [];
  const event = { text: eventName(t, start.event) };
  if (contexts.length === 0) return [event];
  const where = format.list(contexts.map((context) => t(`contexts.${context}`, { defaultValue: context })));
  return sentence(t, "start.title", { event, where: { text: where } });
}

/** The small line above a start. */
export const startKicker = (start: Start, { t }: Tongue): string =>
  t(start.kind === "event" ? "start.kind" : "start.plain");

function otherStart(start: Exclude<Start, { kind: "event" }>, t: Tongue["t"]) {
  const kinds: Record<typeof start.kind, string> = {
    date: "yearly" in start && start.yearly ? "date_yearly" : "date",
    subscription:
      "after" in start && start.after === "first_notification" ? "first_notification" : "subscription",
    field: "field",
    field_change: "field_change",
    group: `group_${start.kind === "group" ? (start.change ?? "joined") : ""}`,
    segment: `segment_${start.kind === "segment" ? (start.change ?? "entered") : ""}`,
    activity: "activity",
    pushed: "pushed",
  };
  const field = "field" in start ? fieldName(t, start.field) : "";
  return sentence(t, `start.kinds.${kinds[start.kind]}`, { field: { text: field, tone: "field" } });
}

function startBox(box: PlacedBox, journey: Journey, tongue: Tongue): Partial<BoxData> {
  const start = journey.graph.starts.find((one) => START_PREFIX + one.id === box.id);
  if (!start) return {};
  const { t, format } = tongue;
  const several = journey.graph.starts.length > 1;
  const entered = journey.counts.entered;
  const pill =
    several || entered === 0 ? "" : t("pill.entered", { count: entered, n: format.number(entered) });
  return {
    family: "start",
    kicker: startKicker(start, tongue),
    title: startTitle(start, tongue),
    pill,
    here: "",
  };
}

function stepBox(
  box: PlacedBox,
  journey: Journey,
  counts: Counts | undefined,
  tongue: Tongue,
): Partial<BoxData> {
  const step = journey.graph.steps[box.id];
  if (!step) return {};
  const { t, format } = tongue;
  const { kicker, title } = describe(step, tongue);
  const figures = countsOf(counts, box.id);
  const here = figures.inside;
  return {
    family: faceOf(step).family,
    kicker,
    title,
    pill: pillText(step, figures, tongue),
    lost: lostText(step, figures, tongue),
    here: here > 0 ? t("pill.here", { count: here, n: format.number(here) }) : "",
    outcome: step.kind === "end" ? (step.outcome ?? "neutral") : undefined,
  };
}

/** The boxes as React Flow takes them, sized so that nothing has to be measured. */
export function boxesOf(
  layout: Layout,
  journey: Journey,
  counts: Counts | undefined,
  current: string | undefined,
  tongue: Tongue,
): Node[] {
  return layout.boxes.map((box) => {
    const place = {
      id: box.id,
      position: { x: box.x, y: box.y },
      // React Flow takes the pointer away from boxes that cannot be edited; ours hold links.
      style: { pointerEvents: "all" as const },
      width: box.width,
      height: box.height,
    };
    if (box.kind === "stop") return { ...place, type: "stop", data: { label: tongue.t("canvas.stop") } };
    const said =
      box.kind === "start" ? startBox(box, journey, tongue) : stepBox(box, journey, counts, tongue);
    return { ...place, type: "box", data: { ...said, boxId: box.id, current: current === box.id } };
  });
}

function pathName(line: PlacedLine, { t }: Tongue): string {
  const { kind, name } = line.way;
  if (name) return name;
  if (kind === "default") return t("canvas.otherwise");
  if (kind === "none_left") return t("canvas.noneLeft");
  if (kind === "failed") return t("canvas.failed");
  if (kind === "otherwise") return t("canvas.otherwiseMet");
  if (kind === "full") return t("canvas.full");
  if (kind === "hold_out") return t("canvas.heldOut");
  return "";
}

/** The lines as React Flow takes them: thickness, and the words and figures on them. */
export function linesOf(
  layout: Layout,
  journey: Journey,
  counts: Counts | undefined,
  tongue: Tongue,
): Edge[] {
  const { t, format } = tongue;
  const entered = journey.counts.entered;
  const known = new Set(layout.boxes.map((box) => box.id));
  return layout.lines
    .filter((line) => known.has(line.to))
    .map((line) => {
      const people = peopleAlong(line, counts, journey.counts);
      const judged = judgedAt(line, counts, entered);
      const share = judged > 0 ? people / judged : 0;
      const name = pathName(line, tongue);
      const n = format.number(people);
      const data: LineData = {
        points: line.points,
        label: line.label,
        name,
        figure: name && people > 0 ? `${n} · ${format.share(share)}` : "",
        said: t("canvas.along", { count: people, n, share: format.percent(share) }),
        thickness: lineThickness(people, entered),
        empty: people === 0,
      };
      return { id: line.id, source: line.from, target: line.to, type: "flow", data };
    });
}
