import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/format";
import css from "./phone.module.css";

interface PhoneProps {
  from: string;
  text: string;
  at: string;
}

/** An SMS as the contact sees it, with how long it is. */
export function Phone({ from, text, at }: PhoneProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const length = Array.from(text).length;
  return (
    <div className={css.screen}>
      <div className={css.from}>{from}</div>
      <time className={css.time} dateTime={at}>
        {format.dateTime(at)}
      </time>
      <p className={css.bubble}>{text}</p>
      <p className={css.length}>{t("mailbox.characters", { count: length, n: format.number(length) })}</p>
    </div>
  );
}
