import { useTranslation } from "react-i18next";
import type { Goal, Graph, Reentry, Removal, Start } from "@/api/graph";
import { conditionLines, operandPart, type Tongue } from "@/graph/conditions";
import { useFormat } from "@/lib/format";
import { type Part, sentence } from "@/lib/sentence";
import { capturedName, eventName, fieldName } from "@/lib/vocabulary";
import { ConditionLines } from "@/ui/condition";
import { Parts } from "@/ui/parts";
import { durationText } from "../steps/face";
import { startTitle } from "./drawn";
import css from "./panel.module.css";

function reentrySentences(reentry: Reentry, tongue: Tongue): Part[][] {
  const { t } = tongue;
  const key = { text: fieldName(t, reentry.key ?? ""), tone: "field" } as const;
  const span = reentry.period ? durationText(reentry.period, tongue) : "";
  return [
    sentence(t, `reentry.rule.${reentry.rule ?? "every_time"}`, { key, span }),
    sentence(t, `reentry.inside.${reentry.inside ?? "ignore"}`, { key }),
  ];
}

/** How contacts enter and leave: the start's event and condition, what is kept, re-entry, removals, goals. */
export function PanelStart({ start, graph }: { start: Start; graph: Graph }) {
  const { t } = useTranslation();
  const format = useFormat();
  const tongue = { t, format };
  const lines = conditionLines(start.condition, tongue);
  const words = { and: t("conditions.and"), or: t("conditions.or") };
  const captures = start.captures ?? [];
  return (
    <>
      <p className={css.words}>
        <Parts
          of={
            start.kind === "event"
              ? sentence(t, "start.sentence", { event: eventName(t, start.event) })
              : startTitle(start, tongue)
          }
          look="framed"
        />
      </p>
      {lines.length > 0 && (
        <section className={css.part}>
          <h3 className={css.heading}>{t("start.condition")}</h3>
          <ConditionLines lines={lines} words={words} />
        </section>
      )}
      {captures.length > 0 && (
        <section className={css.part}>
          <h3 className={css.heading}>{t("start.captures")}</h3>
          {captures.map((capture) => (
            <p key={capture.name} className={css.words}>
              <Parts
                look="framed"
                of={sentence(t, "start.capture", {
                  name: capturedName(t, capture.name),
                  value: operandPart(capture.operand, tongue),
                })}
              />
            </p>
          ))}
        </section>
      )}
      <section className={css.part}>
        <h3 className={css.heading}>{t("reentry.title")}</h3>
        {reentrySentences(graph.reentry ?? {}, tongue).map((parts) => (
          <p key={parts[0]?.text} className={css.words}>
            <Parts of={parts} look="framed" />
          </p>
        ))}
      </section>
      <Leaving title={t("leaving.removals")} ways={graph.removals ?? []} tongue={tongue} />
      <Leaving title={t("leaving.goals")} ways={graph.goals ?? []} tongue={tongue} goal />
    </>
  );
}

interface LeavingProps {
  title: string;
  ways: (Removal | Goal)[];
  tongue: Tongue;
  goal?: boolean;
}

function Leaving({ title, ways, tongue, goal }: LeavingProps) {
  const { t } = tongue;
  if (ways.length === 0) return null;
  return (
    <section className={css.part}>
      <h3 className={css.heading}>{title}</h3>
      {ways.map((way) => {
        const outcome = goal ? "positive" : ((way as Removal).outcome ?? "neutral");
        return (
          <div key={way.id} className={css.path}>
            <div className={css.pathHead}>
              <span>{way.name || eventName(t, way.event ?? "")}</span>
              <span className={css.pathFigure}>{t(`outcomes.${outcome}`)}</span>
            </div>
            <div className={css.pathWords}>
              <ConditionLines
                lines={[
                  ...(way.event
                    ? [
                        {
                          depth: 0,
                          joiner: null,
                          parts: sentence(t, "leaving.event", { event: eventName(t, way.event) }),
                        },
                      ]
                    : []),
                  ...conditionLines(way.condition, tongue, 0, way.event ? "and" : null),
                ]}
                words={{ and: t("conditions.and"), or: t("conditions.or") }}
              />
            </div>
          </div>
        );
      })}
    </section>
  );
}
