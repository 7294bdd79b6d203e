/** What the rooms of segments ask the server; the definition itself as src/percorso/segments/model.py has it. */
import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "./client";
import type { Condition } from "./graph";
import { pages } from "./queries";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type SegmentRow = Schemas["SegmentShape"];
export type SegmentMember = Schemas["SegmentMember"];
export type Portrait = Schemas["Portrait"];

export interface Link {
  operator: "and" | "or" | "except";
  segmentId: string;
}

/** Who is in a segment: those who meet a condition, or segments taken from left to right. */
export type Definition =
  | { kind: "filter"; condition: Condition }
  | { kind: "combination"; first: string; then: Link[] };

export interface SegmentFilter {
  q?: string;
  tag?: string;
}

/** How often a segment that is being filled is asked for again, in ms. */
const SOON = 1_500;
const byId = (id: string) => ({ params: { path: { id } } });

export const segmentsQuery = (filter: SegmentFilter) =>
  pages(["segments", filter], (cursor) =>
    dataOf(client.GET("/api/v1/segments", { params: { query: { ...filter, cursor } } })),
  );

export const segmentQuery = (id: string) =>
  queryOptions({
    queryKey: ["segment", id],
    queryFn: () => dataOf(client.GET("/api/v1/segments/{id}", byId(id))),
    refetchInterval: (query) => (query.state.data?.filling ? SOON : 6_000),
  });

export const segmentMembersQuery = (id: string, q: string | undefined) =>
  pages(["segment", id, "members", q], (cursor) =>
    dataOf(client.GET("/api/v1/segments/{id}/members", { params: { path: { id }, query: { q, cursor } } })),
  );

/** A segment as it is saved, or what is being written, perhaps of no segment yet. */
export type Explained =
  | { segmentId: string; written?: undefined }
  | { segmentId: string | undefined; written: Definition };

export const segmentExplainQuery = ({ segmentId, written }: Explained, contactId: string) =>
  queryOptions({
    queryKey: ["segment", segmentId, "explain", contactId, written],
    queryFn: () =>
      written
        ? dataOf(
            client.POST("/api/v1/segments/explain", {
              body: { definition: written as never, segmentId, contactId },
            }),
          )
        : dataOf(
            client.GET("/api/v1/segments/{id}/contacts/{contact_id}", {
              params: { path: { id: segmentId, contact_id: contactId } },
            }),
          ),
  });

interface Compared {
  one: string;
  other: string;
  since: string;
  /** Only what is about this journey. */
  journey: string | undefined;
}

export const compareQuery = (compared: Compared) =>
  queryOptions({
    queryKey: ["segments", "compare", compared],
    queryFn: () => dataOf(client.GET("/api/v1/segments/compare", { params: { query: compared } })),
  });

/** Counting again after each change: what is no longer asked for is cancelled on its way. */
export const previewQuery = (definition: Definition | null, segmentId: string | undefined) =>
  queryOptions({
    queryKey: ["segments", "preview", segmentId, definition],
    queryFn: ({ signal }) =>
      dataOf(
        client.POST("/api/v1/segments/preview", {
          body: { definition: definition as never, segmentId },
          signal,
        }),
      ),
    enabled: definition !== null,
    retry: false,
    gcTime: 60_000,
    staleTime: 20_000,
    placeholderData: (before) => before,
  });

/** What conditions can name, for choosing from: kept for a minute, as they seldom change. */
const kept = { staleTime: 60_000 } as const;
export const knownFieldsQuery = queryOptions({
  ...kept,
  queryKey: ["known", "fields"],
  queryFn: () => dataOf(client.GET("/api/v1/fields")),
});
export const knownSeenQuery = queryOptions({
  ...kept,
  queryKey: ["known", "seen"],
  queryFn: () => dataOf(client.GET("/api/v1/seen-fields")),
});
export const knownEventsQuery = queryOptions({
  ...kept,
  queryKey: ["known", "events"],
  queryFn: () => dataOf(client.GET("/api/v1/event-types")),
});
export const seenEventQuery = (name: string) =>
  queryOptions({
    ...kept,
    queryKey: ["known", "event", name],
    queryFn: () => dataOf(client.GET("/api/v1/event-types/{name}/seen", { params: { path: { name } } })),
    retry: false,
  });
export const knownListsQuery = queryOptions({
  ...kept,
  queryKey: ["known", "lists"],
  queryFn: () => dataOf(client.GET("/api/v1/lists")),
});
export const knownTemplatesQuery = queryOptions({
  ...kept,
  queryKey: ["known", "templates"],
  queryFn: () => dataOf(client.GET("/api/v1/templates")),
});
export const knownGroupsQuery = queryOptions({
  ...kept,
  queryKey: ["known", "groups"],
  queryFn: () => dataOf(client.GET("/api/v1/groups")),
});
export const knownJourneysQuery = queryOptions({
  ...kept,
  queryKey: ["known", "journeys"],
  queryFn: () => dataOf(client.GET("/api/v1/journeys")),
});
export const knownSegmentsQuery = queryOptions({
  staleTime: 5_000,
  queryKey: ["known", "segments"],
  queryFn: () => dataOf(client.GET("/api/v1/segments")),
});
export const knownLeavesQuery = queryOptions({
  ...kept,
  queryKey: ["known", "leaves"],
  queryFn: () => dataOf(client.GET("/api/v1/consent-leaves")),
});
