import { Link } from "@tanstack/react-router";
import { Handle, Position } from "@xyflow/react";
import type { ReactNode } from "react";
import type { Part } from "@/lib/sentence";
import { Parts } from "@/ui/parts";
import type { Family } from "../steps/face";
import css from "./step-box.module.css";

export interface BoxData extends Record<string, unknown> {
  boxId: string;
  family: Family;
  kicker: string;
  title: Part[];
  /** What the pill says; empty: no pill. */
  pill: string;
  /** "10 not sent · 2 left here": shown at the other side of the line. */
  lost?: string;
  /** "12 here": shown with a light, when people are held here. */
  here: string;
  current: boolean;
  outcome?: string;
}

/** A start or step: a box with the edge of its family, the sentence of what it does, and its figures. */
export function StepBox({ data }: { data: BoxData }) {
  return (
    <div
      className={css.box}
      data-family={data.family}
      data-outcome={data.outcome}
      data-current={data.current || undefined}
    >
      <Handle type="target" position={Position.Top} className={css.handle} isConnectable={false} />
      <StepLink data={data} className={css.open}>
        <span className={css.kicker}>{data.kicker}</span>
        <span className={css.title}>
          <Parts of={data.title} />
        </span>
      </StepLink>
      {(data.pill || data.here) && (
        <div className={css.pills}>
          {data.here && (
            <StepLink data={data} people className={css.pill} here>
              <span className={css.light} aria-hidden />
              {data.here}
            </StepLink>
          )}
          {data.pill && (
            <StepLink data={data} className={css.pill}>
              {data.pill}
            </StepLink>
          )}
        </div>
      )}
      {data.lost && (
        <div className={css.pills} data-side="left">
          <StepLink data={data} className={`${css.pill} ${css.lost}`}>
            {data.lost}
          </StepLink>
        </div>
      )}
      <Handle type="source" position={Position.Bottom} className={css.handle} isConnectable={false} />
    </div>
  );
}

interface StepLinkProps {
  data: BoxData;
  people?: boolean;
  here?: boolean;
  className?: string;
  children: ReactNode;
}

function StepLink({ data, people, here, className, children }: StepLinkProps) {
  return (
    <Link
      from="/journeys/$journeyId"
      to="."
      search={{ step: data.boxId, view: people ? "people" : undefined }}
      replace
      className={className}
      aria-current={!people && data.current ? "true" : undefined}
      data-here={here || undefined}
    >
      {children}
    </Link>
  );
}

/** The quiet end of a path that simply stops. */
export function StopBox({ data }: { data: { label: string } }) {
  return (
    <div className={css.stop} title={data.label} role="img" aria-label={data.label}>
      <Handle type="target" position={Position.Top} className={css.handle} isConnectable={false} />
    </div>
  );
}
