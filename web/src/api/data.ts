/** What the rooms of events and files ask the server: event types, imports, and who did what. */
import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "./client";
import { pages } from "./queries";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type EventType = Schemas["EventTypeShape"];
export type SeenEvent = Schemas["SeenEvent"];
export type EventSettings = Schemas["EventSettingsShape"];
export type ImportRow = Schemas["ImportStatus"];
export type ImportPreview = Schemas["ImportPreview"];
export type ImportSettings = Schemas["Settings"];
export type ForeseenRow = Schemas["ForeseenItem"];
export type ImportCounts = Schemas["Counts"];
export type Target = Schemas["Target"];
export type AuditLine = Schemas["AuditLine"];
export type ExportLine = Schemas["ExportLine"];
export type WaitingDomain = Schemas["WaitingDomain"];

export const eventTypesQuery = queryOptions({
  queryKey: ["eventTypes"],
  queryFn: () => dataOf(client.GET("/api/v1/event-types")),
  refetchInterval: 15_000,
});

export const seenEventQuery = (name: string) =>
  queryOptions({
    queryKey: ["eventTypes", "seen", name],
    queryFn: () => dataOf(client.GET("/api/v1/event-types/{name}/seen", { params: { path: { name } } })),
  });

/** What a workspace begins with: it keeps the place of the settings while they are read. */
export const USUAL_EVENT_SETTINGS: EventSettings = { strict: false, cartMinutes: null, sessionMinutes: null };

export const eventSettingsQuery = queryOptions({
  queryKey: ["eventSettings"],
  queryFn: () => dataOf(client.GET("/api/v1/event-settings")),
});

/** States in which the server is at work on a file. */
const AT_WORK: ImportRow["state"][] = ["uploading", "checking", "running", "applying"];

export const importsQuery = pages(["imports"], (cursor) =>
  dataOf(client.GET("/api/v1/imports", { params: { query: { cursor } } })),
);

export const importQuery = (id: string) =>
  queryOptions({
    queryKey: ["import", id],
    queryFn: () => dataOf(client.GET("/api/v1/imports/{id}", { params: { path: { id } } })),
    refetchInterval: (query) => (AT_WORK.includes(query.state.data?.state ?? "done") ? 800 : false),
  });

/** What a dry run says of the first rows; made anew by each dry run. */
export const foreseenQuery = (id: string) =>
  queryOptions({
    queryKey: ["import", id, "foreseen"],
    queryFn: () => dataOf(client.GET("/api/v1/imports/{id}/foreseen", { params: { path: { id } } })),
  });

export const auditQuery = queryOptions({
  queryKey: ["audit"],
  queryFn: () => dataOf(client.GET("/api/v1/audit")),
});

export const exportsQuery = pages(["exports"], (cursor) =>
  dataOf(client.GET("/api/v1/exports", { params: { query: { cursor } } })),
);

export const usersQuery = queryOptions({
  queryKey: ["users"],
  queryFn: () => dataOf(client.GET("/api/v1/users")),
  staleTime: 60_000,
});

export const domainsQuery = queryOptions({
  queryKey: ["domains"],
  queryFn: () => dataOf(client.GET("/api/v1/receiving-domains")),
  refetchInterval: 10_000,
});
