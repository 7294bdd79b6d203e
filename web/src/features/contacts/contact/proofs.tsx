import { useTranslation } from "react-i18next";
import type { Consents, Proof } from "@/api/people";
import { useFormat } from "@/lib/format";
import { knownText, sourceName } from "@/lib/vocabulary";
import css from "./proofs.module.css";

/** What a record is about, in words: a list and channel, a leaf, or an address. */
function useSubject(consents: Consents): (proof: Proof) => string {
  const { t } = useTranslation();
  const lists = new Map(consents.statuses.map((one) => [one.listId, one.listName]));
  return ({ subject }) => {
    const [kind, first = "", second = ""] = subject.split(":");
    if (kind === "status") {
      return [lists.get(first), t(`channels.${second}`, { defaultValue: second })]
        .filter(Boolean)
        .join(" · ");
    }
    if (kind === "suppression") {
      return t("consents.addressOf", { channel: t(`channels.${first}`, { defaultValue: first }) });
    }
    return t(`leaves.${subject.replaceAll(".", "_")}`, { defaultValue: subject });
  };
}

/** The register, newest first: each record hangs on the one before it by its hash. */
export function Proofs({ consents }: { consents: Consents }) {
  const { t } = useTranslation();
  const format = useFormat();
  const subject = useSubject(consents);
  const { records, brokenAt } = consents;
  if (records === null) return <p className={css.none}>{t("consents.proofsClosed")}</p>;
  if (records.length === 0) return <p className={css.none}>{t("consents.noProofs")}</p>;
  return (
    <ol className={css.chain}>
      {records.toReversed().map((record) => (
        <li
          key={record.number}
          className={css.link}
          data-broken={(brokenAt !== null && record.number >= brokenAt) || undefined}
        >
          <div className={css.head}>
            <span className={css.what}>
              {format.list(
                record.status
                  .split("+")
                  .map(
                    (word) =>
                      knownText(t, `statuses.${word}`) ?? t(`consents.said.${word}`, { defaultValue: word }),
                  ),
              )}
            </span>
            <span className={css.number}>{t("consents.number", { number: record.number })}</span>
          </div>
          <div className={css.subject}>{subject(record)}</div>
          <blockquote className={css.wording}>{record.wording}</blockquote>
          <div className={css.meta}>
            {format.dateTime(record.recordedAt)} · {String(sourceName(t, record.source))}
          </div>
          <code className={css.hash} title={record.hash}>
            {record.hash.slice(0, 8)}…
          </code>
          {record.number === brokenAt && <p className={css.fault}>{t("consents.brokenHere")}</p>}
        </li>
      ))}
    </ol>
  );
}
