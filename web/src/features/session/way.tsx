import { useTranslation } from "react-i18next";
import { lineThickness, orthogonal, roundedPath } from "@/graph/lines";
import css from "./way.module.css";

const steps = [
  { id: "start", family: "start", x: 150, y: 0 },
  { id: "message", family: "message", x: 150, y: 130 },
  { id: "decision", family: "decision", x: 150, y: 260 },
  { id: "left", family: "data", x: 0, y: 420 },
  { id: "right", family: "message", x: 300, y: 420 },
] as const;

const lines = [
  { from: 0, to: 1, people: 100 },
  { from: 1, to: 2, people: 96 },
  { from: 2, to: 3, people: 30 },
  { from: 2, to: 4, people: 66 },
] as const;

const WIDTH = 240;
const HEIGHT = 60;

/** A small journey, drawn as the canvas draws them: what the product is, before any word of it. */
export function Way() {
  const { t } = useTranslation();
  return (
    <aside className={css.room} aria-hidden>
      <div className={css.drawing}>
        <svg className={css.lines} viewBox="0 0 540 480" role="presentation">
          {lines.map(({ from, to, people }) => {
            const a = steps[from];
            const b = steps[to];
            const start = { x: a.x + WIDTH / 2, y: a.y + HEIGHT };
            const end = { x: b.x + WIDTH / 2, y: b.y };
            const points = orthogonal(start, end, [start.y + 50], []);
            return (
              <path
                key={`${from}${to}`}
                d={roundedPath(points, 14)}
                strokeWidth={lineThickness(people, 100)}
              />
            );
          })}
        </svg>
        {steps.map(({ id, family, x, y }) => (
          <div key={id} className={css.step} data-family={family} style={{ left: x, top: y }}>
            <span>{t(`signIn.drawing.${id}.kind`)}</span>
            <b>{t(`signIn.drawing.${id}.name`)}</b>
          </div>
        ))}
      </div>
    </aside>
  );
}
