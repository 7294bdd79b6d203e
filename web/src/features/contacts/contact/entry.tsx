import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { TimelineItem } from "@/api/types";
import { whyLines } from "@/graph/why";
import { useFormat } from "@/lib/format";
import { Parts } from "@/ui/parts";
import { Why } from "@/ui/why";
import css from "./entry.module.css";
import { momentOf, signOf, summaryOf, titleOf } from "./words";

/** One thing that happened: when, what, what is worth knowing of it, and why it fell so. */
export function Entry({ item }: { item: TimelineItem }) {
  const { t } = useTranslation();
  const format = useFormat();
  const tongue = { t, format };
  const { Icon, family } = signOf(item);
  const summary = summaryOf(item, tongue);
  const mail = item.message?.id;
  const at = momentOf(item);
  const title = <Parts of={titleOf(item, tongue)} />;
  return (
    <li className={css.entry}>
      <time className={css.time} dateTime={at} title={format.seconds(at)}>
        {format.time(at)}
      </time>
      <span className={css.sign} data-family={family} aria-hidden>
        <Icon size={15} stroke={1.8} />
      </span>
      <div className={css.words}>
        <div className={css.title}>
          {mail && item.name === "campaignSent" ? (
            <Link to="/mailbox" search={{ message: mail, q: undefined, channel: undefined, view: undefined }}>
              {title}
            </Link>
          ) : (
            title
          )}
        </div>
        {summary && <div className={css.summary}>{summary}</div>}
        {item.why.length > 0 && <Why lines={whyLines(item.why, tongue, item.conditions)} />}
      </div>
    </li>
  );
}
