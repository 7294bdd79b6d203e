import { useTranslation } from "react-i18next";
import type { Counts, Journey } from "@/api/types";
import { readingOrder, waysOut } from "@/graph/flow";
import { useFormat } from "@/lib/format";
import { plain } from "@/lib/sentence";
import { describe } from "../steps";
import { countsOf } from "./figures";

/** The drawing in words, for those who listen to it: every step, who is there, and where its paths lead. */
export function Outline({ journey, counts }: { journey: Journey; counts: Counts | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const tongue = { t, format };
  const { steps } = journey.graph;
  const nameOf = (id: string | null) => {
    const step = id === null ? undefined : steps[id];
    return step ? plain(describe(step, tongue).title) : t("canvas.stop");
  };
  return (
    <section className="sr-only" aria-label={t("canvas.outline")}>
      <ol>
        {readingOrder(journey.graph).map((id) => {
          const step = steps[id];
          if (!step) return null;
          const { kicker, title } = describe(step, tongue);
          const figures = countsOf(counts, id);
          return (
            <li key={id}>
              {`${kicker}: ${plain(title)}. `}
              {t("pill.arrived", { count: figures.entered, n: format.number(figures.entered) })},{" "}
              {t("pill.here", { count: figures.inside, n: format.number(figures.inside) })}.
              <ul>
                {waysOut(step).map((way) => (
                  <li key={way.id}>
                    {t("canvas.leads", {
                      path: way.name || t(way.kind === "next" ? "canvas.next" : "canvas.otherwise"),
                      step: nameOf(way.to),
                      count: figures.paths[way.id] ?? 0,
                      n: format.number(figures.paths[way.id] ?? 0),
                    })}
                  </li>
                ))}
              </ul>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
