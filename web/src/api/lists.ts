/** What the room of subscription lists asks the server: their settings, who is on them, their templates. */
import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type SubscriptionList = Schemas["ListShape"];
export type ListFigures = Schemas["ListFigures"];
export type TemplateLine = Schemas["TemplateLine"];

/** Kept apart from the lists: settings are there at once, counting everybody may take a moment. */
export const listFiguresQuery = queryOptions({
  queryKey: ["lists", "figures"],
  queryFn: () => dataOf(client.GET("/api/v1/list-figures")),
  refetchInterval: 30_000,
});

export const listTemplatesQuery = (id: string) =>
  queryOptions({
    queryKey: ["lists", id, "templates"],
    queryFn: () => dataOf(client.GET("/api/v1/templates", { params: { query: { list_id: id } } })),
  });
