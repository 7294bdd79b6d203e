"""Contacts as the list and the contact's own page show them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from percorso.contacts import store as contacts
from percorso.contacts.attributes import find_value
from percorso.contacts.fields.model import is_empty
from percorso.contacts.model import Contact
from percorso.db import Connection, Record
from percorso.kit.ids import bucket_of
from percorso.reports.cursors import PAGE, read_cursor, write_cursor
from percorso.reports.errors import NotFoundError
from percorso.reports.model import (
    ChannelStatus,
    ContactCount,
    ContactDetail,
    ContactPage,
    ContactSummary,
    Identity,
    RunSummary,
)
from percorso.reports.store import NamedGraph, like_pattern, list_graphs, queries, read_as_of
from percorso.reports.words import contact_name, contact_tags, step_name

_LONGEST_CHAIN = 10
"""Merges that are followed: each makes one contact of two, so a longer chain is no chain of people."""


async def list_contacts(
    connection: Connection,
    workspace_id: UUID,
    *,
    q: str | None = None,
    anonymous: bool = False,
    fields: Sequence[str] = (),
    cursor: str | None = None,
) -> ContactPage:
    """Return a page of contacts, the newest first, with the values of `fields`; anonymous ones only when asked for."""
    before = read_cursor(cursor, tuple[datetime, UUID])
    pattern = like_pattern(q)
    common = {
        "workspace_id": workspace_id,
        "with_anonymous": anonymous,
        "before_at": before[0] if before else None,
        "before_id": before[1] if before else None,
        "size": PAGE + 1,
    }
    if pattern is None:
        rows = await queries.fetch(connection, "list_contacts", **common)
    else:
        rows = await queries.fetch(connection, "search_contacts", pattern=pattern, **common)
    shown = rows[:PAGE]
    last_events = await list_last_events(connection, workspace_id, [row["id"] for row in shown])
    return ContactPage(
        items=[
            ContactSummary(
                id=row["id"],
                name=contact_name(row["attributes"]),
                email=row["email"],
                phone=row["phone"],
                created_at=row["created_at"],
                last_event_at=last_events.get(row["id"]),
                values=_pick(row["attributes"], fields),
            )
            for row in shown
        ],
        next_cursor=write_cursor((shown[-1]["created_at"], shown[-1]["id"])) if len(rows) > PAGE else None,
    )


async def count_contacts(connection: Connection, workspace_id: UUID) -> ContactCount:
    """Return how many contacts the list has, all pages together."""
    rows = await queries.fetch(connection, "count_contacts", workspace_id=workspace_id)
    return ContactCount(contacts=rows[0]["contacts"])


def _pick(attributes: dict[str, Any], paths: Sequence[str]) -> dict[str, Any]:
    found = {path: find_value(attributes, path) for path in paths}
    return {path: value for path, value in found.items() if not is_empty(value)}


async def list_last_events(
    connection: Connection, workspace_id: UUID, contact_ids: list[UUID]
) -> dict[UUID, datetime]:
    """Return when each contact last did something, read from the log: the folded row knows only events that matter."""
    rows = await queries.fetch(
        connection,
        "list_last_events",
        buckets=[bucket_of(id) for id in contact_ids],
        ids=contact_ids,
        workspace_id=workspace_id,
    )
    return {row["id"]: row["occurred_at"] for row in rows}


async def find_contact(connection: Connection, workspace_id: UUID, contact_id: UUID) -> Contact:
    """Return a contact up to the head of the log, following merges; raises NotFoundError.

    Needs a snapshot: what was written a moment ago is read (architecture §3).
    """
    for _ in range(_LONGEST_CHAIN):
        contact = await contacts.get_contact(connection, contact_id)
        if contact is not None and contact.workspace_id == workspace_id:
            return contact
        moved = await queries.fetch_value(
            connection,
            "find_moved",
            bucket=bucket_of(contact_id),
            id=contact_id,
            workspace_id=workspace_id,
        )
        if moved is None:
            break
        contact_id = moved
    raise NotFoundError("contact")


async def get_contact(connection: Connection, workspace_id: UUID, contact_id: UUID) -> ContactDetail:
    """Return one contact with statuses and runs; raises NotFoundError. Needs a snapshot."""
    contact = await find_contact(connection, workspace_id, contact_id)
    where = {"bucket": bucket_of(contact.id), "contact_id": contact.id, "workspace_id": workspace_id}
    statuses = await queries.fetch(connection, "list_statuses", **where)
    runs = await queries.fetch(connection, "list_runs_of_contact", **where)
    last_events = await list_last_events(connection, workspace_id, [contact.id])
    graphs = await list_graphs(
        connection, workspace_id, [(run["journey_id"], run["version"]) for run in runs]
    )
    return ContactDetail(
        id=contact.id,
        name=contact_name(contact.attributes),
        email=contact.email,
        phone=contact.phone,
        anonymous=contact.anonymous,
        identities=_list_identities(contact),
        attributes=contact.attributes,
        tags=contact_tags(contact.attributes),
        statuses=[ChannelStatus(**dict(status)) for status in statuses],
        created_at=contact.created_at,
        last_event_at=last_events.get(contact.id),
        runs=[to_run(run, graphs.get((run["journey_id"], run["version"]))) for run in runs],
        as_of=await read_as_of(connection),
    )


async def get_contact_as_of(
    connection: Connection, workspace_id: UUID, contact_id: UUID, moment: datetime
) -> ContactDetail:
    """Return who a contact was and what was known of it at a moment; raises NotFoundError. Needs a snapshot.

    What it agreed to and what it was inside of stand in the register and the timeline, and are left out.
    """
    now = await find_contact(connection, workspace_id, contact_id)
    contact = await contacts.get_contact_as_of(connection, now.id, moment)
    if contact is None:
        raise NotFoundError("contact")
    return ContactDetail(
        id=contact.id,
        name=contact_name(contact.attributes),
        email=contact.email,
        phone=contact.phone,
        anonymous=contact.anonymous,
        identities=_list_identities(contact),
        attributes=contact.attributes,
        tags=contact_tags(contact.attributes),
        statuses=[],
        created_at=contact.created_at,
        last_event_at=None,
        runs=[],
        as_of=moment,
    )


def _list_identities(contact: Contact) -> list[Identity]:
    return [
        Identity(kind=kind, value=value) for kind, values in contact.identities.items() for value in values
    ]


def to_run(row: Record, graph: NamedGraph | None) -> RunSummary:
    """Return a run of a row, said in the words of its version."""
    return RunSummary(
        id=row["id"],
        journey_id=row["journey_id"],
        journey_name=graph.name if graph else "",
        version=row["version"],
        state=row["state"],
        step=row["step"],
        step_name=step_name(graph.graph if graph else None, row["step"]),
        entered_at=row["entered_at"],
        due_at=row["due_at"],
        ended_at=row["ended_at"],
        outcome=row["outcome"],
        reason=row["reason"],
    )
