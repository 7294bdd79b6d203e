import type { TFunction } from "i18next";

const UNKNOWN = "\u0000";

/** The text of `key`, or undefined where the language in use has none. */
export function knownText(
  t: TFunction,
  key: string,
  options: Record<string, unknown> = {},
): string | undefined {
  const text = t(key, { ...options, defaultValue: UNKNOWN });
  return text === UNKNOWN ? undefined : text;
}

const keyOf = (path: string): string => path.replaceAll("[]", "").replaceAll(".", "_");

/** The usual word for an event name of the shop vocabulary; the name itself for one of the workspace's own. */
export const eventName = (t: TFunction, name: string): string =>
  t(`eventNames.${keyOf(name)}`, { defaultValue: name });

/** The usual word for a path of the profile or of an event; the path itself where there is none. */
export const fieldName = (t: TFunction, path: string): string =>
  t(`fields.${keyOf(path)}`, { defaultValue: path.replaceAll("_", " ") });

/** What a run remembered under `name`: the usual words, else the name itself, marked as one that somebody gave. */
export function capturedName(t: TFunction, name: string): string {
  const words = name.replaceAll(/([a-z\d])([A-Z])/g, "$1 $2").replaceAll(/[._]+/g, " ");
  return (
    knownText(t, `captured.${keyOf(name)}`) ?? t("operand.captured", { name: words.toLocaleLowerCase() })
  );
}

/** Where a choice was made: the usual words, else as it was given. */
export const sourceName = (t: TFunction, source: unknown): unknown =>
  typeof source === "string"
    ? t(`sources.${keyOf(source).replaceAll(" ", "_")}`, { defaultValue: source })
    : source;

/** The words for a reason that the server gives as a code, with the code where it is not known. */
export function reasonText(t: TFunction, reason: string | null | undefined): string {
  if (!reason) return "";
  const [code = "", detail] = reason.split(/:\s*/, 2);
  return t(`reasons.${keyOf(code)}`, { detail: detail ?? "", defaultValue: reason.replaceAll("_", " ") });
}
