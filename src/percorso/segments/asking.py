"""Questions about a definition before it is saved, and about one contact: how many, who for example, and why."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Final, Literal
from uuid import UUID

import msgspec

from percorso.conditions import SqlCondition, compile_explanation, compile_sql, list_needs
from percorso.conditions.evaluate import Explanation
from percorso.conditions.model import Condition, Subject
from percorso.conditions.past import Past
from percorso.conditions.store import find_rare_tests, read_lowering
from percorso.contacts.store import load_contacts
from percorso.db import Connection, Record, load_queries
from percorso.db.refused import is_cut_short
from percorso.kit.ids import bucket_of
from percorso.log import store as log
from percorso.segments import store
from percorso.segments.check import check_faults, list_faults, list_named
from percorso.segments.compile import compile_need
from percorso.segments.errors import TooSlowError, UnknownSegmentError
from percorso.segments.faults import Fault
from percorso.segments.groups.store import load_groups
from percorso.segments.membership_store import load_memberships
from percorso.segments.model import Definition, Membership, Segment
from percorso.segments.standings import CONSENTS, STATUSES, list_standing_needs, read_consents, read_statuses
from percorso.segments.trees import list_standings, to_condition

SAMPLE: Final = 10
"""Contacts shown of those that were counted."""

PATIENCE: Final = 10_000
"""Milliseconds that a preview may take."""

_queries: Final = load_queries("percorso.segments")
_JOINS: Final = "/* joins */"
_CONDITION: Final = "AND true /* condition */"
_NEW: Final = UUID(int=0)


class Preview(msgspec.Struct, frozen=True):
    """How many known contacts meet a definition, some of them, and what is wrong with it; None: it cannot be asked."""

    count: int | None
    contact_ids: tuple[UUID, ...]
    faults: tuple[Fault, ...]


class Reason(msgspec.Struct, frozen=True):
    """How one contact stands with a segment as kept, and every condition as judged at `now`, at the offset named."""

    membership: Membership | None
    explanation: Explanation
    bucket: int
    offset: int
    now: datetime


async def preview(
    connection: Connection,
    workspace_id: UUID,
    definition: Definition,
    *,
    now: datetime,
    segment_id: UUID | None = None,
) -> Preview:
    """Return what a definition would come to; `segment_id` is the segment that it is to be saved under.

    Needs a snapshot. Raises TooSlowError when counting takes longer than PATIENCE.
    """
    known = await store.map_segments(connection, workspace_id)
    there = await store.list_there(connection, workspace_id, *list_named(definition))
    faults = list_faults(known, segment_id or _NEW, definition, there)
    if any(fault.severity == "error" for fault in faults):
        return Preview(None, (), tuple(faults))
    zone = await _queries.fetch_value(connection, "find_zone", workspace_id=workspace_id)
    tree = to_condition(definition)
    try:
        await _queries.fetch_value(connection, "limit_counting", milliseconds=str(PATIENCE))
        rare = await find_rare_tests(connection, workspace_id, tree, now=now, time_zone=zone)
        write = partial(compile_sql, tree, now=now, time_zone=zone, workspace_id=workspace_id, rare=rare)
        (row,) = await _ask(connection, "count_matching", write, workspace_id)
        sample = await _ask(connection, "sample_matching", write, workspace_id, maximum=SAMPLE)
    except Exception as error:
        if is_cut_short(error):
            raise TooSlowError from None
        raise
    return Preview(row[0], tuple(found[0] for found in sample), tuple(faults))


async def _ask(
    connection: Connection,
    query: Literal["count_matching", "sample_matching"],
    write: Callable[..., SqlCondition],
    workspace_id: UUID,
    **more: int,
) -> list[Record]:
    arguments = _queries.arguments(query, {"workspace_id": workspace_id, **more})
    asked = write(first_parameter=len(arguments) + 1)
    text = _queries.sql(query).replace(_JOINS, asked.joins).replace(_CONDITION, f"AND {asked.text}")
    return await connection.fetch(text, *arguments, *asked.parameters)


async def explain_contact(
    connection: Connection,
    workspace_id: UUID,
    segment_id: UUID | None,
    contact_id: UUID,
    *,
    now: datetime,
    definition: Definition | None = None,
) -> Reason:
    """Return why a contact is a member or none, as its bucket stands at its cursor; needs a snapshot.

    `definition` is one not saved yet, perhaps of no segment. Raises UnknownSegmentError where workspace, segment and
    contact do not meet, DefinitionError.
    """
    known = await store.map_segments(connection, workspace_id)
    segment = known.get(segment_id) if segment_id is not None else None
    contact = (await load_contacts(connection, [contact_id])).get(contact_id)
    if (
        contact is None
        or contact.workspace_id != workspace_id
        or (segment_id is not None and segment is None)
    ):
        raise UnknownSegmentError(segment_id or contact_id)
    if definition is not None:
        await _check(connection, workspace_id, known, segment_id, definition)
    elif segment is not None:
        definition = segment.definition
    else:
        raise UnknownSegmentError(contact_id)
    cursor = await log.get_cursor(connection, bucket_of(contact_id))
    zone = await _queries.fetch_value(connection, "find_zone", workspace_id=workspace_id)
    tree = to_condition(definition)
    pasts = await _fold_pasts(connection, tree, zone, contact_id, until=cursor.offset)
    memberships = (await load_memberships(connection, [contact_id])).get(contact_id, {})
    subject = Subject(
        contact.attributes,
        None,
        {},
        now,
        zone,
        pasts=pasts,
        groups=(await load_groups(connection, [contact_id])).get(contact_id, frozenset()),
        segments=frozenset(id for id, kept in memberships.items() if kept.entered_at is not None),
        statuses=read_statuses(pasts.get(STATUSES.key)),
        consents=read_consents(pasts.get(CONSENTS.key)),
        identities=contact.identities,
    )
    explanation = compile_explanation(tree, lower=await read_lowering(connection))(subject)
    kept = memberships.get(segment_id) if segment_id is not None else None
    return Reason(kept, explanation, cursor.bucket, cursor.offset, now)


async def _check(
    connection: Connection,
    workspace_id: UUID,
    known: Mapping[UUID, Segment],
    segment_id: UUID | None,
    definition: Definition,
) -> None:
    there = await store.list_there(connection, workspace_id, *list_named(definition))
    check_faults(list_faults(known, segment_id or _NEW, definition, there))


async def _fold_pasts(
    connection: Connection, tree: Condition, zone: str, contact_id: UUID, *, until: int
) -> Mapping[str, Past]:
    lower = await read_lowering(connection)
    needs = [compile_need(need, lower) for need in list_needs(tree, zone)]
    needs += list_standing_needs(list_standings(tree))
    if not needs:
        return {}
    names = sorted({name for need in needs for name in need.names})
    facts = await log.read_named(connection, [(contact_id, until)], names=names)
    return {need.key: need.read_whole(facts) for need in needs}
