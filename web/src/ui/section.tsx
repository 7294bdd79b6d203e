import type { ReactNode } from "react";
import css from "./section.module.css";

interface SectionProps {
  title: string;
  /** At the right of the title: a count, or what can be done here. */
  aside?: ReactNode;
  children: ReactNode;
}

/** A part of a page or panel under a quiet heading. */
export function Section({ title, aside, children }: SectionProps) {
  return (
    <section className={css.section}>
      <div className={css.head}>
        <h2 className={css.heading}>{title}</h2>
        {aside && <div className={css.aside}>{aside}</div>}
      </div>
      {children}
    </section>
  );
}
