"""What is folded from the log for some contacts alone: pasts of which nothing is kept, or not enough."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from percorso.conditions.past import Past
from percorso.db import Connection
from percorso.log import store as log
from percorso.log.model import Fact
from percorso.segments.membership import CompiledNeed
from percorso.worker.interest import Interest
from percorso.worker.model import NOWHERE, Stands
from percorso.worker.reading import Slice


class Asked(msgspec.Struct, frozen=True):
    """A contact whose facts are to be folded for these needs, as applied up to the offset.

    `since`: those received before matter to none of them.
    """

    contact_id: UUID
    until: int
    needs: Sequence[CompiledNeed]
    since: datetime | None = None


async def look_back(
    connection: Connection, walking: Sequence[tuple[UUID, Slice]], stands: Mapping[UUID, Stands]
) -> dict[UUID, Stands]:
    """Return how these contacts stand, with what the journeys of their buckets look back on: read from the log."""
    asking = [
        Asked(contact_id, part.cursor.offset, [need for lookback in found for need in lookback.needs])
        for contact_id, part in walking
        if (found := part.interest.lookbacks.values())
    ]
    return {
        id: msgspec.structs.replace(stands.get(id, NOWHERE), lookback=pasts)
        for id, pasts in (await fold_pasts(connection, asking, is_whole=True)).items()
    }


def ask_whole(contact_id: UUID, until: int, interest: Interest, wanted: Mapping[str, datetime]) -> Asked:
    """Return the question for all facts that these needs want from their moments on, by key."""
    # Equal needs of different workspaces are one.
    known_needs = {key: need for watch in interest.watches.values() for key, need in watch.needs.items()}
    needs = [known_needs[key] for key in wanted]
    moments = [need.since(wanted[need.key]) for need in needs]
    known = [moment for moment in moments if moment is not None]
    return Asked(contact_id, until, needs, min(known) if len(known) == len(moments) else None)


async def fold_pasts(
    connection: Connection, asked: Sequence[Asked], *, is_whole: bool = False
) -> dict[UUID, dict[str, Past]]:
    """Return what these needs keep of the contacts' facts, or all of it (`is_whole`); unnamed: nothing matched."""
    asking = [one for one in asked if one.needs]
    if not asking:
        return {}
    moments = [one.since for one in asking]
    known = [moment for moment in moments if moment is not None]
    facts = await log.read_named(
        connection,
        [(one.contact_id, one.until) for one in asking],
        names=sorted({name for one in asking for need in one.needs for name in need.names}),
        since=min(known) if len(known) == len(moments) else None,
    )
    by_contact: dict[UUID, list[Fact]] = {}
    for fact in facts:
        assert fact.contact_id is not None, "asked for facts of contacts"
        by_contact.setdefault(fact.contact_id, []).append(fact)
    pasts: dict[UUID, dict[str, Past]] = {}
    for one in asking:
        for need in one.needs:
            found = [fact for fact in by_contact.get(one.contact_id, ()) if need.matches(fact)]
            if found:
                kept = pasts.setdefault(one.contact_id, {})
                kept[need.key] = need.read_whole(found) if is_whole else _fold(need, found)
    return pasts


def _fold(need: CompiledNeed, facts: Sequence[Fact]) -> Past:
    past = Past()
    for fact in facts:
        past = need.fold(past, fact)
    return past
