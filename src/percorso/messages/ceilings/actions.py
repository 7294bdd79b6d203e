"""Counting marks under the ceilings of journeys: part of the transaction that marks, or that says what came of it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from percorso.db import Connection
from percorso.messages.ceilings import store
from percorso.messages.ceilings.model import Ceiling, count_marks, open_day, share_out
from percorso.messages.model import Message

Held = dict[UUID, tuple[Ceiling, bool]]
"""Ceilings that are locked, by journey, and whether one message was kept back under each."""


async def ask_ceilings(
    connection: Connection, messages: Sequence[Message], *, now: datetime
) -> tuple[set[UUID], Held]:
    """Return the ids of those that their journeys' ceilings let leave, and the ceilings, to be given to `settle_ceilings`."""
    asking: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for message in messages:
        if message.journey_id is not None:
            asking[message.journey_id].append(message.id)
    allowed = {message.id for message in messages}
    held: Held = {}
    for journey_id, (ceiling, today) in (await store.lock_ceilings(connection, asking, now=now)).items():
        opened = open_day(ceiling, today, now)
        passed, exceeded = share_out(opened, asking[journey_id])
        allowed -= set(asking[journey_id]) - passed
        held[journey_id] = opened, exceeded
    return allowed, held


async def settle_ceilings(
    connection: Connection, held: Held, messages: Sequence[Message], *, marked: set[UUID], now: datetime
) -> None:
    """Count those that were marked after all, and note what was about to be too many."""
    if not held:
        return
    counted: defaultdict[UUID, int] = defaultdict(int)
    for message in messages:
        if message.id in marked and message.journey_id is not None:
            counted[message.journey_id] += 1
    await store.count_marks(
        connection,
        [
            count_marks(ceiling, counted[journey_id], exceeded=exceeded, now=now)
            for journey_id, (ceiling, exceeded) in held.items()
        ],
    )


async def list_kept_back(connection: Connection, messages: Sequence[Message]) -> set[UUID]:
    """Return the ids of those whose journey asks before anything more leaves. Locks nothing."""
    journeys = {message.journey_id for message in messages if message.journey_id is not None}
    asking = await store.list_asking(connection, journeys)
    return {message.id for message in messages if message.journey_id in asking}
