import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/format";
import { IconBell } from "@/ui/icons";
import css from "./notification.module.css";

interface NotificationProps {
  from: string;
  title: string;
  text: string;
  link: string | null;
  image: string | null;
  at: string;
}

/** A push as it lies on the contact's device, and where it leads. Its picture is named: nothing is loaded from elsewhere. */
export function Notification({ from, title, text, link, image, at }: NotificationProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={css.screen}>
      <time className={css.clock} dateTime={at}>
        {format.time(at)}
      </time>
      <div className={css.day}>{format.date(at)}</div>
      <div className={css.card}>
        <div className={css.from}>
          <IconBell size={14} stroke={1.8} aria-hidden />
          <span>{from}</span>
        </div>
        {title && <p className={css.title}>{title}</p>}
        <p className={css.words}>{text}</p>
        {image && (
          <a className={css.image} href={image} target="_blank" rel="noreferrer">
            {t("mailbox.push.image")}
            <span>{image}</span>
          </a>
        )}
      </div>
      {link ? (
        <p className={css.leads}>
          <a href={link} target="_blank" rel="noreferrer">
            {t("mailbox.push.tap")}
          </a>
          <span>{t("mailbox.push.counts")}</span>
        </p>
      ) : (
        <p className={css.leads}>{t("mailbox.push.nowhere")}</p>
      )}
    </div>
  );
}
