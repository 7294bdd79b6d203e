import { Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Target } from "@/api/data";
import type { Field } from "@/api/people";
import { useFormat } from "@/lib/format";
import { FORMATS, labelOf, TYPES } from "../fields/typing";
import { choiceOf, IDENTITIES, samplesOf, targetOf } from "./draft";
import css from "./imports.module.css";

const NEW = "attribute:";

interface ColumnRowProps {
  header: string;
  place: number;
  rows: string[][];
  target: Target;
  fields: Field[];
  onChange: (target: Target) => void;
}

/** One column: its name, some values, and what it becomes; an attribute without a field says its own path and type. */
export function ColumnRow({ header, place, rows, target, fields, onChange }: ColumnRowProps) {
  const { t } = useTranslation();
  const { locale } = useFormat();
  const language = locale.language as "it" | "en";
  const choice = choiceOf(target);
  const isAttribute = target.kind === "attribute";
  const field = isAttribute ? fields.find((one) => one.path === target.path) : undefined;
  const own = isAttribute && !field;
  const dated = target.type === "date" || target.type === "date-time" ? target.type : null;
  const choose = (value: string | null) => {
    if (value === null) return;
    onChange(
      value === NEW ? { ...targetOf(NEW, target, fields), path: header } : targetOf(value, target, fields),
    );
  };
  return (
    <li className={css.column} data-skip={choice === "skip" || undefined}>
      <div className={css.source}>
        <div className={css.header}>{header || t("imports.nameless", { place: place + 1 })}</div>
        <div className={css.samples}>{samplesOf(rows, place).join(" · ") || t("imports.noValues")}</div>
      </div>
      <div className={css.targets}>
        <Select
          size="xs"
          searchable
          aria-label={t("imports.becomes", { header })}
          value={own ? NEW : choice}
          allowDeselect={false}
          nothingFoundMessage={t("common.nothingFound")}
          data={[
            { group: t("imports.leaveOut"), items: [{ value: "skip", label: t("imports.skip") }] },
            {
              group: t("contact.identities"),
              items: IDENTITIES.map((one) => ({ value: one, label: t(`imports.identities.${one}`) })),
            },
            {
              group: t("frame.fields"),
              items: [
                ...fields.map((one) => ({ value: `attribute:${one.path}`, label: one.labels[language] })),
                { value: NEW, label: t("imports.newAttribute") },
              ],
            },
          ]}
          onChange={choose}
        />
        {own && (
          <TextInput
            size="xs"
            aria-label={t("imports.pathOf", { header })}
            placeholder={labelOf(header)}
            value={target.path ?? ""}
            maxLength={200}
            onChange={(event) => onChange({ ...target, path: event.currentTarget.value })}
          />
        )}
        {own && (
          <Select
            size="xs"
            aria-label={t("imports.typeOf", { header })}
            value={target.type ?? "text"}
            allowDeselect={false}
            data={TYPES.map((type) => ({ value: type, label: t(`types.${type}`) }))}
            onChange={(type) =>
              onChange({ ...target, type: TYPES.find((one) => one === type) ?? "text", format: null })
            }
          />
        )}
        {isAttribute && dated && (
          <Select
            size="xs"
            aria-label={t("imports.formatOf", { header })}
            value={target.format ?? ""}
            allowDeselect={false}
            data={[
              { value: "", label: t("fieldsRoom.iso") },
              ...[...new Set([...(target.format ? [target.format] : []), ...FORMATS[dated]])].map((one) => ({
                value: one,
                label: one,
              })),
            ]}
            onChange={(format) => onChange({ ...target, format: format || null })}
          />
        )}
      </div>
    </li>
  );
}
