"""The log as a stream of families: bucket by bucket, contact by contact, each one's facts in order."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from percorso.backtest import store
from percorso.backtest.model import Epoch, Family
from percorso.backtest.store import Place, Scope
from percorso.contacts.fold import is_carried
from percorso.contacts.shop.model import SHOP_NAMES
from percorso.db import Connection, Database
from percorso.log.model import Fact
from percorso.worker.catalog import Catalog
from percorso.worker.interest import BucketState, apply_control

PIECE: Final = 20_000
"""Facts read in one go: what a backtest keeps in memory, beside the largest contact."""

_FIRST: Final = BucketState()


async def read_epochs(
    connection: Connection, catalog: Catalog, until: datetime, buckets: Iterable[int]
) -> dict[int, list[Epoch]]:
    """Return how each bucket knew its journeys from which offset on; the first epoch knows none."""
    begins = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    epochs: dict[int, list[Epoch]] = {}
    for bucket in buckets:
        state = _FIRST
        nothing = (await catalog.get_interests(connection, {bucket: state}))[bucket]
        epochs[bucket] = [Epoch(0, begins, nothing)]
        for control in await store.read_journey_controls(connection, bucket, until):
            changed = apply_control(state, control)
            if changed is None:
                continue
            state = msgspec.structs.replace(state, journeys={**state.journeys, changed.journey_id: changed})
            interest = (await catalog.get_interests(connection, {bucket: state}))[bucket]
            epochs[bucket].append(Epoch(control.offset, control.received_at, interest, changed))
    return epochs


def list_names(epochs: Mapping[int, Sequence[Epoch]]) -> list[str]:
    """Return the names of events that matter in any of these epochs."""
    shared = {id(epoch.interest): epoch.interest.reads for found in epochs.values() for epoch in found}
    return sorted(SHOP_NAMES.union(*shared.values()))


async def read_families(
    database: Database, bucket: int, offset: int, scope: Scope, *, piece: int = PIECE
) -> AsyncIterator[list[Family]]:
    """Yield the contacts of a bucket with their facts up to the offset, some at a time; who became another comes with that one."""
    place, held = Place(), list[Fact]()
    while True:
        async with database.connection() as connection:
            found = await store.read_contacts_facts(connection, bucket, offset, place, scope, maximum=piece)
            is_last = len(found) < piece
            held += found
            by_contact: dict[UUID, list[Fact]] = {}
            for fact in held:
                assert fact.contact_id is not None, "only contacts' facts were asked for"
                by_contact.setdefault(fact.contact_id, []).append(fact)
            # The last one may go on in the next piece.
            held = [] if is_last else by_contact.pop(held[-1].contact_id or place.contact_id)
            families = await _unite(connection, by_contact, scope)
        yield families
        if is_last:
            return
        assert found[-1].contact_id is not None
        place = Place(found[-1].contact_id, found[-1].offset)


async def _unite(connection: Connection, by_contact: Mapping[UUID, list[Fact]], scope: Scope) -> list[Family]:
    """Return the families of these contacts; whose who became another are left to that one."""
    moved = [id for id, facts in by_contact.items() if any(fact.kind == "moved" for fact in facts)]
    over = await store.list_gone_over(connection, moved) if moved else set[UUID]()
    staying = {id: facts for id, facts in by_contact.items() if id not in over}
    names: dict[UUID, set[UUID]] = {id: list_gone(facts) for id, facts in staying.items()}
    known: dict[UUID, list[Fact]] = {}
    asking = set[UUID]().union(*names.values())
    while asking:
        read = await store.read_facts_of(connection, sorted(asking), scope)
        known |= read
        # Who is gone may have been others before.
        asking = {further for facts in read.values() for further in list_gone(facts)} - known.keys()
    return [Family(id, facts, _gather(names[id], known)) for id, facts in staying.items()]


def list_gone(facts: Sequence[Fact]) -> set[UUID]:
    """Return who became the contact of these facts, as those say that came over."""
    return {
        UUID(fact.context["carried"]["contactId"])
        for fact in facts
        if fact.context is not None and is_carried(fact)
    }


def _gather(gone: set[UUID], known: Mapping[UUID, list[Fact]]) -> dict[UUID, list[Fact]]:
    found: dict[UUID, list[Fact]] = {}
    asking = set(gone)
    while asking:
        here = {id for id in asking if id in known}
        found |= {id: known[id] for id in here}
        asking = set[UUID]().union(*(list_gone(known[id]) for id in here)) - found.keys()
    return found
