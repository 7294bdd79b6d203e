import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Contact, RunRow, TimelineItem } from "@/api/types";
import { useFormat } from "@/lib/format";
import { useNow } from "@/lib/now";
import { reasonText } from "@/lib/vocabulary";
import css from "./journeys.module.css";

const unsent = new Set(["skipped", "failed", "unknown", "bounced"]);

interface JourneysProps {
  contact: Contact;
  timeline: TimelineItem[];
}

/** The journeys that the contact is in, those it finished with their outcome, and messages that did not reach it. */
export function Journeys({ contact, timeline }: JourneysProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const waiting = contact.runs.filter((run) => run.state === "waiting");
  const ended = contact.runs.filter((run) => run.state === "ended");
  const notSent = new Map(
    timeline
      .filter((item) => item.message && unsent.has(item.message.state))
      .map((item) => [item.message?.id, item]),
  );
  return (
    <>
      <Part title={t("contact.insideNow")} empty={waiting.length === 0 ? t("contact.insideNone") : undefined}>
        {waiting.map((run) => (
          <Waiting key={run.id} run={run} />
        ))}
      </Part>
      <Part title={t("contact.ended")} empty={ended.length === 0 ? t("contact.endedNone") : undefined}>
        {ended.map((run) => (
          <RunLink key={run.id} run={run}>
            <div className={css.head}>
              <span className={css.name}>{run.journeyName}</span>
              <span className={css.outcome} data-outcome={run.outcome}>
                {t(`outcomes.${run.outcome ?? "neutral"}`)}
              </span>
            </div>
            <div className={css.words}>
              {[run.endedAt && format.dateTime(run.endedAt), reasonText(t, run.reason)]
                .filter(Boolean)
                .join(" · ")}
            </div>
          </RunLink>
        ))}
      </Part>
      <Part title={t("contact.notSent")} empty={notSent.size === 0 ? t("contact.notSentNone") : undefined}>
        {[...notSent.values()].map((item) => (
          <div key={item.message?.id} className={css.card} data-still>
            <div className={css.head}>
              <span className={css.name}>{item.message?.subject || item.stepName || item.journeyName}</span>
              <span className={css.version}>{t(`channels.${item.message?.channel}`)}</span>
            </div>
            <div className={css.words}>
              {[
                reasonText(t, item.message?.reason) || t(`messageStates.${item.message?.state}`),
                format.dateTime(item.at),
              ].join(" · ")}
            </div>
          </div>
        ))}
      </Part>
    </>
  );
}

function Waiting({ run }: { run: RunRow }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const due = run.dueAt ? Date.parse(run.dueAt) : null;
  const from = Date.parse(run.enteredAt);
  const share = due && due > from ? Math.min(Math.max((now.getTime() - from) / (due - from), 0), 1) : null;
  return (
    <RunLink run={run}>
      <div className={css.head}>
        <span className={css.name}>{run.journeyName}</span>
        <span className={css.version}>v{run.version}</span>
      </div>
      <div className={css.words}>
        {run.stepName}
        {run.dueAt && (
          <span title={format.dateTime(run.dueAt)}>
            {" · "}
            {t("contact.until", { when: format.dateTime(run.dueAt) })}
          </span>
        )}
      </div>
      {share !== null && (
        <div className={css.bar} aria-hidden>
          <span style={{ width: `${share * 100}%` }} />
        </div>
      )}
    </RunLink>
  );
}

function RunLink({ run, children }: { run: RunRow; children: React.ReactNode }) {
  return (
    <Link
      from="/contacts/$contactId"
      to="."
      replace
      search={(before) => ({ ...before, run: run.id, panel: undefined, segment: undefined })}
      className={css.card}
    >
      {children}
    </Link>
  );
}

interface PartProps {
  title: string;
  empty: string | undefined;
  children: React.ReactNode;
}

function Part({ title, empty, children }: PartProps) {
  return (
    <section className={css.part}>
      <h2 className={css.heading}>{title}</h2>
      {empty ? <p className={css.none}>{empty}</p> : children}
    </section>
  );
}
