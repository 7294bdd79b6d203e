import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/people";
import type { components } from "@/api/schema";
import { useFormat } from "@/lib/format";
import { Pill } from "@/ui/pill";
import { type Column, rowLink, Table } from "@/ui/table";
import css from "./fields.module.css";

interface FieldsTableProps {
  fields: Field[];
  /** What the newest contacts hold; undefined while it is not known. */
  seen: components["schemas"]["SeenFields"] | undefined;
}

/** Fields with their types, what is asked of them, and how often values do not fit. */
export function FieldsTable({ fields, seen }: FieldsTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const language = format.locale.language as "it" | "en";
  const flags = (field: Field) => (
    <div className={css.flags}>
      {field.required && <Pill>{t("fieldsRoom.required")}</Pill>}
      {field.hidden && <Pill>{t("fieldsRoom.hidden")}</Pill>}
      {field.default !== null && field.default !== undefined && (
        <Pill>{t("fieldsRoom.defaultIs", { value: String(field.default) })}</Pill>
      )}
    </div>
  );
  const faults = (field: Field) => {
    const ill = seen?.illTyped[field.path] ?? 0;
    const missing = seen?.missing[field.path] ?? 0;
    return (
      <>
        {ill > 0 && (
          <div className={css.ill}>{t("fieldsRoom.illTyped", { count: ill, n: format.number(ill) })}</div>
        )}
        {missing > 0 && (
          <div className={css.ill}>
            {t("fieldsRoom.missing", { count: missing, n: format.number(missing) })}
          </div>
        )}
      </>
    );
  };
  const columns: Column<Field>[] = [
    {
      id: "name",
      header: t("fieldsRoom.name"),
      cell: (field) => (
        <>
          <Link
            from="/fields"
            to="."
            replace
            search={(before) => ({ ...before, field: field.path, declare: undefined })}
            className={`${rowLink} ${css.name}`}
          >
            {field.labels[language]}
          </Link>
          <div className={css.path}>{field.path}</div>
          <div className={css.narrow}>
            {flags(field)}
            {faults(field)}
          </div>
        </>
      ),
    },
    {
      id: "type",
      header: t("fieldsRoom.type"),
      width: "200px",
      cell: (field) => (
        <>
          {t(`types.${field.type}`)}
          {field.format && <div className={css.path}>{field.format}</div>}
        </>
      ),
    },
    {
      id: "flags",
      header: t("fieldsRoom.settings"),
      wide: true,
      cell: flags,
    },
    {
      id: "faults",
      header: t("fieldsRoom.faults"),
      align: "end",
      width: "210px",
      wide: true,
      cell: faults,
    },
  ];
  return <Table label={t("frame.fields")} columns={columns} rows={fields} keyOf={(field) => field.path} />;
}
