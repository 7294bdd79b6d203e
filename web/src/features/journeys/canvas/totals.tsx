import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Journey } from "@/api/types";
import { START_PREFIX } from "@/graph/flow";
import { useFormat } from "@/lib/format";
import { eventName } from "@/lib/vocabulary";
import { IconCircleCheck, IconDoorExit } from "@/ui/icons";
import css from "./totals.module.css";

/** What the journey came to so far, and the ways to leave it that hold at every step. */
export function Totals({ journey, covered }: { journey: Journey; covered: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { entered, inside, positive, negative, neutral, failed } = journey.counts;
  const figures = [
    { name: "entered", value: entered, tone: undefined },
    { name: "inside", value: inside, tone: undefined },
    { name: "positive", value: positive, tone: "positive" },
    { name: "neutral", value: neutral, tone: undefined },
    ...(negative > 0 ? [{ name: "negative", value: negative, tone: undefined }] : []),
    ...(failed > 0 ? [{ name: "failed", value: failed, tone: "danger" }] : []),
  ];
  const removals = journey.graph.removals ?? [];
  const goals = journey.graph.goals ?? [];
  const first = journey.graph.starts[0];
  return (
    <div className={css.totals} data-covered={covered || undefined}>
      <dl className={css.figures}>
        {figures.map(({ name, value, tone }) => (
          <div key={name} className={css.figure} data-tone={tone}>
            <dd>{format.number(value)}</dd>
            <dt>{t(`totals.${name}`)}</dt>
          </div>
        ))}
      </dl>
      {first && (goals.length > 0 || removals.length > 0) && (
        <Link
          from="/journeys/$journeyId"
          to="."
          search={{ step: START_PREFIX + first.id, view: undefined }}
          replace
          className={css.always}
        >
          <span className={css.heading}>{t("leaving.always")}</span>
          {goals.map((goal) => (
            <span key={goal.id} className={css.way} data-tone="positive">
              <IconCircleCheck size={15} stroke={1.7} aria-label={t("outcomes.positive")} />
              {goal.name || eventName(t, goal.event ?? "")}
            </span>
          ))}
          {removals.map((removal) => (
            <span key={removal.id} className={css.way} data-tone={removal.outcome}>
              <IconDoorExit size={15} stroke={1.7} aria-hidden />
              {removal.name || eventName(t, removal.event ?? "")}
            </span>
          ))}
        </Link>
      )}
    </div>
  );
}
