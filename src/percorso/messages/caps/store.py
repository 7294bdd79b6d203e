"""Reading and writing caps and what was counted: one function per query."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from percorso.db import Connection, load_queries
from percorso.kit.ids import bucket_of
from percorso.messages.caps.model import KEPT, MOST, Account, CapRule, Rules
from percorso.messages.model import Message

_queries: Final = load_queries("percorso.messages.caps")

NO_RULES: Final = Rules("UTC", ())
"""What a workspace allows that has no cap."""


async def list_cap_rules(connection: Connection, workspace_ids: Iterable[UUID]) -> dict[UUID, Rules]:
    """Return what these workspaces allow; those without a cap are left out."""
    found: dict[UUID, Rules] = {}
    rows = await _queries.fetch(connection, "list_cap_rules", workspace_ids=sorted(set(workspace_ids)))
    for row in rows:
        before = found.get(row["workspace_id"], NO_RULES)
        rule = CapRule(row["channel"], row["period"], row["most"])
        found[row["workspace_id"]] = Rules(row["time_zone"], (*before.rules, rule))
    return found


async def write_cap_rules(connection: Connection, workspace_id: UUID, rules: Sequence[CapRule]) -> None:
    """Make these the caps of the workspace."""
    await _queries.execute(connection, "delete_cap_rules", workspace_id=workspace_id)
    await _queries.execute(
        connection,
        "insert_cap_rules",
        workspace_id=workspace_id,
        channels=[rule.channel for rule in rules],
        periods=[rule.period for rule in rules],
        most=[rule.most for rule in rules],
    )


async def take_caps(
    connection: Connection, messages: Sequence[Message], *, now: datetime
) -> dict[Account, list[datetime]]:
    """Count a mark of each message and return what is counted now, these included; locks each account.

    To be called before any message's row is locked.
    """
    rows = await _queries.fetch(
        connection,
        "take_caps",
        **_accounts(messages),
        workspace_ids=[message.workspace_id for message in messages],
        now=now,
        since=now - KEPT,
        # As many again as may be counted here, so that a large cap is exact.
        most=MOST + len(messages),
    )
    return {(row["bucket"], row["contact_id"], row["channel"]): list(row["taken"]) for row in rows}


async def lock_caps(connection: Connection, messages: Sequence[Message]) -> None:
    """Lock the accounts of these messages; to be called before any message's row is locked."""
    await _queries.fetch(connection, "lock_caps", **_accounts(messages))


async def give_back_caps(connection: Connection, given: Sequence[tuple[Message, datetime]]) -> None:
    """Take these marks off the count; accounts with nothing left go."""
    accounts = _accounts([message for message, _ in given])
    moments = [moment for _, moment in given]
    await _queries.execute(connection, "give_back_caps", **accounts, moments=moments)
    await _queries.execute(connection, "delete_empty_caps", **accounts)


async def list_caps(
    connection: Connection, messages: Sequence[Message]
) -> Mapping[Account, Sequence[datetime]]:
    """Return what is counted of the contacts and channels of these messages."""
    rows = await _queries.fetch(connection, "list_caps", **_accounts(messages))
    return {(row["bucket"], row["contact_id"], row["channel"]): list(row["taken"]) for row in rows}


async def count_rivals(
    connection: Connection, messages: Sequence[Message], *, now: datetime
) -> dict[UUID, int]:
    """Return per message how many others to its contact and channel are due now and stand higher."""
    rows = await _queries.fetch(
        connection,
        "count_rivals",
        **_accounts(messages),
        ids=[message.id for message in messages],
        priorities=[message.priority for message in messages],
        now=now,
    )
    return {row["id"]: row["rivals"] for row in rows}


async def unite_caps(connection: Connection, contact_id: UUID, into_contact_id: UUID) -> None:
    """Count for one contact what was counted for another, who it turned out to be; not to be repeated.

    Locks both, before anything else that couriers lock; the other's rows stay until it goes.
    """
    locked = {
        id: await _queries.fetch(connection, "lock_contact_caps", bucket=bucket_of(id), contact_id=id)
        for id in sorted((contact_id, into_contact_id), key=lambda id: (bucket_of(id), id))
    }
    for row in locked[contact_id]:
        await _queries.execute(
            connection,
            "add_caps",
            bucket=bucket_of(into_contact_id),
            contact_id=into_contact_id,
            channel=row["channel"],
            workspace_id=row["workspace_id"],
            taken=list(row["taken"]),
            most=MOST,
        )


async def delete_caps(connection: Connection, contact_id: UUID) -> None:
    """Make what was counted of a contact go."""
    await _queries.execute(connection, "delete_caps", bucket=bucket_of(contact_id), contact_id=contact_id)


def _accounts(messages: Sequence[Message]) -> dict[str, Any]:
    return {
        "buckets": [message.bucket for message in messages],
        "contact_ids": [message.contact_id for message in messages],
        "channels": [message.channel for message in messages],
    }
