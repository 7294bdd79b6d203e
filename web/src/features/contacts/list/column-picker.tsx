import { Button, Checkbox, Popover } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/people";
import { useFormat } from "@/lib/format";
import { fieldName } from "@/lib/vocabulary";
import { IconColumns3 } from "@/ui/icons";
import css from "./column-picker.module.css";
import { isPlain, MOST, orderColumns, PLAIN } from "./columns";

/** What a column of the list of contacts is called. */
export function useColumnName(fields: Field[]): (column: string) => string {
  const { t } = useTranslation();
  const { locale } = useFormat();
  return (column) => {
    if (column === "email" || column === "phone") return t(`identities.${column}`);
    if (isPlain(column)) return t(`contacts.${column}`);
    const labels = fields.find((field) => field.path === column)?.labels as
      | Record<string, string>
      | undefined;
    return labels?.[locale.language] ?? fieldName(t, column);
  };
}

interface ColumnPickerProps {
  fields: Field[];
  columns: string[];
  onChange: (columns: string[]) => void;
}

/** Chooses the columns of the list. */
export function ColumnPicker({ fields, columns, onChange }: ColumnPickerProps) {
  const { t } = useTranslation();
  const name = useColumnName(fields);
  const all = orderColumns([...PLAIN, ...fields.map((field) => field.path)], fields);
  const toggle = (column: string) =>
    onChange(
      orderColumns(
        columns.includes(column) ? columns.filter((one) => one !== column) : [...columns, column],
        fields,
      ),
    );
  return (
    <Popover position="bottom-end" width={280} offset={6} radius="10px" trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          className="brief"
          leftSection={<IconColumns3 size={16} stroke={1.7} aria-hidden />}
        >
          <span>{t("contacts.columns")}</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={css.drop} aria-label={t("contacts.columns")}>
        {all.map((column) => (
          <Checkbox
            key={column}
            size="xs"
            label={name(column)}
            checked={columns.includes(column)}
            disabled={!columns.includes(column) && columns.length >= MOST}
            onChange={() => toggle(column)}
          />
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}
