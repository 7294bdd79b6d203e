import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { ApiProblem } from "@/api/client";
import { type Definition, previewQuery, type SegmentMember } from "@/api/segments";
import { useFormat } from "@/lib/format";
import { IconAlertTriangle } from "@/ui/icons";
import { Person } from "@/ui/person";
import css from "./preview.module.css";

/** How long the writing must rest before it is counted, in ms. */
const REST = 300;

interface PreviewProps {
  /** Null while something is missing that only the writer can give. */
  definition: Definition | null;
  segmentId: string | undefined;
  /** Why there is nothing to count yet. */
  waiting: string;
  /** Asks why somebody who was counted meets it. */
  onWhy: (contactId: string) => void;
}

/** How many people meet what is being written, and ten of them; counted again a moment after each change. */
export function PreviewPane({ definition, segmentId, waiting, onWhy }: PreviewProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const text = definition ? JSON.stringify(definition) : null;
  const [asked] = useDebouncedValue(text, REST);
  const preview = useQuery(previewQuery(asked ? (JSON.parse(asked) as Definition) : null, segmentId));
  const counting = definition !== null && (asked !== text || preview.isFetching);
  const errors = preview.data?.faults.filter((one) => !one.isWarning) ?? [];
  const warnings = preview.data?.faults.filter((one) => one.isWarning) ?? [];
  const failed = !counting && preview.isError;
  const data = definition && !failed ? preview.data : undefined;
  const count = data?.count ?? null;
  return (
    <aside className={css.pane} aria-label={t("segments.preview")}>
      {count !== null && (
        <div className={css.figure} data-stale={counting || undefined}>
          <span className={css.count} data-count>
            {format.number(count)}
          </span>
          <span className={css.noun}>{t("segments.people", { count })}</span>
        </div>
      )}
      <p className={css.state} role="status" aria-live="polite">
        {definition === null
          ? waiting
          : counting
            ? t("segments.counting")
            : count !== null && t("segments.counted")}
      </p>
      {failed && <Failed error={preview.error} />}
      {!counting && errors.length + warnings.length > 0 && definition && (
        <ul className={css.faults}>
          {[...errors, ...warnings].map((one) => (
            <li key={`${one.at} ${one.code}`} data-warning={one.isWarning || undefined}>
              <IconAlertTriangle size={15} stroke={1.8} aria-hidden />
              {one.sentence}
            </li>
          ))}
        </ul>
      )}
      {data && data.sample.length > 0 && <Sample people={data.sample} stale={counting} onWhy={onWhy} />}
    </aside>
  );
}

function Failed({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const { status, code, detail, sentences } = error as ApiProblem;
  const said = sentences?.length > 0 ? sentences : [detail];
  return (
    <ul className={css.faults} role="alert">
      {(status === 0 ? [t("trouble.unreachable.title")] : said).map((one) => (
        <li key={one} data-warning={code === "too_slow" || undefined}>
          <IconAlertTriangle size={15} stroke={1.8} aria-hidden />
          {one || t("trouble.failed.title")}
        </li>
      ))}
    </ul>
  );
}

interface SampleProps {
  people: SegmentMember[];
  stale: boolean;
  onWhy: (contactId: string) => void;
}

function Sample({ people, stale, onWhy }: SampleProps) {
  const { t } = useTranslation();
  return (
    <>
      <h2 className={css.heading}>{t("segments.some")}</h2>
      <ul className={css.sample} data-stale={stale || undefined}>
        {people.map((one) => {
          const name = one.name || one.email || one.phone || t("common.unnamed");
          return (
            <li key={one.id} className={css.row}>
              <Link
                to="/contacts/$contactId"
                params={{ contactId: one.id }}
                search={{ view: undefined, run: undefined } as never}
                className={css.person}
                target="_blank"
              >
                <Person name={name} size={26} />
                <span className={css.who}>
                  <span>{name}</span>
                  {one.name && <span className={css.under}>{one.email ?? one.phone}</span>}
                </span>
              </Link>
              <button
                type="button"
                className={css.why}
                aria-label={t("segments.whyWould", { name })}
                onClick={() => onWhy(one.id)}
              >
                {t("segments.why")}
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}
