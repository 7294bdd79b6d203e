import type { ReactNode } from "react";
import { useEffect } from "react";
import css from "./page.module.css";

interface PageProps {
  title: string;
  /** What stands above the title: the room that one came from. */
  parent?: ReactNode;
  lead?: ReactNode;
  beside?: ReactNode;
  actions?: ReactNode;
  /** `canvas` fills the room without padding; `wide` is for tables in columns; else at most 1,280 px. */
  shape?: "text" | "wide" | "canvas";
  /** What slides over the right edge of the room, below the header. */
  panel?: ReactNode;
  children: ReactNode;
}

/** A page: header with title, status and actions, then its body, which alone scrolls. */
export function Page({ title, parent, lead, beside, actions, shape = "text", panel, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Percorso`;
  }, [title]);
  return (
    <>
      <header className={css.header} data-led={lead !== undefined || undefined}>
        {lead}
        <div className={css.titles}>
          {parent && <div className={css.parent}>{parent}</div>}
          <h1 className={css.title}>{title}</h1>
        </div>
        {beside && <div className={css.beside}>{beside}</div>}
        {actions && <div className={css.actions}>{actions}</div>}
      </header>
      <div className={css.room}>
        <main id="content" className={css.body} data-shape={shape} tabIndex={-1}>
          {shape === "text" ? <div className={css.inner}>{children}</div> : children}
        </main>
        {panel}
      </div>
    </>
  );
}
