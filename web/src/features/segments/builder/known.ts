import { useQueries, useQuery } from "@tanstack/react-query";
import { createContext, useContext, useMemo } from "react";
import { useTranslation } from "react-i18next";
import {
  knownEventsQuery,
  knownFieldsQuery,
  knownGroupsQuery,
  knownJourneysQuery,
  knownLeavesQuery,
  knownListsQuery,
  knownSeenQuery,
  knownSegmentsQuery,
  knownTemplatesQuery,
  seenEventQuery,
} from "@/api/segments";
import type { NamedKind, Tongue } from "@/graph/conditions";
import { useFormat } from "@/lib/format";
import { eventName, fieldName } from "@/lib/vocabulary";
import type { ValueType } from "./operators";

export interface Choice {
  value: string;
  label: string;
  hint?: string;
}

/** A field or property that can be asked about, with values that were seen in it. */
export interface KnownField extends Choice {
  type: ValueType;
  format?: string | null;
  samples: unknown[];
}

export interface Known {
  fields: KnownField[];
  events: (Choice & { properties: Record<string, string> })[];
  lists: Choice[];
  journeys: Choice[];
  templates: Choice[];
  groups: Choice[];
  segments: Choice[];
  /** The leaves of the consent tree, by the names that the server gives them. */
  leaves: string[];
  /** What messages may be tagged with: the tags of the journeys that send them. */
  messageTags: string[];
}

const NOTHING: Known = {
  fields: [],
  events: [],
  lists: [],
  journeys: [],
  templates: [],
  groups: [],
  segments: [],
  leaves: [],
  messageTags: [],
};

const TYPES: Record<string, ValueType> = {
  text: "text",
  email: "text",
  url: "text",
  phone: "text",
  integer: "number",
  decimal: "number",
  number: "number",
  boolean: "boolean",
  date: "date",
  "date-time": "datetime",
  list: "list",
};

/** The type that a declared or seen type is judged as; `any` for what can only be there or not. */
const judgedAs = (type: string | undefined): ValueType => TYPES[type ?? ""] ?? "any";

const mostSeen = (types: Record<string, number>): string | undefined =>
  Object.entries(types)
    .filter(([type]) => type !== "null")
    .toSorted(([, a], [, b]) => b - a)[0]?.[0];

/** Fields kept from events; the server fills them, nobody declares them. */
const SHOP: [string, ValueType][] = [
  ["shop.orders", "number"],
  ["shop.revenue.total", "number"],
  ["shop.revenue.last12Months", "number"],
  ["shop.revenue.last30Days", "number"],
  ["shop.lastOrder.at", "datetime"],
  ["shop.lastOrder.amount", "number"],
  ["shop.lastOrder.products", "list"],
  ["shop.lastOrder.categories", "list"],
  ["shop.cart.at", "datetime"],
  ["shop.cart.amount", "number"],
  ["shop.preferredStore", "text"],
];

export const KnownContext = createContext<Known>(NOTHING);
export const useKnown = (): Known => useContext(KnownContext);

const capital = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);

/** Everything that a condition can name in this workspace; what may not be read is simply not offered. */
export function useLoadKnown(): Known {
  const { t, i18n } = useTranslation();
  const language = i18n.language === "it" ? "it" : "en";
  const fields = useQuery(knownFieldsQuery).data;
  const seen = useQuery(knownSeenQuery).data;
  const events = useQuery(knownEventsQuery).data;
  const leaves = useQuery(knownLeavesQuery).data;
  const [lists, groups, journeys, segments, templates] = useQueries({
    queries: [knownListsQuery, knownGroupsQuery, knownJourneysQuery, knownSegmentsQuery, knownTemplatesQuery],
  });
  return useMemo(() => {
    const named = (items: { id: string; name: string }[] | undefined): Choice[] =>
      (items ?? []).map((one) => ({ value: one.id, label: one.name }));
    const declared = (fields?.items ?? [])
      .filter((one) => !one.hidden)
      .map((one) => ({
        value: one.path,
        label: capital(one.labels[language] || fieldName(t, one.path)),
        hint: one.path,
        type: judgedAs(one.type),
        format: one.format,
        samples: [],
      }));
    const paths = new Set(declared.map((one) => one.value));
    const found = (seen?.undeclared ?? []).map((one) => ({
      value: one.path,
      label: capital(fieldName(t, one.path)),
      hint: one.path,
      type: judgedAs(mostSeen(one.types)),
      samples: one.samples,
    }));
    const shop = SHOP.map(([path, type]) => ({
      value: path,
      label: capital(fieldName(t, path)),
      hint: path,
      type,
      samples: [],
    }));
    const more = [...found, ...shop].filter((one) => !paths.has(one.value) && paths.add(one.value));
    return {
      fields: [...declared, ...more],
      events: (events?.items ?? []).map((one) => ({
        value: one.name,
        label: one.labels[language] || eventName(t, one.name),
        hint: one.name,
        properties: one.properties,
      })),
      lists: named(lists.data?.items),
      groups: named(groups.data?.items),
      journeys: named(journeys.data?.items),
      templates: named(templates.data?.items),
      segments: named(segments.data?.items),
      leaves: leaves?.items ?? [],
      messageTags: [...new Set(journeys.data?.items.flatMap((one) => one.tags))].toSorted(),
    };
  }, [
    fields,
    seen,
    events,
    leaves,
    lists.data,
    groups.data,
    journeys.data,
    segments.data,
    templates.data,
    t,
    language,
  ]);
}

/** The properties of these events: those known of them, and those seen in the newest with their values. */
export function useProperties(names: string[]): KnownField[] {
  const { t } = useTranslation();
  const { events } = useKnown();
  const seen = useQueries({ queries: names.map(seenEventQuery) });
  const found = new Map<string, KnownField>();
  const add = (path: string, type: string | undefined, samples: unknown[]) => {
    const before = found.get(path);
    if (type === "products" || type === "object") return;
    found.set(path, {
      value: path,
      label: capital(fieldName(t, path)),
      hint: path,
      type: before?.type ?? (path.includes("[]") ? "list" : judgedAs(type)),
      samples: [...(before?.samples ?? []), ...samples],
    });
  };
  for (const event of events.filter((one) => names.includes(one.value))) {
    for (const [path, type] of Object.entries(event.properties)) add(path, type, []);
  }
  for (const { data } of seen) {
    for (const one of data?.properties ?? []) add(one.path, mostSeen(one.types), one.samples);
  }
  return [...found.values()];
}

/** How sentences are said here: with the names of what conditions give the ids of. */
export function useTongue(): Tongue {
  const { t } = useTranslation();
  const format = useFormat();
  const known = useKnown();
  return useMemo(() => {
    const lists: Record<NamedKind, Choice[]> = {
      journey: known.journeys,
      list: known.lists,
      template: known.templates,
      group: known.groups,
      segment: known.segments,
    };
    return { t, format, nameOf: (kind, id) => lists[kind].find((one) => one.value === id)?.label };
  }, [t, format, known]);
}
