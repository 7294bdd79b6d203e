import { EdgeLabelRenderer } from "@xyflow/react";
import { type Point, roundedPath } from "@/graph/lines";
import css from "./flow-line.module.css";

export interface LineData extends Record<string, unknown> {
  points: Point[];
  label: Point;
  name: string;
  figure: string;
  said: string;
  thickness: number;
  empty: boolean;
}

const RADIUS = 12;

/** A line between two boxes, as thick as its share of people, with the name of its path upon it. */
export function FlowLine({ data }: { data?: LineData }) {
  if (!data) return null;
  return (
    <>
      <path
        d={roundedPath(data.points, RADIUS)}
        className={css.line}
        data-empty={data.empty || undefined}
        style={{ strokeWidth: data.thickness }}
      >
        <title>{data.said}</title>
      </path>
      {(data.name || data.figure) && (
        <EdgeLabelRenderer>
          <div
            className={css.label}
            style={{ transform: `translate(-50%, -50%) translate(${data.label.x}px, ${data.label.y}px)` }}
          >
            <span className={css.name}>{data.name}</span>
            {data.figure && <span className={css.figure}>{data.figure}</span>}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}
