import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { contactQuery } from "@/api/queries";
import { type Definition, type Explained, segmentExplainQuery, segmentQuery } from "@/api/segments";
import { whyLines } from "@/graph/why";
import { useFormat } from "@/lib/format";
import { Loading, Trouble } from "@/ui/forms";
import { Pill } from "@/ui/pill";
import { SidePanel } from "@/ui/side-panel";
import { Why } from "@/ui/why";
import { useTongue } from "../builder/known";
import css from "./page.module.css";

interface WhyPanelProps {
  about: Explained;
  contactId: string;
  onClose: () => void;
}

/** Why someone is in the segment, or would be: every condition with the value that was read. */
export function WhyPanel({ about, contactId, onClose }: WhyPanelProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const tongue = useTongue();
  const explained = useQuery(segmentExplainQuery(about, contactId));
  const contact = useQuery(contactQuery(contactId));
  const name = contact.data?.name || contact.data?.identities?.[0]?.value || t("common.unnamed");
  const why = explained.data;
  const segment = useQuery({
    ...segmentQuery(about.segmentId ?? ""),
    enabled: !!about.segmentId && !about.written,
  });
  const asked = about.written ?? (segment.data?.definition as Definition | undefined);
  const condition = asked?.kind === "filter" ? asked.condition : null;
  const isWritten = about.written !== undefined;
  return (
    <SidePanel id={contactId} label={t("why.title")} head={<h2>{name}</h2>} onClose={onClose}>
      {explained.isPending && <Loading rows={3} />}
      {explained.isError && <Trouble error={explained.error} retry={() => explained.refetch()} />}
      {why && (
        <>
          <p className={css.standing}>
            {isWritten ? (
              <Pill tone={why.holds ? "positive" : undefined} dot>
                {t(why.holds ? "segments.wouldBeIn" : "segments.wouldBeOut")}
              </Pill>
            ) : why.isMember ? (
              <Pill tone="positive" dot>
                {why.enteredAt
                  ? t("segments.inSince", { when: format.dateTime(why.enteredAt) })
                  : t("segments.in")}
              </Pill>
            ) : (
              <Pill dot>{t("segments.out")}</Pill>
            )}
          </p>
          {why.verdicts.length > 0 && (
            <Why lines={whyLines(why.verdicts, tongue, condition ? [condition] : [])} />
          )}
          {!isWritten && why.holds !== why.isMember && <p className={css.quiet}>{t("segments.onItsWay")}</p>}
          <p className={css.quiet}>{t("segments.readAt", { when: format.dateTime(why.asOf) })}</p>
          {!isWritten && why.judgeAt && (
            <p className={css.quiet}>{t("segments.judgeAt", { when: format.dateTime(why.judgeAt) })}</p>
          )}
          <Link
            to="/contacts/$contactId"
            params={{ contactId }}
            search={{ view: undefined, run: undefined } as never}
            className={css.whole}
          >
            {t("segments.openContact")}
          </Link>
        </>
      )}
    </SidePanel>
  );
}
