import { Fragment, type ReactNode } from "react";
import { type Part, withMarks } from "@/lib/sentence";
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
      {withMarks(parts).map(({ part, mark }, index) => {
        const shown = (part.slot && slots[part.slot]) || part.text;
        const closed = mark && (
          <span className={css.closed}>
            {shown}
            {mark}
          </span>
        );
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence have no other identity
        return <Fragment key={index}>{closed || shown}</Fragment>;
      })}
    </span>
  );
}
