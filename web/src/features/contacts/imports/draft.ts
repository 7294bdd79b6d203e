import type { ImportPreview, ImportSettings, Target } from "@/api/data";
import type { Field } from "@/api/people";

export const IDENTITIES = ["email", "phone", "external_id", "user_id"] as const;

/** The choice of a column in one word, as a list of choices has it; a path that nobody declared is one of its own. */
export const choiceOf = (target: Target): string =>
  target.kind === "attribute" ? `attribute:${target.path ?? ""}` : (target.kind ?? "skip");

/** What a column is for, from the choice made; the type is the declared field's, else what it was. */
export function targetOf(choice: string, before: Target, fields: Field[]): Target {
  if (!choice.startsWith("attribute:")) {
    return { kind: IDENTITIES.find((one) => one === choice) ?? "skip" };
  }
  const path = choice.slice("attribute:".length);
  const field = fields.find((one) => one.path === path);
  const type = field?.type ?? before.type ?? "text";
  // What the file writes dates like does not change with the field that they go into.
  const format = before.type === type ? (before.format ?? field?.format) : field?.format;
  return { kind: "attribute", path, type, format: format ?? null };
}

/** Settings to begin with: those that were used before, else what the columns are probably for. */
export function draftOf(preview: ImportPreview, timeZone: string): ImportSettings {
  return preview.settings ?? { targets: preview.targets, timeZone, country: "IT" };
}

export type Fault = "noIdentity" | "twice" | "noPath" | "noWording" | "noEvidence";

/** What keeps the settings from being used; the first thing to mend first. */
export function faultsOf(settings: ImportSettings): Fault[] {
  const used = settings.targets.filter((target) => target.kind !== "skip");
  const choices = used.map(choiceOf);
  const evidence = settings.evidence;
  return [
    !used.some((target) => target.kind !== "attribute") && "noIdentity",
    new Set(choices).size < choices.length && "twice",
    used.some((target) => target.kind === "attribute" && !target.path?.trim()) && "noPath",
    (settings.subscribing ?? []).some((one) => one.status !== "unsubscribed") &&
      !settings.wording?.trim() &&
      "noWording",
    evidence && (!evidence.wording.trim() || !evidence.saidAt) && "noEvidence",
  ].filter((one): one is Fault => Boolean(one));
}

/** Up to three different values that stand in a column, for knowing it by. */
export function samplesOf(rows: string[][], column: number): string[] {
  const values = rows.map((row) => row[column]?.trim() ?? "").filter(Boolean);
  return [...new Set(values)].slice(0, 3);
}
