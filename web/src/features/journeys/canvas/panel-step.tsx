import { useTranslation } from "react-i18next";
import type { Step } from "@/api/graph";
import type { StepCounts } from "@/api/types";
import { type ConditionLine, conditionLines, type Tongue } from "@/graph/conditions";
import { type WayOut, waysOut } from "@/graph/flow";
import { useFormat } from "@/lib/format";
import { sentence } from "@/lib/sentence";
import { eventName, reasonText } from "@/lib/vocabulary";
import { ConditionLines } from "@/ui/condition";
import { Parts } from "@/ui/parts";
import { describe } from "../steps";
import { messageFigures, sends } from "./figures";
import css from "./panel.module.css";

/** What a step does, the conditions of its paths, and what came of it so far. */
export function PanelStep({ step, counts }: { step: Step; counts: StepCounts }) {
  const { t } = useTranslation();
  const format = useFormat();
  const tongue = { t, format };
  const { sentences } = describe(step, tongue);
  const ways = waysOut(step).filter((way) => way.kind !== "next");
  const judged = Object.values(counts.paths).reduce((sum, people) => sum + people, 0);
  const exits = Object.entries(counts.exits).filter(([, people]) => people > 0);
  return (
    <>
      {sentences.map((parts, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: sentences have no other identity
        <p key={index} className={css.words}>
          <Parts of={parts} look="framed" />
        </p>
      ))}
      {step.kind === "react" && step.condition && (
        <section className={css.part}>
          <h3 className={css.heading}>{t("steps.react.condition")}</h3>
          <Lines lines={conditionLines(step.condition, tongue)} tongue={tongue} />
        </section>
      )}
      {ways.length > 0 && (
        <section className={css.part}>
          <h3 className={css.heading}>
            {judged > 0
              ? t("panel.pathsJudged", { count: judged, n: format.number(judged) })
              : t("panel.paths")}
          </h3>
          {ways.map((way) => (
            <PathCard key={way.id} way={way} people={counts.paths[way.id] ?? 0} of={judged} tongue={tongue} />
          ))}
        </section>
      )}
      {sends(step) && (
        <section className={css.part}>
          <h3 className={css.heading}>{t("panel.messages")}</h3>
          <dl className={css.figures}>
            {messageFigures(counts).map(([name, value]) => (
              <Figure
                key={name}
                name={t(`messageCounts.${name}`)}
                value={format.number(value)}
                share={
                  ["delivered", "opened", "clicked"].includes(name) && counts.messages.sent > 0
                    ? format.percent(value / counts.messages.sent)
                    : ""
                }
              />
            ))}
          </dl>
        </section>
      )}
      {exits.length > 0 && (
        <section className={css.part}>
          <h3 className={css.heading}>{t("panel.exits")}</h3>
          <dl className={css.figures}>
            {exits.map(([reason, people]) => (
              <Figure key={reason} name={reasonText(t, reason)} value={format.number(people)} share="" />
            ))}
          </dl>
        </section>
      )}
    </>
  );
}

function Figure({ name, value, share }: { name: string; value: string; share: string }) {
  return (
    <div className={css.figure}>
      <dt>{name}</dt>
      <dd>{value}</dd>
      <dd className={css.share}>{share}</dd>
    </div>
  );
}

function Lines({ lines, tongue: { t } }: { lines: ConditionLine[]; tongue: Tongue }) {
  return <ConditionLines lines={lines} words={{ and: t("conditions.and"), or: t("conditions.or") }} />;
}

const fallbacks: Record<WayOut["kind"], string> = {
  next: "next",
  path: "otherwise",
  default: "otherwise",
  none_left: "noneLeft",
  failed: "failed",
  otherwise: "otherwiseMet",
  full: "full",
  hold_out: "heldOut",
};

/** What is said of a way out that has no conditions of its own. */
const wayWords: Partial<Record<WayOut["kind"], string>> = {
  none_left: "noneLeftPath",
  failed: "failedPath",
  otherwise: "otherwisePath",
  full: "fullPath",
  hold_out: "heldOutPath",
};

interface PathCardProps {
  way: WayOut;
  people: number;
  of: number;
  tongue: Tongue;
}

function PathCard({ way, people, of, tongue }: PathCardProps) {
  const { t, format } = tongue;
  const fallback = t(`canvas.${fallbacks[way.kind]}`);
  const event = way.path?.event;
  const lines: ConditionLine[] = [
    ...(event
      ? [{ depth: 0, joiner: null, parts: sentence(t, "leaving.event", { event: eventName(t, event) }) }]
      : []),
    ...conditionLines(way.path?.condition, tongue, 0, event ? "and" : null),
  ];
  return (
    <div className={css.path} data-default={way.kind !== "path" || undefined}>
      <div className={css.pathHead}>
        <span>{way.name || fallback}</span>
        {of > 0 && (
          <span className={css.pathFigure}>
            {format.number(people)} · {format.share(people / of)}
          </span>
        )}
      </div>
      <div className={css.pathWords}>
        {way.kind === "path" ? (
          lines.length > 0 ? (
            <Lines lines={lines} tongue={tongue} />
          ) : (
            <span className={css.quiet}>{t("panel.always")}</span>
          )
        ) : (
          <span className={css.quiet}>{t(`panel.${wayWords[way.kind] ?? "defaultPath"}`)}</span>
        )}
      </div>
    </div>
  );
}
