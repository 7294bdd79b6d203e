import { Checkbox } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/people";
import type { ContactRow } from "@/api/types";
import { attributeText } from "@/graph/conditions";
import { useFormat } from "@/lib/format";
import { useNow } from "@/lib/now";
import { Person } from "@/ui/person";
import { type Column, rowLink, Table } from "@/ui/table";
import { useColumnName } from "./column-picker";
import { isPlain } from "./columns";
import css from "./page.module.css";

interface ContactsTableProps {
  rows: ContactRow[];
  fields: Field[];
  columns: string[];
  chosen: Set<string>;
  /** Null where the role may do nothing with many: then there is nothing to choose. */
  onChoose: ((chosen: Set<string>) => void) | null;
}

/** Contacts in chosen columns; a box before each where there is something to do with several. */
export function ContactsTable({ rows, fields, columns, chosen, onChoose }: ContactsTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const name = useColumnName(fields);
  const titleOf = (row: ContactRow) => row.name || row.email || row.phone || t("common.unnamed");
  const cell = (column: string, row: ContactRow): ReactNode => {
    if (column === "email") return row.email;
    if (column === "phone") return <span className="tabular">{row.phone}</span>;
    if (column === "created") return <span className={css.quiet}>{format.date(row.createdAt)}</span>;
    if (column === "last") {
      return (
        row.lastEventAt && (
          <time dateTime={row.lastEventAt} title={format.dateTime(row.lastEventAt)}>
            {format.relative(row.lastEventAt, now)}
          </time>
        )
      );
    }
    return column in row.values ? attributeText(column, row.values[column], { t, format }) : null;
  };
  const all = rows.length > 0 && rows.every((row) => chosen.has(row.id));
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose?.(next);
  };
  const choosing: Column<ContactRow> = {
    id: "choose",
    width: "44px",
    header: (
      <Checkbox
        size="xs"
        aria-label={t("bulk.chooseAll")}
        checked={all}
        indeterminate={!all && rows.some((row) => chosen.has(row.id))}
        onChange={() => onChoose?.(all ? new Set() : new Set(rows.map((row) => row.id)))}
      />
    ),
    cell: (row) => (
      <div className={css.choose}>
        <Checkbox
          size="xs"
          aria-label={t("bulk.choose", { name: titleOf(row) })}
          checked={chosen.has(row.id)}
          onChange={() => toggle(row.id)}
        />
      </div>
    ),
  };
  const first: Column<ContactRow> = {
    id: "name",
    header: t("contacts.name"),
    cell: (row) => (
      <div className={css.name}>
        <Person name={row.name || row.email || ""} />
        <div className={css.words}>
          <Link to="/contacts/$contactId" params={{ contactId: row.id }} className={`${rowLink} ${css.link}`}>
            {titleOf(row)}
          </Link>
          <div className={css.under}>{row.email ?? row.phone}</div>
          {columns
            .filter((column) => !isPlain(column) && column in row.values)
            .map((column) => (
              <div key={column} className={css.under}>
                {name(column)} {cell(column, row)}
              </div>
            ))}
        </div>
      </div>
    ),
  };
  const others = columns.map((column): Column<ContactRow> => {
    const wide = column !== "last";
    const end = column === "created" || column === "last" || isNumber(column, fields);
    return {
      id: column,
      header: name(column),
      cell: (row) => cell(column, row),
      ...(wide ? { wide } : { width: "150px" }),
      ...(end ? { align: "end" } : {}),
      ...(column === "created" ? { sorted: "descending" } : {}),
    };
  });
  return (
    <div className={css.scroll} data-many={columns.length > 6 || undefined}>
      <Table
        label={t("frame.contacts")}
        columns={onChoose ? [choosing, first, ...others] : [first, ...others]}
        rows={rows}
        keyOf={(row) => row.id}
        isCurrent={(row) => chosen.has(row.id)}
      />
    </div>
  );
}

const isNumber = (path: string, fields: Field[]): boolean =>
  ["integer", "decimal"].includes(fields.find((field) => field.path === path)?.type ?? "");
