import "@xyflow/react/dist/base.css";
import { useReducedMotion } from "@mantine/hooks";
import {
  Background,
  BackgroundVariant,
  type Edge,
  type Node,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Counts, Journey } from "@/api/types";
import { firstView, layoutOf, viewAround, viewBeside } from "@/graph/layout";
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
/** What a panel that rises from below leaves of a narrow room, as in side-panel.module.css. */
const ABOVE_SHEET = 0.22;

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
  const room = useRef<HTMLElement>(null);
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

  const duration = useReducedMotion() ? 0 : 140;
  const show = useCallback(() => {
    const area = room.current;
    if (area) flow.setViewport(firstView(layout, area.clientWidth, area.clientHeight));
  }, [flow, layout]);
  /** The chosen box lies neither outside the window nor behind the panel. */
  const reveal = useCallback(() => {
    const area = room.current;
    const box = layout.boxes.find((one) => one.id === current);
    if (!area || !box) return;
    const free = { width: area.clientWidth, height: area.clientHeight };
    const view = flow.getViewport();
    const next =
      free.width > 900
        ? viewBeside(box, view, { ...free, width: free.width - PANEL })
        : viewAround(box, view, { ...free, height: free.height * ABOVE_SHEET });
    flow.setViewport(next, { duration });
  }, [flow, layout, current, duration]);
  useEffect(reveal, [reveal]);
  /** A box that the keyboard reaches comes into view. */
  const follow = (event: React.FocusEvent<HTMLElement>) => {
    if (!event.target.matches(":focus-visible")) return;
    const id = event.target.closest<HTMLElement>(".react-flow__node")?.dataset.id;
    const box = layout.boxes.find((one) => one.id === id);
    if (box) flow.setCenter(box.x + 120, box.y + 30, { zoom: flow.getZoom(), duration });
  };

  return (
    <section className={css.drawing} aria-label={t("canvas.label")} ref={room} onFocus={follow}>
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
        onInit={() => {
          show();
          reveal();
        }}
        proOptions={{ hideAttribution: true }}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.4} color="var(--dot)" />
      </ReactFlow>
      <ZoomBar onFit={show} />
    </section>
  );
}
