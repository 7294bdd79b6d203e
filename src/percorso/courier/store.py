"""Reads what messages are filled with."""

from collections.abc import Sequence
from typing import Final

from percorso.courier.circumstances import Circumstances
from percorso.db import Connection, load_queries
from percorso.messages.model import Message
from percorso.messages.store import read_object

_queries: Final = load_queries("percorso.courier")


async def read_circumstances(connection: Connection, messages: Sequence[Message]) -> list[Circumstances]:
    """Return the circumstances of each message, in order; a contact that is gone has no address."""
    rows = await _queries.fetch(
        connection,
        "list_circumstances",
        buckets=[message.bucket for message in messages],
        contact_ids=[message.contact_id for message in messages],
        list_ids=[message.list_id for message in messages],
    )
    return [
        Circumstances(
            attributes=read_object(row["attributes"]) if row["is_known"] else {},
            email=row["email"],
            phone=row["phone"],
            list_name=row["list_name"],
            sender_name=row["sender_name"],
            sender_address=row["sender_address"],
            reply_to=row["reply_to"],
            sms_sender=row["sms_sender"],
            language=row["language"],
            time_zone=row["time_zone"],
            currency=row["currency"],
        )
        for row in rows
    ]
