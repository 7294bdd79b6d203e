import type { ReactNode } from "react";
import css from "./table.module.css";

export interface Column<Row> {
  id: string;
  /** What the column holds, in words; may be for readers of the screen only. */
  header: ReactNode;
  align?: "end";
  /** The rows stand by this column, and which way. */
  sorted?: "ascending" | "descending" | undefined;
  width?: string;
  /** Left out on narrow screens, where the first column tells enough. */
  wide?: boolean;
  cell: (row: Row) => ReactNode;
}

interface TableProps<Row> {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  keyOf: (row: Row) => string;
  isCurrent?: (row: Row) => boolean;
}

/** A table whose whole row opens by the link in its first cell (give that link `rowLink`). */
export function Table<Row>({ label, columns, rows, keyOf, isCurrent }: TableProps<Row>) {
  // The column that takes what the others leave on narrow screens: the first that asks for no width.
  const main = columns.find((column) => !column.width)?.id;
  const last = columns.findLast((column) => !column.wide)?.id;
  return (
    <table className={css.table} aria-label={label}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th
              key={column.id}
              scope="col"
              aria-sort={column.sorted}
              data-align={column.align}
              data-wide={column.wide}
              data-main={column.id === main || undefined}
              data-last={column.id === last || undefined}
              style={{ width: column.width }}
            >
              {column.header}
              {column.sorted && (
                <span className={css.sorted} aria-hidden>
                  {column.sorted === "ascending" ? "↑" : "↓"}
                </span>
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)} data-current={isCurrent?.(row) || undefined}>
            {columns.map((column) => (
              <td
                key={column.id}
                data-align={column.align}
                data-wide={column.wide}
                data-main={column.id === main || undefined}
              >
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The class of the link that opens a row: it covers the whole of it. */
export const rowLink: string = css.rowLink ?? "";
