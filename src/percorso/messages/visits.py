"""Clicks and opens: recorded with their fact, and with the first-time mark that unique figures come from."""

from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

import msgspec

from percorso.db import Connection
from percorso.kit.ids import Bucket, WorkspaceId
from percorso.log.actions import append_facts
from percorso.log.model import FactDraft
from percorso.messages.machines import Visit, is_machine
from percorso.messages.model import ShownMessage, message_properties
from percorso.messages.store import queries

_QUERIES: dict[str, Literal["record_open", "record_click"]] = {
    "campaignOpened": "record_open",
    "campaignLinkClicked": "record_click",
}
_MAXIMUM_USER_AGENT = 300


async def record_visit(
    connection: Connection,
    shown: ShownMessage,
    visit: Visit,
    *,
    name: Literal["campaignOpened", "campaignLinkClicked"],
    link: dict[str, Any] | None,
    now: datetime,
) -> bool:
    """Record an open or a click and return whether a person made it; `link` is {linkId, url} of a click.

    Every visit is a fact. A machine's says `machine` and counts as historical: it moves no run and counts nowhere. A
    person's says whether it was the `first`, which is marked on the message in the same transaction.
    """
    message = shown.message
    machine = is_machine(visit, accepted_at=shown.ended_at, now=now)
    place = {"bucket": message.bucket, "id": message.id}
    first = False
    if not machine:
        first = await queries.fetch_value(connection, _QUERIES[name], **place, now=now) is not None
    if shown.state == "unknown":
        await queries.execute(connection, "settle_unknown", **place)
    properties = message_properties(message, subject=shown.subject) | (link or {})
    properties |= {"machine": machine, "first": first}
    draft = FactDraft(
        bucket=Bucket(message.bucket),
        workspace_id=WorkspaceId(message.workspace_id),
        contact_id=message.contact_id,
        kind="message",
        name=name,
        message_id=str(uuid4()),
        occurred_at=now,
        properties=msgspec.json.encode(properties),
        context=msgspec.json.encode({"userAgent": visit.user_agent[:_MAXIMUM_USER_AGENT]}),
        historical=machine,
    )
    await append_facts(connection, [draft], received_at=now)
    return not machine
