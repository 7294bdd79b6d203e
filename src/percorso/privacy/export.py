"""All that is held about one contact, as one JSON document (GDPR, articles 15 and 20)."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.contacts.identity.erased import list_absorbed
from percorso.contacts.model import Contact
from percorso.db import Connection, load_queries
from percorso.kit.ids import bucket_of

_queries: Final = load_queries("percorso.privacy")

_PARTS: Final = {
    "facts": "export_facts",
    "changes": "export_changes",
    "statuses": "export_statuses",
    "consents": "export_consents",
    "consent_records": "export_consent_records",
    "suppressions": "export_suppressions",
    "notices": "export_notices",
    "runs": "export_runs",
    "traces": "export_traces",
    "messages": "export_messages",
    "attempts": "export_attempts",
    "webhook_calls": "export_webhook_calls",
    "webhook_tries": "export_webhook_tries",
    "coupons": "export_coupons",
    "groups": "export_groups",
    "segments": "export_segments",
}
"""What a document holds besides the contact itself, in its order, and the query of each."""


class ContactExport(msgspec.Struct, frozen=True, rename="camel"):
    """The document: the contact as folded, then every row that names it, oldest first.

    `rows` maps a part to rows, each an object with the columns as the database knows them.
    """

    contact_id: UUID
    made_at: datetime
    attributes: dict[str, Any]
    identities: dict[str, list[str]]
    rows: dict[str, list[Any]]


async def export_contact(connection: Connection, contact: Contact, *, now: datetime) -> ContactExport:
    """Return all that is held about the contact and those whom it absorbed. Needs a snapshot."""
    absorbed, _ = await list_absorbed(connection, contact.workspace_id, contact.id)
    everyone = [contact.id, *absorbed]
    rows: dict[str, list[Any]] = {}
    for part, query in _PARTS.items():
        found = await _queries.fetch(
            connection,
            query,
            workspace_id=contact.workspace_id,
            buckets=[bucket_of(id) for id in everyone],
            contact_ids=everyone,
        )
        rows[part] = [msgspec.json.decode(row["line"]) for row in found]
    return ContactExport(contact.id, now, contact.attributes, contact.identities, rows)
