import type { Field } from "@/api/people";

/** Columns that are there without being declared, in their order. */
export const PLAIN = ["email", "phone", "created", "last"] as const;
export type PlainColumn = (typeof PLAIN)[number];

const DEFAULT: readonly string[] = PLAIN;
/** More than these no table holds; the server gives as many at once. */
export const MOST = 12;

/** The columns that an address names; those of the first visit where it names none. */
export function readColumns(text: string | undefined): string[] {
  if (text === undefined) return [...DEFAULT];
  return [...new Set(text.split(",").filter(Boolean))].slice(0, MOST);
}

/** What an address says of columns; nothing where they are those of the first visit. */
export const writeColumns = (columns: string[]): string | undefined =>
  `${columns}` === `${DEFAULT}` ? undefined : columns.join(",");

/** Columns in the order in which they are offered, whatever the order of choosing. */
export function orderColumns(columns: string[], fields: Field[]): string[] {
  const order: string[] = [...PLAIN.slice(0, 2), ...fields.map((field) => field.path), ...PLAIN.slice(2)];
  const rank = (column: string) => (order.includes(column) ? order.indexOf(column) : order.length);
  return columns.toSorted((a, b) => rank(a) - rank(b));
}

export const isPlain = (column: string): column is PlainColumn =>
  (PLAIN as readonly string[]).includes(column);
