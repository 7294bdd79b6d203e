import { client, dataOf } from "@/api/client";
import type { Contact } from "@/api/types";

/** The identity by which a contact is named to the server, the strongest that it has. */
function identityOf(contact: Contact): Record<string, string> | undefined {
  const keys = { user_id: "userId", external_id: "externalId", email: "email", phone: "phone" } as const;
  for (const [kind, key] of Object.entries(keys)) {
    const found = contact.identities.find((one) => one.kind === kind);
    if (found) return { [key]: found.value };
  }
  return undefined;
}

/** The tags that somebody gave by hand; those that journeys set are not ours to touch. */
function manualTags(attributes: Record<string, unknown>): string[] {
  const { tags } = attributes as { tags?: { manual?: unknown } };
  return Array.isArray(tags?.manual) ? tags.manual.filter((one) => typeof one === "string") : [];
}

/** The contact has these tags besides, and no longer those; a contact without an identity stays as it is. */
export async function tagContact(id: string, add: string[], remove: string[] = []): Promise<void> {
  const contact = await dataOf(client.GET("/api/v1/contacts/{id}", { params: { path: { id } } }));
  const identity = identityOf(contact);
  const before = manualTags(contact.attributes);
  const manual = [...new Set([...before, ...add])].filter((tag) => !remove.includes(tag));
  if (!identity || `${manual}` === `${before}`) return;
  await dataOf(client.POST("/api/v1/contacts", { body: { ...identity, attributes: { tags: { manual } } } }));
}
