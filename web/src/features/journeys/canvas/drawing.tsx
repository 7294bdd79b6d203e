import "@xyflow/react/dist/base.css";
import {
  Background,
  BackgroundVariant,
  type Edge,
  type Node,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from "@xyflow/react";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Counts, Journey } from "@/api/types";
import { firstView, layoutOf } from "@/graph/layout";
import { useFormat } from "@/lib/format";
import css from "./drawing.module.css";
import { boxesOf, linesOf } from "./drawn";
import { FlowLine } from "./flow-line";
import { StepBox, StopBox } from "./step-box";
import { ZoomBar } from "./zoom-bar";

const nodeTypes = { box: StepBox, stop: StopBox };
const edgeTypes = { flow: FlowLine };
const NARROWEST = 0.3;
/** Width of the side panel, as in tokens.css. */
const PANEL = 372;

interface DrawingProps {
  journey: Journey;
  counts: Counts | undefined;
  current: string | undefined;
  onClear: () => void;
}

/** The journey drawn: steps from top to bottom, what happened told by the lines. Nothing can be edited here. */
export function Drawing(props: DrawingProps) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  );
}

function Flow({ journey, counts, current, onClear }: DrawingProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const flow = useReactFlow();
  const layout = useMemo(() => layoutOf(journey.graph), [journey.graph]);
  const tongue = useMemo(() => ({ t, format }), [t, format]);
  const nodes = useMemo<Node[]>(
    () => boxesOf(layout, journey, counts, current, tongue),
    [layout, journey, counts, current, tongue],
  );
  const edges = useMemo<Edge[]>(
    () => linesOf(layout, journey, counts, tongue),
    [layout, journey, counts, tongue],
  );

  const show = (room: HTMLElement | null) => {
    if (room) flow.setViewport(firstView(layout, room.clientWidth, room.clientHeight));
  };
  /** The chosen box does not hide behind the panel. */
  useEffect(() => {
    const room = document.querySelector<HTMLElement>(`.${css.drawing}`);
    const box = layout.boxes.find((one) => one.id === current);
    if (!room || !box || room.clientWidth < 900) return;
    const { x, y, zoom } = flow.getViewport();
    const over = (box.x + box.width) * zoom + x - (room.clientWidth - PANEL - 24);
    if (over > 0) flow.setViewport({ x: x - over, y, zoom }, { duration: 140 });
  }, [current, layout, flow]);
  /** A box that the keyboard reaches comes into view. */
  const reveal = (event: React.FocusEvent<HTMLElement>) => {
    if (!event.target.matches(":focus-visible")) return;
    const id = event.target.closest<HTMLElement>(".react-flow__node")?.dataset.id;
    const box = layout.boxes.find((one) => one.id === id);
    if (box) flow.setCenter(box.x + 120, box.y + 30, { zoom: flow.getZoom(), duration: 120 });
  };

  return (
    <section className={css.drawing} aria-label={t("canvas.label")} onFocus={reveal}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        minZoom={NARROWEST}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        panOnScroll
        zoomOnDoubleClick={false}
        onPaneClick={onClear}
        onInit={() => show(document.querySelector<HTMLElement>(`.${css.drawing}`))}
        attributionPosition="bottom-right"
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.4} color="var(--dot)" />
      </ReactFlow>
      <ZoomBar onFit={() => show(document.querySelector<HTMLElement>(`.${css.drawing}`))} />
    </section>
  );
}
