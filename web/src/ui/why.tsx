import { useTranslation } from "react-i18next";
import type { Part } from "@/lib/sentence";
import { IconCheck, IconX } from "./icons";
import { Parts } from "./parts";
import css from "./why.module.css";

export interface WhyLine {
  depth: number;
  joiner: "and" | "or" | null;
  parts: Part[];
  /** The value that was read, in words; a heading has none. */
  read?: string;
  /** Whether it counts for the outcome. */
  favours?: boolean;
  /** It must not hold, which its sentence does not say. */
  turned?: boolean;
  /** Whether it holds, where nobody knows what it counts for. */
  holds?: boolean;
}

/** Why a decision fell as it did: each test, the value read, and whether it held. */
export function Why({ lines }: { lines: WhyLine[] }) {
  const { t } = useTranslation();
  return (
    <div className={css.box}>
      <div className={css.heading}>{t("why.title")}</div>
      <ul>
        {lines.map((line, index) => {
          const isGood = line.favours ?? line.holds;
          const kind = line.favours === undefined ? "test" : "part";
          return (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity
              key={index}
              className={css.line}
              data-favours={isGood}
              style={{ paddingLeft: line.depth * 16 }}
            >
              {isGood === undefined ? null : isGood ? (
                <IconCheck size={15} stroke={2.2} role="img" aria-label={t(`why.${kind}.good`)} />
              ) : (
                <IconX size={15} stroke={2.2} role="img" aria-label={t(`why.${kind}.bad`)} />
              )}
              <span>
                {line.joiner && <span className={css.joiner}>{t(`conditions.${line.joiner}`)} </span>}
                <Parts of={line.parts} />
                {line.read !== undefined && (
                  <span className={css.read}> · {t("why.read", { value: line.read })}</span>
                )}
                {line.turned && (
                  <span className={css.turned}>
                    {" · "}
                    {t(`why.turned.${line.favours ? "good" : "bad"}`)}
                  </span>
                )}
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
