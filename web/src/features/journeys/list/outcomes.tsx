import { useTranslation } from "react-i18next";
import type { JourneyCounts } from "@/api/types";
import { useFormat } from "@/lib/format";
import css from "./outcomes.module.css";

const kinds = ["positive", "neutral", "negative"] as const;

/** How the finished runs ended: a bar in the colours of their meaning, with the share of the positive. */
export function Outcomes({ counts }: { counts: JourneyCounts }) {
  const { t } = useTranslation();
  const format = useFormat();
  const ended = counts.positive + counts.neutral + counts.negative;
  if (ended === 0) return <span className={css.none}>{t("journeys.noneEnded")}</span>;
  const said = kinds.map((kind) => `${t(`outcomes.${kind}`)} ${format.number(counts[kind])}`).join(", ");
  return (
    <span className={css.outcomes} title={said}>
      <span className={css.bar} role="img" aria-label={said}>
        {kinds.map((kind) => (
          <span key={kind} data-kind={kind} style={{ flexGrow: counts[kind] }} />
        ))}
      </span>
      <span className={css.share}>{format.percent(counts.positive / ended)}</span>
    </span>
  );
}
