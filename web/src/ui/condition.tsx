import type { Part } from "@/lib/sentence";
import css from "./condition.module.css";
import { Parts } from "./parts";

interface ConditionProps {
  lines: { depth: number; joiner: "and" | "or" | null; parts: Part[] }[];
  /** The joining words of the language in use. */
  words: { and: string; or: string };
}

/** A condition read from above, one test a line, the joining word before each. */
export function ConditionLines({ lines, words }: ConditionProps) {
  return (
    <ul className={css.lines}>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a condition have no other identity
        <li key={index} className={css.line} style={{ paddingLeft: line.depth * 16 }}>
          {line.joiner && <span className={css.joiner}>{words[line.joiner]}</span>}
          <Parts of={line.parts} look="framed" />
        </li>
      ))}
    </ul>
  );
}
