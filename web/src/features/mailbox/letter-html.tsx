import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import css from "./letter-html.module.css";

/**
 * The HTML of a message, drawn in a frame that may do nothing: no scripts, no forms, no way out to the page around.
 * `allow-same-origin` without `allow-scripts` lets us measure its height and nothing more; links open elsewhere.
 * Images wait to be asked for: the pixel among them would count an open that no contact made.
 */
export function LetterHtml({ html, title }: { html: string; title: string }) {
  const { t } = useTranslation();
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(480);
  const [images, setImages] = useState(false);
  const measure = () => {
    const root = frame.current?.contentDocument?.documentElement;
    if (root) setHeight(Math.max(240, root.scrollHeight));
  };
  const sources = images ? "'self' data: http: https:" : "data:";
  const policy = `default-src 'none'; img-src ${sources}; style-src 'unsafe-inline'; font-src data:`;
  const framed = `<meta http-equiv="Content-Security-Policy" content="${policy}"><base target="_blank"><meta name="viewport" content="width=device-width">${html}`;
  const held = !images && /<img\b/i.test(html);
  return (
    <div className={css.paper}>
      {held && (
        <p className={css.held}>
          {t("mailbox.images")}
          <button type="button" onClick={() => setImages(true)}>
            {t("mailbox.load")}
          </button>
        </p>
      )}
      <iframe
        key={String(images)}
        ref={frame}
        className={css.frame}
        title={t("mailbox.frame", { subject: title })}
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
        srcDoc={framed}
        style={{ height }}
        onLoad={measure}
      />
    </div>
  );
}
