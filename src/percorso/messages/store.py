"""Reading messages and their journal: rows become the values of `model`, `hold` and `result`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

import msgspec

from percorso.contacts.fields.model import fill_defaults
from percorso.contacts.fields.store import list_defaults
from percorso.db import Connection, Record, load_queries
from percorso.messages.circumstances import Circumstances
from percorso.messages.hold import Situation
from percorso.messages.model import Message, ShownMessage
from percorso.messages.result import Tries

queries: Final = load_queries("percorso.messages")
_NO_DEFAULTS: Final[dict[str, Any]] = {}


class Placed(Protocol):
    """What has a place in the messages' table."""

    @property
    def bucket(self) -> int:
        """The contact's bucket."""
        ...

    @property
    def id(self) -> UUID:
        """The message's id."""
        ...


def read_object(value: Any) -> dict[str, Any]:
    """Return a JSON object as the connection gave it, decoded or raw."""
    return msgspec.json.decode(value, type=dict[str, Any]) if isinstance(value, msgspec.Raw) else value


def to_message(row: Record) -> Message:
    """Return the message that a claimed or doubtful row holds."""
    return Message(
        bucket=row["bucket"],
        id=row["id"],
        workspace_id=row["workspace_id"],
        contact_id=row["contact_id"],
        list_id=row["list_id"],
        journey_id=row["journey_id"],
        version=row["version"],
        run_id=row["run_id"],
        step=row["step"],
        visit=row["visit"],
        channel=row["channel"],
        template_id=row["template_id"],
        message_class=row["class"],
        values=read_object(row["values"]),
        expires_at=row["expires_at"],
        attempt=row["attempt"],
        priority=row["priority"],
        when_capped=row["when_capped"],
    )


async def read_situations(
    connection: Connection, messages: Sequence[Placed], *, provider: str, now: datetime
) -> dict[UUID, Situation]:
    """Return per message what its journey, its run and its receiving domain, reached through `provider`, say."""
    rows = await queries.fetch(
        connection,
        "list_situations",
        buckets=[message.bucket for message in messages],
        ids=[message.id for message in messages],
        provider=provider,
        now=now,
    )
    return {
        row["id"]: Situation(
            journey_state=row["journey_state"],
            is_awaited=row["is_awaited"],
            waits_until=row["waits_until"],
            reply=row["reply"],
            retried_until=row["retried_until"],
        )
        for row in rows
    }


async def read_tries(connection: Connection, messages: Sequence[Placed]) -> dict[UUID, Tries]:
    """Return per message what the journal says of its tries; none is left out."""
    found = {message.id: Tries() for message in messages}
    rows = await queries.fetch(
        connection,
        "list_tries",
        buckets=[message.bucket for message in messages],
        ids=[message.id for message in messages],
    )
    for row in rows:
        found[row["message_id"]] = Tries(
            temporary=row["temporary"],
            unknown=row["unknown"],
            first_at=row["first_at"],
            until=row["until"],
        )
    return found


async def list_doubts(connection: Connection, *, before: datetime, size: int) -> list[tuple[Message, UUID]]:
    """Return messages marked before `before` (real time) without a result, each with the courier that held it."""
    rows = await queries.fetch(connection, "list_doubts", before=before, size=size)
    return [(to_message(row), row["claimed_by"]) for row in rows]


async def read_circumstances(connection: Connection, messages: Sequence[Message]) -> list[Circumstances]:
    """Return the circumstances of each message, in order; a contact that is gone has no address.

    Where an attribute is empty, its field's default stands in.
    """
    rows = await queries.fetch(
        connection,
        "list_circumstances",
        buckets=[message.bucket for message in messages],
        contact_ids=[message.contact_id for message in messages],
        list_ids=[message.list_id for message in messages],
    )
    defaults = await list_defaults(connection, {message.workspace_id for message in messages})
    return [
        Circumstances(
            attributes=fill_defaults(
                read_object(row["attributes"]), defaults.get(row["workspace_id"], _NO_DEFAULTS)
            )
            if row["is_known"]
            else {},
            email=row["email"],
            phone=row["phone"],
            device=row["device"],
            list_name=row["list_name"],
            sender_name=row["sender_name"],
            sender_address=row["sender_address"],
            reply_to=row["reply_to"],
            sms_sender=row["sms_sender"],
            language=row["language"],
            time_zone=row["time_zone"],
            currency=row["currency"],
            confirms=row["confirms"],
            tracks_opens=row["tracks_opens"],
            tracks_clicks=row["tracks_clicks"],
        )
        for row in rows
    ]


async def find_shown(
    connection: Connection, *, workspace_id: UUID, bucket: int, message_id: UUID
) -> ShownMessage | None:
    """Return a message that may have left, as its public pages need it, or None."""
    row = await queries.fetch_row(
        connection, "find_shown", workspace_id=workspace_id, bucket=bucket, id=message_id
    )
    if row is None:
        return None
    rendered = row["rendered"]
    return ShownMessage(
        message=to_message(row),
        template_version=row["template_version"],
        state=row["state"],
        subject=row["subject"] or "",
        html=read_object(rendered).get("html", "") if rendered is not None else "",
        address=row["address"] or "",
        ended_at=row["ended_at"],
    )
