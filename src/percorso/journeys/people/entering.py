"""Handing contacts in: the API, a plan or a user lets them into a journey with values of their own (spec 3.3).

Each becomes `startMet` with its source, in the contact's order of things; the journey's condition, re-entry rule and options
decide as for everybody else.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.conditions.codec import measure_depth
from percorso.db import Connection
from percorso.db.clock import read_product_time
from percorso.journeys import store
from percorso.journeys.actions import get_journey
from percorso.journeys.compile_starts import RESERVED, START_MET, admits, say_pushed
from percorso.journeys.control import is_announcing
from percorso.journeys.definition import convert_graph, may_be
from percorso.journeys.errors import NotHandedInError, StillAnnouncedError, ValuesError, WrongStateError
from percorso.journeys.graph import PushSource
from percorso.journeys.upgrade import upgrade_graph
from percorso.kit.ids import WorkspaceId, bucket_of, derive_id
from percorso.kit.storable import holds_nul
from percorso.log.actions import append_facts
from percorso.log.model import FactDraft
from percorso.log.store import has_message

AT_ONCE: Final = 1_000
"""Contacts handed in together: the heads of their buckets are locked for as long as it takes."""

LARGEST: Final = 32_768
"""Bytes of JSON in the values of one contact, as of an event's properties (spec 6.2)."""

_DEEPEST: Final = 20


class HandedIn(msgspec.Struct, frozen=True):
    """A contact, and the values that come with it: what the start's captures read, as an event's properties.

    `place` tells it from all others of the request, from 0.
    """

    place: int
    contact_id: UUID
    values: dict[str, Any] = {}


async def hand_in(
    connection: Connection,
    workspace_id: UUID,
    journey_id: UUID,
    people: Sequence[HandedIn],
    *,
    source: PushSource,
    cause: UUID,
) -> None:
    """Append that these contacts are handed in; call it last in a transaction, it locks the heads of their buckets.

    `cause` tells this request from all others. The caller has looked whether the workspace has them. Raises
    UnknownJourneyError, WrongStateError where the journey is not active, StillAnnouncedError, NotHandedInError, ValuesError.
    """
    journey = await get_journey(connection, workspace_id, journey_id)
    if not may_be("entered", journey.state) or journey.version is None:
        raise WrongStateError("entered", journey.state)
    if await is_announcing(connection, journey_id):
        # A bucket that has not heard of the start would let the contact pass by.
        raise StillAnnouncedError
    graph = await store.find_graph(connection, workspace_id, journey_id, journey.version)
    if not admits(convert_graph(upgrade_graph(graph)), source):
        raise NotHandedInError(source)
    now = await read_product_time(connection)
    drafts = _draft(workspace_id, journey_id, people, source, cause, now)
    # All of a request are appended together: where one stands, its answer was lost.
    if drafts and not await _stands(connection, drafts[0]):
        await append_facts(connection, drafts, received_at=now)


def _draft(
    workspace_id: UUID,
    journey_id: UUID,
    people: Sequence[HandedIn],
    source: PushSource,
    cause: UUID,
    now: datetime,
) -> list[FactDraft]:
    return [
        FactDraft(
            bucket=bucket_of(one.contact_id),
            workspace_id=WorkspaceId(workspace_id),
            contact_id=one.contact_id,
            kind="run",
            name=START_MET,
            message_id=str(derive_id("handed in", cause, one.place)),
            occurred_at=now,
            properties=_encode(one, journey_id, source),
        )
        for one in people
    ]


async def _stands(connection: Connection, draft: FactDraft) -> bool:
    assert draft.contact_id is not None
    return await has_message(connection, draft.bucket, draft.contact_id, draft.message_id)


def _encode(one: HandedIn, journey_id: UUID, source: PushSource) -> bytes:
    if RESERVED & one.values.keys():
        raise ValuesError(one.place, "one has a name under which Percorso itself speaks")
    if measure_depth(one.values) > _DEEPEST:
        raise ValuesError(one.place, "they are nested too deeply")
    raw = msgspec.json.encode(say_pushed(one.values, journey_id, source))
    if len(raw) > LARGEST:
        raise ValuesError(one.place, "they are too large")
    if holds_nul(raw):
        raise ValuesError(one.place, "a text holds a character that cannot be stored")
    return raw
