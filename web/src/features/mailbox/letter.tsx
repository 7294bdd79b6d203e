import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { mailQuery } from "@/api/queries";
import type { Mail } from "@/api/types";
import { useFormat } from "@/lib/format";
import { Loading, Trouble } from "@/ui/forms";
import { IconArrowLeft } from "@/ui/icons";
import { Pill } from "@/ui/pill";
import css from "./letter.module.css";
import { LetterHtml } from "./letter-html";
import { Notification } from "./notification";
import { Phone } from "./phone";

const route = getRouteApi("/frame/mailbox");

/** The views that a message has: SMS and push have no HTML and no headers, a plain email no HTML. */
function viewsOf(mail: Pick<Mail, "channel" | "html">): ("html" | "text" | "headers" | "raw")[] {
  if (mail.channel !== "email") return ["text", "raw"];
  return mail.html === null ? ["text", "headers", "raw"] : ["html", "text", "headers", "raw"];
}

/** What a message says in words: on a telephone's screen where it goes to one. */
function Text({ mail }: { mail: Omit<Mail, "headers"> }) {
  const { t } = useTranslation();
  const { from, receivedAt: at, link, image, subject } = mail;
  const text = mail.text ?? "";
  if (mail.channel === "sms") return <Phone from={from} text={text} at={at} />;
  if (mail.channel === "push")
    return <Notification from={from} title={subject} text={text} link={link} image={image} at={at} />;
  return <pre className={css.text}>{text || t("mailbox.noText")}</pre>;
}

/** One message as it arrived: drawn, as text, its headers, and byte by byte. */
export function Letter({ id }: { id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { view } = route.useSearch();
  const mail = useQuery(mailQuery(id));
  if (mail.isPending) return <Loading rows={4} />;
  if (mail.isError) return <Trouble error={mail.error} retry={() => mail.refetch()} />;
  const { data } = mail;
  const views = viewsOf(data);
  const untitled = data.channel === "push" ? t("mailbox.push.untitled") : t("mailbox.smsTo", { to: data.to });
  const shown = view && views.includes(view) ? view : views[0];
  return (
    <article className={css.letter}>
      <header className={css.head}>
        <Link
          from="/mailbox"
          to="."
          search={(before) => ({ ...before, message: undefined, view: undefined })}
          className={css.back}
        >
          <IconArrowLeft size={16} stroke={1.7} /> {t("mailbox.back")}
        </Link>
        <h2 className={css.subject}>{data.subject || untitled}</h2>
        <dl className={css.about}>
          <div>
            <dt>{t("mailbox.from")}</dt>
            <dd>{data.from}</dd>
          </div>
          <div>
            <dt>{t("mailbox.to")}</dt>
            <dd>{data.to}</dd>
          </div>
          <div>
            <dt>{t("mailbox.received")}</dt>
            <dd>{format.dateTime(data.receivedAt)}</dd>
          </div>
          {data.dkim && (
            <div>
              <dt>DKIM</dt>
              <dd>
                <Pill tone="positive">{t("mailbox.signed", { domain: String(data.dkim.domain ?? "") })}</Pill>
              </dd>
            </div>
          )}
        </dl>
        <nav className={css.tabs} aria-label={t("mailbox.views")}>
          {views.map((one) => (
            <Link
              key={one}
              from="/mailbox"
              to="."
              replace
              search={(before) => ({ ...before, view: one === "html" ? undefined : one })}
              data-current={one === shown || undefined}
              aria-current={one === shown ? "page" : undefined}
            >
              {t(`mailbox.view.${one}`)}
            </Link>
          ))}
        </nav>
      </header>
      <div className={css.body}>
        {shown === "html" && <LetterHtml html={data.html ?? ""} title={data.subject} />}
        {shown === "text" && <Text mail={data} />}
        {shown === "headers" && (
          <table className={css.headers} aria-label={t("mailbox.view.headers")}>
            <tbody>
              {data.headers.map(([name, value], index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a header may occur twice
                <tr key={index}>
                  <th scope="row">{name}</th>
                  <td>{value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {shown === "raw" && <pre className={css.raw}>{data.raw}</pre>}
      </div>
    </article>
  );
}
