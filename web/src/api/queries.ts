import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "./client";
import type { JourneyState, MailRow, Page } from "./types";

/** How often live figures are asked for again while the page is in view, in ms. */
const LIVE = 4_000;
const LIVE_LIST = 6_000;

/** A list that is read page by page, and asked for again as long as only the first is shown. */
export const pages = <Item>(key: unknown[], load: (cursor: string | undefined) => Promise<Page<Item>>) =>
  infiniteQueryOptions({
    queryKey: key,
    queryFn: ({ pageParam }) => load(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: Page<Item>) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) > 1 ? false : LIVE_LIST),
  });

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: () => dataOf(client.GET("/api/v1/session")),
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});

export const clockQuery = queryOptions({
  queryKey: ["clock"],
  queryFn: async () => ({ ...(await dataOf(client.GET("/api/v1/clock"))), readAt: Date.now() }),
  refetchInterval: 60_000,
});

export interface JourneyFilter {
  q?: string;
  state?: JourneyState;
  tag?: string;
}

export const journeysQuery = (filter: JourneyFilter) =>
  pages(["journeys", filter], (cursor) =>
    dataOf(client.GET("/api/v1/journeys", { params: { query: { ...filter, cursor } } })),
  );

export const journeyQuery = (id: string) =>
  queryOptions({
    queryKey: ["journey", id],
    queryFn: () => dataOf(client.GET("/api/v1/journeys/{id}", { params: { path: { id } } })),
    refetchInterval: LIVE,
  });

export const countsQuery = (id: string) =>
  queryOptions({
    queryKey: ["journey", id, "counts"],
    queryFn: () => dataOf(client.GET("/api/v1/journeys/{id}/counts", { params: { path: { id } } })),
    refetchInterval: LIVE,
  });

export const peopleQuery = (id: string, step: string) =>
  pages(["journey", id, "people", step], (cursor) =>
    dataOf(client.GET("/api/v1/journeys/{id}/people", { params: { path: { id }, query: { step, cursor } } })),
  );

export const contactsQuery = (q: string | undefined, field: string[] = []) =>
  pages(["contacts", q, field], (cursor) =>
    dataOf(client.GET("/api/v1/contacts", { params: { query: { q, field, cursor } } })),
  );

/** How many contacts there are in all; counting reads each of them. */
export const contactCountQuery = queryOptions({
  queryKey: ["contacts", "count"],
  queryFn: () => dataOf(client.GET("/api/v1/contacts/count")),
  staleTime: 60_000,
});

export const contactQuery = (id: string) =>
  queryOptions({
    queryKey: ["contact", id],
    queryFn: () => dataOf(client.GET("/api/v1/contacts/{id}", { params: { path: { id } } })),
    refetchInterval: LIVE_LIST,
  });

/** What happened to a contact, the newest first; up to a moment, where one is given. */
export const timelineQuery = (id: string, asOf?: string) =>
  pages(["contact", id, "timeline", asOf ?? "now"], (cursor) =>
    dataOf(
      client.GET("/api/v1/contacts/{id}/timeline", { params: { path: { id }, query: { asOf, cursor } } }),
    ),
  );

export const traceQuery = (id: string) =>
  queryOptions({
    queryKey: ["run", id, "trace"],
    queryFn: () => dataOf(client.GET("/api/v1/runs/{id}/trace", { params: { path: { id } } })),
  });

export interface MailFilter {
  channel?: MailRow["channel"];
  q?: string;
}

export const mailboxQuery = (filter: MailFilter) =>
  pages(["mailbox", filter], (cursor) =>
    dataOf(client.GET("/api/v1/mailbox", { params: { query: { ...filter, cursor } } })),
  );

export const mailQuery = (id: string) =>
  queryOptions({
    queryKey: ["mail", id],
    queryFn: () => dataOf(client.GET("/api/v1/mailbox/{id}", { params: { path: { id } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** One rejected event, however far back it lies. */
export const rejectedOneQuery = (id: string) =>
  queryOptions({
    queryKey: ["rejected", id],
    queryFn: () => dataOf(client.GET("/api/v1/rejected/{id}", { params: { path: { id } } })),
    retry: false,
  });

export const rejectedQuery = pages(["rejected"], (cursor) =>
  dataOf(client.GET("/api/v1/rejected", { params: { query: { cursor } } })),
);
