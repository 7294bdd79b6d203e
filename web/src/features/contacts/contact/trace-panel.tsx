import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { traceQuery } from "@/api/queries";
import { whyLines } from "@/graph/why";
import { useFormat } from "@/lib/format";
import { reasonText } from "@/lib/vocabulary";
import { Empty, Loading, Trouble } from "@/ui/forms";
import { SidePanel } from "@/ui/side-panel";
import { Why } from "@/ui/why";
import css from "./trace-panel.module.css";
import { pathText } from "./words";

/** One run from its entry to now, step by step: which path it took, and why. */
export function TracePanel({ runId, onClose }: { runId: string; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const tongue = { t, format };
  const trace = useQuery(traceQuery(runId));
  const run = trace.data?.run;
  const head = (
    <>
      <div className={css.kicker}>{t("trace.title")}</div>
      <h2 className={css.name}>
        {run ? (
          <Link
            to="/journeys/$journeyId"
            params={{ journeyId: run.journeyId }}
            search={{ step: run.step ?? undefined, view: undefined }}
          >
            {run.journeyName}
          </Link>
        ) : (
          t("common.loading")
        )}
      </h2>
      {run && (
        <div className={css.about}>
          {[
            t("journey.version", { version: run.version }),
            t("trace.entered", { when: format.dateTime(run.enteredAt) }),
          ].join(" · ")}
        </div>
      )}
    </>
  );
  return (
    <SidePanel id={runId} label={t("trace.title")} head={head} onClose={onClose}>
      {trace.isPending && <Loading rows={4} />}
      {trace.isError && <Trouble error={trace.error} retry={() => trace.refetch()} />}
      {trace.data?.entries.length === 0 && <Empty title={t("trace.empty")}>{t("trace.emptyWords")}</Empty>}
      <ol>
        {trace.data?.entries.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step may be visited more than once
          <li key={`${entry.step}/${index}`} className={css.entry}>
            <div className={css.step}>
              <span>{entry.stepName || entry.step || t("trace.start")}</span>
              <time className={css.time} dateTime={entry.at}>
                {format.dateTime(entry.at)}
              </time>
            </div>
            {entry.step && (entry.path || entry.outcome) && (
              <div className={css.path}>
                {entry.path && entry.path !== "next"
                  ? t("trace.path", { path: entry.pathName ?? pathText(entry.path, tongue) })
                  : entry.outcome &&
                    t(`outcomes.${entry.outcome}`, { defaultValue: reasonText(t, entry.outcome) })}
              </div>
            )}
            {entry.judged.length > 0 && <Why lines={whyLines(entry.judged, tongue, entry.conditions)} />}
          </li>
        ))}
      </ol>
      {run?.state === "ended" && (
        <p className={css.end} data-outcome={run.outcome}>
          {[
            t(`outcomes.${run.outcome ?? "neutral"}`),
            reasonText(t, run.reason),
            run.endedAt && format.dateTime(run.endedAt),
          ]
            .filter(Boolean)
            .join(" · ")}
        </p>
      )}
      {run?.state === "waiting" && run.dueAt && (
        <p className={css.end}>{t("trace.waits", { when: format.dateTime(run.dueAt) })}</p>
      )}
    </SidePanel>
  );
}
