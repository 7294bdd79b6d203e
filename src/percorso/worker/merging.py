"""Merging A into K, after intake's `moved` row: A's facts and runs go over, then A's rows go (architecture §9.3).

1. *moved* (intake): under A's head lock a `moved` row is written, which every append checks and follows.
2. *carried*: when A's cursor has passed that offset, under K's cursor lock, A's facts are appended to K as
   carried facts; K gets what it lacks, and every refusal; A's runs and entries become K's.
3. *done*: under A's cursor lock A's rows go. The `moved` row stays.

Each step is one transaction that also moves the state on, so that repeating finds it done.
"""

from typing import Final
from uuid import UUID

from percorso.consent.merging import United, delete_standings, plan_union, unite_standings
from percorso.contacts.model import Contact
from percorso.contacts.moves import PendingMove, claim_move, list_moves, set_move_state
from percorso.contacts.store import delete_contact, load_contacts
from percorso.content.coupons.store import hand_over_codes
from percorso.db import Connection, Database
from percorso.db.clock import read_product_time
from percorso.kit.ids import bucket_of
from percorso.log import store as log
from percorso.log.append_store import list_moved
from percorso.log.model import FactDraft
from percorso.messages.caps.store import delete_caps, unite_caps
from percorso.segments.groups.model import draft_union
from percorso.segments.groups.store import delete_memberships, load_groups
from percorso.segments.membership_store import forget_contact
from percorso.worker import merging_store as store
from percorso.worker import store as rows
from percorso.worker.carrying import (
    carry_facts,
    draft_standings,
    list_coupons,
    unite_profiles,
)
from percorso.worker.catalog import Catalog
from percorso.worker.reading import Slice
from percorso.worker.walk import Walk
from percorso.worker.writing import write_batch

_AT_ONCE: Final = 100


class _GoalChangedError(Exception):
    """The contact that should stay was merged itself meanwhile, or said something: the next look finds it so."""


async def merge_all(database: Database) -> int:
    """Take the next step of every merge that can go on; return how many steps were taken."""
    taken = 0
    catalog = Catalog()
    while True:
        async with database.connection() as connection:
            moves = await list_moves(connection, maximum=_AT_ONCE)
        done = 0
        for move in moves:
            done += await (
                _carry(database, catalog, move) if move.state == "moved" else _finish(database, move)
            )
        if not done:
            return taken
        taken += done


async def _carry(database: Database, catalog: Catalog, move: PendingMove) -> bool:
    """Give A's facts, runs, entries, refusals and attributes to K; False when it must wait."""
    async with database.transaction("worker.merge_carry") as connection:
        into = await _find_goal(connection, move)
        if not await claim_move(connection, move):
            return False
        cursor = await log.wait_for_cursor(connection, bucket_of(into))
        contacts = await load_contacts(connection, [move.contact_id, into])
        keeper = contacts.get(into)
        if keeper is None:
            # Its first fact is not folded yet.
            return False
        facts = await log.read_history(connection, move.bucket, move.contact_id, until=move.offset)
        runs = await store.load_all_runs(connection, move.contact_id)
        now = await read_product_time(connection)
        carried = carry_facts(facts, into, [(id, journey_id) for id, journey_id, _ in runs], now)
        if (gone := contacts.get(move.contact_id)) is not None:
            carried.append(unite_profiles(gone, keeper, now))
        united = await plan_union(connection, move.contact_id, into)
        carried += draft_standings(move.contact_id, united, now)
        # Before the head and before any message: couriers lock accounts first, too.
        await unite_caps(connection, move.contact_id, into)
        groups = await load_groups(connection, [move.contact_id, into])
        lacking = groups.get(move.contact_id, frozenset()) - groups.get(into, frozenset())
        carried += draft_union(move.workspace_id, move.contact_id, into, lacking, now)
        for pool_id, codes in list_coupons(facts).items():
            await hand_over_codes(connection, pool_id, codes, move.contact_id, into_contact_id=into)
        await _take_over(connection, catalog, move, keeper, cursor, carried, united)
        moment = await read_product_time(connection)
        await unite_standings(connection, move.contact_id, into, united, moment=moment)
        await set_move_state(connection, move, "carried")
    return True


async def _find_goal(connection: Connection, move: PendingMove) -> UUID:
    """Return who the contact is now, where its goal was merged itself."""
    into = move.into_contact_id
    while further := (await list_moved(connection, [into])).get(into):
        into = further
    return into


async def _take_over(
    connection: Connection,
    catalog: Catalog,
    move: PendingMove,
    keeper: Contact,
    cursor: log.Cursor,
    carried: list[FactDraft],
    united: United,
) -> None:
    await catalog.refresh(connection)
    states = await catalog.get_states(connection, [cursor])
    interest = (await catalog.get_interests(connection, states))[cursor.bucket]
    inside = await rows.load_runs(connection, [keeper.id, move.contact_id])
    # The last lock of all: what is appended here lies at the offsets that follow this head.
    (head,) = await log.read_heads(connection, [cursor.bucket])
    if await list_moved(connection, [keeper.id]):
        raise _GoalChangedError
    if await plan_union(connection, move.contact_id, keeper.id) != united:
        raise _GoalChangedError
    now = await read_product_time(connection)
    walk = Walk(
        keeper.id,
        keeper,
        inside.get(keeper.id, ()),
        interest,
        node_ids=catalog.node_ids,
        templates=catalog.templates,
        deleted_groups=catalog.deleted_groups,
        rules=catalog.rules,
    )
    result = walk.take_over(inside.get(move.contact_id, ()), now, head.offset + len(carried))
    if bucket_of(move.contact_id) == bucket_of(keeper.id):
        await store.delete_waiting_runs(connection, move.contact_id)
    await store.take_over_rows(connection, move.contact_id, keeper.id)
    result.drafts[:0] = carried
    part = Slice.standing(cursor, states[cursor.bucket], interest)
    await write_batch(connection, catalog, [part], [result], now=now)


async def _finish(database: Database, move: PendingMove) -> bool:
    """Make A's own rows go."""
    async with database.transaction("worker.merge_finish") as connection:
        await log.wait_for_cursor(connection, move.bucket)
        if not await claim_move(connection, move):
            return False
        await store.delete_rows(connection, move.contact_id)
        await delete_standings(connection, move.contact_id)
        await delete_memberships(connection, move.contact_id)
        await delete_caps(connection, move.contact_id)
        await forget_contact(connection, move.contact_id)
        await delete_contact(connection, move.contact_id)
        await set_move_state(connection, move, "done")
    return True
