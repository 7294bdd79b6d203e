import { useTranslation } from "react-i18next";
import type { Part } from "@/lib/sentence";
import { IconCheck, IconX } from "./icons";
import { Parts } from "./parts";
import css from "./why.module.css";

export interface WhyLine {
  parts: Part[];
  /** The value that was read, in words. */
  read: string;
  verdict: boolean;
}

/** Why a decision fell as it did: each test, the value read, and whether it held. */
export function Why({ lines }: { lines: WhyLine[] }) {
  const { t } = useTranslation();
  return (
    <div className={css.box}>
      <div className={css.heading}>{t("why.title")}</div>
      <ul>
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity
          <li key={index} className={css.line} data-verdict={line.verdict}>
            {line.verdict ? (
              <IconCheck size={15} stroke={2.2} role="img" aria-label={t("why.holds")} />
            ) : (
              <IconX size={15} stroke={2.2} role="img" aria-label={t("why.fails")} />
            )}
            <span>
              <Parts of={line.parts} />
              <span className={css.read}> · {t("why.read", { value: line.read })}</span>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
