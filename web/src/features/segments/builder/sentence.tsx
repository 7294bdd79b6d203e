import { Fragment, type ReactNode } from "react";
import type { Part } from "@/lib/sentence";
import css from "./parts.module.css";

interface SentenceProps {
  parts: Part[];
  /** What stands in a slot instead of its text. */
  slots: Record<string, ReactNode>;
}

/** A sentence whose slots can be changed where they stand. */
export function Sentence({ parts, slots }: SentenceProps) {
  return (
    <span className={css.sentence}>
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence have no other identity
        <Fragment key={index}>{(part.slot && slots[part.slot]) || part.text}</Fragment>
      ))}
    </span>
  );
}
