import type { TFunction } from "i18next";

/** A piece of a sentence: plain words, or a value that stands in it. */
export interface Part {
  text: string;
  slot?: string;
  /** `field`: what is read; `value`: a constant; `bound`: a value known only when it runs. */
  tone?: "field" | "value" | "bound";
}

export type Slot = string | Part | Part[];

const OPEN = "\u2060";
const CLOSE = "\u2061";

/**
 * The sentence `key` of the language in use, cut where its slots stand, so that each may be shown as a part.
 * `options` are i18next's (`count` chooses the plural). A sentence is translated whole, never glued.
 */
export function sentence(
  t: TFunction,
  key: string,
  slots: Record<string, Slot> = {},
  options: Record<string, unknown> = {},
): Part[] {
  const marks = Object.fromEntries(Object.keys(slots).map((name) => [name, OPEN + name + CLOSE]));
  const text = t(key, { ...options, ...marks });
  return text
    .split(OPEN)
    .flatMap((piece, index): Part[] => {
      if (index === 0) return [{ text: piece }];
      const end = piece.indexOf(CLOSE);
      const name = piece.slice(0, end);
      return [...parts(slots[name] ?? "", name), { text: piece.slice(end + 1) }];
    })
    .filter((part) => part.text !== "");
}

function parts(slot: Slot, name: string): Part[] {
  if (typeof slot === "string") return [{ text: slot, slot: name, tone: "value" }];
  return Array.isArray(slot) ? slot : [{ slot: name, ...slot }];
}

/** The sentence as plain text, for labels that are read aloud. */
export const plain = (of: Part[]): string => of.map((part) => part.text).join("");

/** Each part with the marks that follow it, taken from the words after it: no line may begin with a comma or colon. */
export function withMarks(of: Part[]): { part: Part; mark: string }[] {
  const marks = of.map((part, at) =>
    part.slot || !of[at - 1]?.slot ? "" : (/^[,.:;]+/.exec(part.text)?.[0] ?? ""),
  );
  return of.map((part, at) => ({
    part: { ...part, text: part.text.slice(marks[at]?.length) },
    mark: marks[at + 1] ?? "",
  }));
}
