import type { ReactNode } from "react";
import css from "./pill.module.css";

export type Tone = "plain" | "positive" | "attention" | "danger" | "information" | "accent";

interface PillProps {
  tone?: Tone;
  /** A small round light before the words. */
  dot?: boolean;
  children: ReactNode;
  title?: string;
}

/** A word in a rounded frame; colour only where it means something. */
export function Pill({ tone = "plain", dot, children, title }: PillProps) {
  return (
    <span className={css.pill} data-tone={tone} title={title}>
      {dot && <span className={css.dot} aria-hidden />}
      {children}
    </span>
  );
}
