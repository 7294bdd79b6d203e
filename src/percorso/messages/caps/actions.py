"""Taking and giving back places under a workspace's caps: part of the transaction that marks."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from percorso.db import Connection
from percorso.messages.caps import store
from percorso.messages.caps.model import Account, Asking, CapRule, Room, find_room, share_out
from percorso.messages.model import Message
from percorso.workspaces.audit import record_audit


async def set_caps(
    connection: Connection, workspace_id: UUID, rules: Sequence[CapRule], *, caller: str, present: datetime
) -> None:
    """Make these the caps of the workspace; they hold for whatever begins to leave from the commit on."""
    await store.write_cap_rules(connection, workspace_id, rules)
    said = {f"{rule.channel}.{rule.period}": rule.most for rule in rules}
    await record_audit(
        connection,
        workspace_id,
        caller=caller,
        action="caps.changed",
        subject=str(workspace_id),
        detail=said,
        at=present,
    )


async def take_places(connection: Connection, messages: Sequence[Message], *, now: datetime) -> set[UUID]:
    """Count a mark of each marketing message, and return the ids of all that no cap keeps back.

    Whatever is not marked then is given back, in the same transaction. Locks accounts, before any message.
    """
    counted = [message for message in messages if message.message_class == "marketing"]
    allowed = {message.id for message in messages}
    if not counted:
        return allowed
    taken = await store.take_caps(connection, counted, now=now)
    rules = await store.list_cap_rules(connection, (message.workspace_id for message in counted))
    if not rules:
        return allowed
    rivals = await store.count_rivals(connection, counted, now=now)
    asking: defaultdict[Account, list[Message]] = defaultdict(list)
    for message in counted:
        asking[_account(message)].append(message)
    for account, group in asking.items():
        known = rules.get(group[0].workspace_id, store.NO_RULES)
        before = list((Counter(taken[account]) - Counter({now: len(group)})).elements())
        room = find_room(known.of(account[2]), before, now, known.time_zone)
        if room is None:
            continue
        asked = [Asking(message.id, message.priority, rivals[message.id]) for message in group]
        allowed -= {message.id for message in group} - share_out(room.left, asked)
    return allowed


async def give_back(
    connection: Connection, messages: Sequence[Message], *, marked: set[UUID], now: datetime
) -> None:
    """Give back the places of those that were not marked after all."""
    unused = [
        (message, now)
        for message in messages
        if message.message_class == "marketing" and message.id not in marked
    ]
    if unused:
        await store.give_back_caps(connection, unused)


async def read_rooms(
    connection: Connection, messages: Sequence[Message], *, now: datetime
) -> dict[UUID, Room]:
    """Return how much room caps leave each message; those under no cap are left out. Locks nothing."""
    counted = [message for message in messages if message.message_class == "marketing"]
    rules = await store.list_cap_rules(connection, (message.workspace_id for message in counted))
    counted = [
        message for message in counted if rules.get(message.workspace_id, store.NO_RULES).of(message.channel)
    ]
    if not counted:
        return {}
    taken = await store.list_caps(connection, counted)
    rivals = await store.count_rivals(connection, counted, now=now)
    rooms: dict[UUID, Room] = {}
    for message in counted:
        known = rules[message.workspace_id]
        before = taken.get(_account(message), ())
        room = find_room(known.of(message.channel), before, now, known.time_zone)
        if room is not None:
            rooms[message.id] = replace(room, rivals=rivals[message.id])
    return rooms


def _account(message: Message) -> Account:
    return message.bucket, message.contact_id, message.channel
