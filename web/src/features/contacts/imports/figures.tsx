import { useTranslation } from "react-i18next";
import type { ImportCounts } from "@/api/data";
import { useFormat } from "@/lib/format";
import css from "./figures.module.css";

interface FiguresProps {
  counts: ImportCounts;
  /** They would be so: nothing is in yet. */
  would?: boolean;
}

/** Rows by what becomes of them, the largest figure first to the eye. */
export function Figures({ counts, would }: FiguresProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const kinds = [
    ["new", counts.new ?? 0],
    ["updated", counts.updated ?? 0],
    ["rejected", counts.rejected ?? 0],
    ["kept", counts.keptUnsubscribed ?? 0],
  ] as const;
  return (
    <dl className={css.figures}>
      <div>
        <dt>{t("imports.counts.rows")}</dt>
        <dd>{format.number(counts.rows ?? 0)}</dd>
      </div>
      {kinds
        .filter(([kind, value]) => kind !== "kept" || value > 0)
        .map(([kind, value]) => (
          <div key={kind} data-kind={kind} data-none={value === 0 || undefined}>
            <dt>{t(would ? `imports.would.${kind}` : `imports.counts.${kind}`)}</dt>
            <dd>{format.number(value)}</dd>
          </div>
        ))}
    </dl>
  );
}
