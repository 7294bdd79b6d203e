/** What the addresses of the rooms keep besides their paths. */

/** A word of the address; nothing where it is empty or no text. */
export const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
/** One of these words; nothing where the address says another. */
export const oneOf = <Word extends string>(value: unknown, words: readonly Word[]): Word | undefined =>
  words.find((word) => word === value);

export interface CompareSearch {
  one?: string;
  other?: string;
  days?: "7" | "30" | "90" | "365";
  journey?: string;
}

export interface JourneysSearch {
  q?: string;
  state?: "active" | "paused" | "draft" | "archived";
  tag?: string;
}

export interface JourneySearch {
  step?: string;
  view?: "people";
}

export interface ContactsSearch {
  q?: string;
  columns?: string;
  /** Someone was just erased: the list says so. */
  erased?: true;
}

export interface ContactSearch {
  view?: "profile" | "journeys";
  run?: string;
  panel?: "consents";
  segment?: string;
  asOf?: string;
}

export interface FieldsSearch {
  view?: "declared" | "standard" | "seen";
  field?: string;
  declare?: string;
}

export interface EventsSearch {
  view?: "received" | "all" | "declared";
  q?: string;
  event?: string;
  declare?: string;
}

export interface ListsSearch {
  list?: string;
  make?: true;
}

export interface MailboxSearch {
  q?: string;
  channel?: "email" | "sms" | "push";
  message?: string;
  view?: "text" | "headers" | "raw";
}

type Given = Record<string, unknown>;

export const readEvents = (search: Given): EventsSearch => ({
  view: oneOf(search.view, ["received", "all", "declared"] as const),
  q: text(search.q),
  event: text(search.event),
  declare: typeof search.declare === "string" ? search.declare : undefined,
});

export const readLists = (search: Given): ListsSearch => ({
  list: text(search.list),
  make: search.make === true || undefined,
});

export const readMailbox = (search: Given): MailboxSearch => ({
  q: text(search.q),
  channel: oneOf(search.channel, ["email", "sms", "push"] as const),
  message: text(search.message),
  view: oneOf(search.view, ["text", "headers", "raw"] as const),
});
