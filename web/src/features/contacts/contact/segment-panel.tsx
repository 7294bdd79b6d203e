import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { segmentWhyQuery } from "@/api/people";
import { type Definition, segmentQuery } from "@/api/segments";
import { whyLines } from "@/graph/why";
import { useFormat } from "@/lib/format";
import { Trouble } from "@/ui/forms";
import { Pill } from "@/ui/pill";
import { SidePanel } from "@/ui/side-panel";
import { Why } from "@/ui/why";
import css from "./segment-panel.module.css";

interface SegmentPanelProps {
  contactId: string;
  segmentId: string;
  onClose: () => void;
}

/** Why a contact is in a segment or is not: each condition, what was read, and when it is looked at again. */
export function SegmentPanel({ contactId, segmentId, onClose }: SegmentPanelProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const why = useQuery(segmentWhyQuery(segmentId, contactId));
  const segment = useQuery(segmentQuery(segmentId)).data;
  const name = segment?.name ?? t("contact.segments");
  const definition = segment?.definition as Definition | undefined;
  const condition = definition?.kind === "filter" ? definition.condition : null;
  const head = (
    <>
      <h2 className={css.title}>{name}</h2>
      {why.data && (
        <Pill tone={why.data.isMember ? "positive" : "plain"}>
          {t(why.data.isMember ? "segmentWhy.in" : "segmentWhy.out")}
        </Pill>
      )}
    </>
  );
  return (
    <SidePanel id={`segment/${segmentId}`} label={name} head={head} onClose={onClose}>
      {why.isPending && [0, 1, 2].map((row) => <Skeleton key={row} height={30} mb={14} />)}
      {why.isError && <Trouble error={why.error} retry={() => why.refetch()} />}
      {why.data && (
        <>
          {why.data.enteredAt && (
            <p className={css.words}>
              {t("contact.memberSince", { when: format.dateTime(why.data.enteredAt) })}
            </p>
          )}
          <Why lines={whyLines(why.data.verdicts, { t, format }, condition ? [condition] : [])} />
          {why.data.judgeAt && (
            <p className={css.again}>{t("segmentWhy.again", { when: format.dateTime(why.data.judgeAt) })}</p>
          )}
          <p className={css.again}>{t("segmentWhy.asOf", { when: format.dateTime(why.data.asOf) })}</p>
        </>
      )}
    </SidePanel>
  );
}
