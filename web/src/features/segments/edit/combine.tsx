import { useTranslation } from "react-i18next";
import type { Link } from "@/api/segments";
import { sentence } from "@/lib/sentence";
import { IconPlus, IconX } from "@/ui/icons";
import { useKnown } from "../builder/known";
import { Pick } from "../builder/pick";
import { Sentence } from "../builder/sentence";
import tree from "../builder/tree.module.css";
import css from "./combine.module.css";

export interface Combined {
  first: string;
  then: Link[];
}

interface CombineProps {
  value: Combined;
  /** The segment being edited, which cannot stand in itself. */
  self: string | undefined;
  onChange: (value: Combined) => void;
}

const OPERATORS = ["and", "or", "except"] as const;

/** Segments taken from left to right: those of one, narrowed, widened or made smaller by others. */
export function Combine({ value, self, onChange }: CombineProps) {
  const { t } = useTranslation();
  const segments = useKnown().segments.filter((one) => one.value !== self);
  const pick = (id: string, onPick: (id: string) => void) => (
    <Pick
      label={t("builder.segment")}
      value={id}
      shown={segments.find((one) => one.value === id)?.label ?? t("builder.aSegment")}
      missing={!segments.some((one) => one.value === id)}
      options={segments}
      onPick={onPick}
    />
  );
  const set = (at: number, link: Link) =>
    onChange({
      ...value,
      // biome-ignore lint/suspicious/noThenProperty: the API names it so
      then: value.then.map((one, index) => (index === at ? link : one)),
    });
  return (
    <ol className={css.lines}>
      <li className={css.line}>
        <Sentence
          parts={sentence(t, "builder.combine.first", { segment: "…" })}
          slots={{ segment: pick(value.first, (first) => onChange({ ...value, first })) }}
        />
      </li>
      {value.then.map((link, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: links have no other identity
        <li key={index} className={css.line}>
          <Sentence
            parts={sentence(t, "builder.combine.then", { operator: "…", segment: "…" })}
            slots={{
              operator: (
                <Pick
                  look="field"
                  label={t("builder.operator")}
                  value={link.operator}
                  shown={t(`builder.combine.${link.operator}`)}
                  options={OPERATORS.map((one) => ({ value: one, label: t(`builder.combine.${one}`) }))}
                  onPick={(operator) => set(index, { ...link, operator: operator as Link["operator"] })}
                />
              ),
              segment: pick(link.segmentId, (segmentId) => set(index, { ...link, segmentId })),
            }}
          />
          <button
            type="button"
            className={css.remove}
            aria-label={t("builder.remove")}
            onClick={() =>
              // biome-ignore lint/suspicious/noThenProperty: the API names it so
              onChange({ ...value, then: value.then.filter((_, at) => at !== index) })
            }
          >
            <IconX size={15} stroke={1.7} aria-hidden />
          </button>
        </li>
      ))}
      <li>
        <button
          type="button"
          className={tree.add}
          data-add
          onClick={() =>
            onChange({
              ...value,
              // biome-ignore lint/suspicious/noThenProperty: the API names it so
              then: [...value.then, { operator: "and", segmentId: "" }],
            })
          }
        >
          <IconPlus size={14} stroke={2} aria-hidden />
          {t("builder.combine.add")}
        </button>
      </li>
    </ol>
  );
}
