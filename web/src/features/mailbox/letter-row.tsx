import { useMediaQuery } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { MailRow } from "@/api/types";
import { useFormat } from "@/lib/format";
import { useNow } from "@/lib/now";
import { IconBell, IconDeviceMobileMessage, IconMail } from "@/ui/icons";
import css from "./letter-row.module.css";

const icons = { email: IconMail, sms: IconDeviceMobileMessage, push: IconBell };

/** One message of the list: to whom, about what, and how it begins. */
export function LetterRow({ row, current }: { row: MailRow; current: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const today = format.dayKey(row.receivedAt) === format.dayKey(now);
  const Icon = icons[row.channel];
  const item = useRef<HTMLLIElement>(null);
  const narrow = useMediaQuery("(max-width: 900px)");
  // On a narrow window the list is not there: the row comes into view when it is again.
  useEffect(() => {
    if (current && !narrow) item.current?.scrollIntoView?.({ block: "nearest" });
  }, [current, narrow]);
  return (
    <li ref={item}>
      <Link
        from="/mailbox"
        to="."
        search={(before) => ({ ...before, message: row.id, view: undefined })}
        className={css.row}
        data-current={current || undefined}
        aria-current={current ? "true" : undefined}
      >
        <Icon size={17} stroke={1.6} role="img" aria-label={t(`channels.${row.channel}`)} />
        <span className={css.words}>
          <span className={css.top}>
            <span className={css.to}>{row.to}</span>
            <time dateTime={row.receivedAt} className={css.time}>
              {today ? format.time(row.receivedAt) : format.date(row.receivedAt)}
            </time>
          </span>
          {row.subject && <span className={css.subject}>{row.subject}</span>}
          <span className={row.subject ? css.preview : css.subject}>{row.preview}</span>
        </span>
      </Link>
    </li>
  );
}
