/** What the rooms of the audience ask the server: consents, groups, fields, segments of one contact. */
import { queryOptions } from "@tanstack/react-query";
import { client, dataOf } from "./client";
import { pages } from "./queries";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Consents = Schemas["ContactConsents"];
export type ConsentLeaf = Consents["leaves"][number];
export type Proof = NonNullable<Consents["records"]>[number];
export type NewStatus = Schemas["NewStatus"];
export type Group = Schemas["GroupShape"];
export type Member = Schemas["GroupMember"];
export type Field = Schemas["FieldShape"];
export type NewField = Schemas["NewField"];
export type SeenField = Schemas["SeenField"];

/** How often a list that a job changes is asked for again, in ms. */
const SOON = 1_500;
const byId = (id: string) => ({ params: { path: { id } } });

export const consentsQuery = (id: string) =>
  queryOptions({
    queryKey: ["contact", id, "consents"],
    queryFn: () => dataOf(client.GET("/api/v1/contacts/{id}/consents", byId(id))),
  });

export const pastQuery = (id: string, asOf: string) =>
  queryOptions({
    queryKey: ["contact", id, "asOf", asOf],
    queryFn: () => dataOf(client.GET("/api/v1/contacts/{id}", { params: { path: { id }, query: { asOf } } })),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
  });

export const contactGroupsQuery = (id: string) =>
  queryOptions({
    queryKey: ["contact", id, "groups"],
    queryFn: () => dataOf(client.GET("/api/v1/contacts/{id}/groups", byId(id))),
    refetchInterval: 6_000,
  });

export const contactSegmentsQuery = (id: string) =>
  queryOptions({
    queryKey: ["contact", id, "segments"],
    queryFn: () => dataOf(client.GET("/api/v1/contacts/{id}/segments", byId(id))),
  });

export const segmentWhyQuery = (id: string, contactId: string) =>
  queryOptions({
    queryKey: ["contact", contactId, "segment", id],
    queryFn: () =>
      dataOf(
        client.GET("/api/v1/segments/{id}/contacts/{contact_id}", {
          params: { path: { id, contact_id: contactId } },
        }),
      ),
  });

export const faultsQuery = (id: string) =>
  queryOptions({
    queryKey: ["contact", id, "faults"],
    queryFn: () => dataOf(client.GET("/api/v1/contacts/{id}/field-faults", byId(id))),
  });

export const listsQuery = queryOptions({
  queryKey: ["lists"],
  queryFn: () => dataOf(client.GET("/api/v1/lists")),
  staleTime: 60_000,
});

export const groupsQuery = queryOptions({
  queryKey: ["groups"],
  queryFn: () => dataOf(client.GET("/api/v1/groups")),
  refetchInterval: (query) => (query.state.data?.items.some((one) => one.changing) ? SOON : 10_000),
});

export const groupQuery = (id: string) =>
  queryOptions({
    queryKey: ["group", id],
    queryFn: () => dataOf(client.GET("/api/v1/groups/{id}", byId(id))),
    refetchInterval: (query) => (query.state.data?.changing ? SOON : 10_000),
  });

export const membersQuery = (id: string) =>
  pages(["group", id, "members"], (cursor) =>
    dataOf(client.GET("/api/v1/groups/{id}/members", { params: { path: { id }, query: { cursor } } })),
  );

export const fieldsQuery = queryOptions({
  queryKey: ["fields"],
  queryFn: () => dataOf(client.GET("/api/v1/fields")),
  staleTime: 10_000,
});

export const seenFieldsQuery = queryOptions({
  queryKey: ["fields", "seen"],
  queryFn: () => dataOf(client.GET("/api/v1/seen-fields")),
  staleTime: 10_000,
});
