import type { Part } from "@/lib/sentence";
import css from "./parts.module.css";

interface PartsProps {
  of: Part[];
  /** `quiet`: the values are only a little stronger than the words; `framed`: they stand in small frames. */
  look?: "quiet" | "framed";
}

/** A sentence with its values set off. */
export function Parts({ of, look = "quiet" }: PartsProps) {
  return (
    <span className={css.sentence} data-look={look}>
      {of.map((part, index) =>
        part.tone ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence have no other identity
          <span key={index} className={css.part} data-tone={part.tone}>
            {part.text}
          </span>
        ) : (
          part.text
        ),
      )}
    </span>
  );
}
