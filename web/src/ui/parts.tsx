import type { Part } from "@/lib/sentence";
import css from "./parts.module.css";

interface PartsProps {
  of: Part[];
  /** `quiet`: the values are only a little stronger than the words; `framed`: they stand in small frames. */
  look?: "quiet" | "framed";
}

/** Characters up to which a value is kept on one line. */
const SHORT = 24;

/** A sentence with its values set off. */
export function Parts({ of, look = "quiet" }: PartsProps) {
  return (
    <span className={css.sentence} data-look={look}>
      {of.map((part, index) =>
        part.tone ? (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence have no other identity
            key={index}
            className={css.part}
            data-tone={part.tone}
            data-short={part.text.length <= SHORT || undefined}
            data-closed={/^[,.:;]/.test(of[index + 1]?.text ?? "") || undefined}
          >
            {part.text}
          </span>
        ) : (
          part.text
        ),
      )}
    </span>
  );
}
