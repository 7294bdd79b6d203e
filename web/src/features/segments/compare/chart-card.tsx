import { Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";
import css from "./chart-card.module.css";
import { heightOf, type MirrorRow, type Say } from "./mirror-option";

// Whoever compares nothing must not wait for the charts.
const Mirror = lazy(() => import("./mirror").then(({ Mirror }) => ({ default: Mirror })));

interface ChartCardProps {
  title: string;
  /** What the figures are of, at the right of the title. */
  aside?: string;
  names: [string, string];
  rows: MirrorRow[];
  wide?: boolean;
  /** Says a length of the bars, for the axis under them. */
  say?: Say;
  /** What is said where there is nothing to draw. */
  none: string;
}

/** A chart with two sides under the names of what they are; for those who do not see it, a table. */
export function ChartCard({ title, aside, names, rows, wide, say, none }: ChartCardProps) {
  const empty = rows.every((row) => row.sides.every((side) => side.share === 0));
  return (
    <figure className={css.card} data-wide={wide || undefined}>
      <figcaption className={css.head}>
        <h2 className={css.title}>{title}</h2>
        {aside && <span className={css.aside}>{aside}</span>}
      </figcaption>
      {empty && <p className={css.none}>{none}</p>}
      {!empty && (
        <>
          <div className={css.names} aria-hidden>
            {names.map((name, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the two sides
              <span key={index} data-side={index} title={name}>
                {name}
              </span>
            ))}
          </div>
          <div aria-hidden>
            <Suspense fallback={<Skeleton height={heightOf(rows, say)} />}>
              <Mirror rows={rows} say={say} />
            </Suspense>
          </div>
          <div className="sr-only">
            <table aria-label={title}>
              <thead>
                <tr>
                  <th scope="col">{title}</th>
                  {names.map((name, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: the two sides
                    <th key={index} scope="col">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.key}>
                    <th scope="row">{row.label}</th>
                    {row.sides.map((side, index) => (
                      // biome-ignore lint/suspicious/noArrayIndexKey: the two sides
                      <td key={index}>{[side.text, side.note].filter(Boolean).join(" · ")}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </figure>
  );
}
