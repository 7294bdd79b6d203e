import type { Field, SeenField } from "@/api/people";

export type FieldType = Field["type"];

/** Types of fields in the order in which they are offered. */
export const TYPES: FieldType[] = [
  "text",
  "integer",
  "decimal",
  "boolean",
  "date",
  "date-time",
  "email",
  "phone",
  "url",
  "list",
  "object",
];

/** Usual forms of dates that are kept as text. */
export const FORMATS: Record<"date" | "date-time", string[]> = {
  date: ["dd/MM/yyyy", "MM/dd/yyyy", "dd-MM-yyyy", "dd.MM.yyyy", "yyyyMMdd"],
  "date-time": ["dd/MM/yyyy HH:mm", "yyyy-MM-dd HH:mm:ss", "MM/dd/yyyy HH:mm"],
};

const isoDay = /^\d{4}-\d{2}-\d{2}$/;
const isoMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

/** The type that values seen at a path most probably have. */
export function guessType(seen: SeenField | undefined): FieldType {
  const kinds = Object.entries(seen?.types ?? {}).filter(([kind]) => kind !== "null");
  const [kind] = kinds.toSorted(([, a], [, b]) => b - a)[0] ?? ["text"];
  const texts = (seen?.samples ?? []).map(String);
  if (kind === "text") {
    if (texts.length > 0 && texts.every((text) => isoDay.test(text))) return "date";
    if (texts.length > 0 && texts.every((text) => isoMoment.test(text))) return "date-time";
    if (texts.length > 0 && texts.every((text) => /^https?:\/\//.test(text))) return "url";
    return "text";
  }
  return TYPES.find((type) => type === kind) ?? "text";
}

/** A first label for a path: its last part in words. */
export function labelOf(path: string): string {
  const words = (path.split(".").at(-1) ?? "")
    .replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
    .replaceAll(/[_-]+/g, " ")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What stands in for an empty value, as its type has it; null where nothing was written. */
export function defaultOf(text: string, type: FieldType): unknown {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  const number = Number(trimmed.replace(",", "."));
  if ((type === "integer" || type === "decimal") && !Number.isNaN(number)) return number;
  if (type === "boolean" && ["true", "false"].includes(trimmed)) return trimmed === "true";
  return trimmed;
}
