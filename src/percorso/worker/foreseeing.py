"""When a journey is switched on, changed or switched off in a bucket: at which moments its contacts meet its starts.

Everybody's next moment after the control fact is worked out in the transaction in which it takes effect; from then on
the walk keeps them. What lies before that moment lets nobody in.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from percorso.db import Connection
from percorso.journeys.graph import DateStart, SubscriptionStart
from percorso.journeys.lookout import (
    Lookout,
    StartMoment,
    build_lookout,
    count_from,
    next_date,
    next_turn,
    reach_back,
    zone_of,
)
from percorso.journeys.version import Version
from percorso.worker import moment_store as moments
from percorso.worker.catalog import Catalog
from percorso.worker.interest import JourneyState
from percorso.worker.store import keep_transaction

_PIECE: Final = 2_000

Foreseen = list[tuple[UUID, StartMoment]]
"""Contacts, each with a moment."""


async def foresee(
    connection: Connection, catalog: Catalog, changed: Sequence[tuple[int, JourneyState, datetime]]
) -> None:
    """Write the moments of journeys anew where control facts changed them: (bucket, state, received at) of each."""
    keys = {(journey.journey_id, journey.version) for _, journey, _ in changed}
    versions = await catalog.get_versions(connection, keys)
    for bucket, journey, at in changed:
        await moments.clear_moments(connection, bucket, journey.journey_id)
        version = versions.get((journey.journey_id, journey.version))
        lookout = None if version is None or journey.state != "active" else build_lookout([version])
        if lookout is not None:
            async for found in _foresee(connection, lookout, bucket, journey.workspace_id, at):
                await moments.upsert_moments(connection, found)
                await keep_transaction(connection)


async def _foresee(
    connection: Connection, lookout: Lookout, bucket: int, workspace_id: UUID, at: datetime
) -> AsyncIterator[Foreseen]:
    for version, start in lookout.dates:
        async for found in _foresee_dates(connection, version, start, bucket, workspace_id, at):
            yield found
    for version, start in lookout.fields:
        if start.id in version.field_turns:
            async for found in _foresee_turns(connection, version, start.id, bucket, workspace_id, at):
                yield found
    for version, start in lookout.subscriptions:
        if start.after == "subscribing":
            yield await _count_on(connection, version, start, bucket, workspace_id, at)


async def _foresee_dates(
    connection: Connection,
    version: Version,
    start: DateStart,
    bucket: int,
    workspace_id: UUID,
    at: datetime,
) -> AsyncIterator[Foreseen]:
    after = UUID(int=0)
    while True:
        dated = await moments.list_dated(
            connection, bucket, workspace_id, start.field, after=after, maximum=_PIECE
        )
        found: Foreseen = []
        for contact_id, value, own in dated:
            moment = next_date(version, start, workspace_id, value, zone_of(version, own), after=at)
            if moment is not None:
                found.append((contact_id, moment))
        yield found
        if len(dated) < _PIECE:
            return
        after = dated[-1][0]


async def _foresee_turns(
    connection: Connection, version: Version, start_id: str, bucket: int, workspace_id: UUID, at: datetime
) -> AsyncIterator[Foreseen]:
    after = UUID(int=0)
    while True:
        profiles = await moments.list_profiles(connection, bucket, workspace_id, after=after, maximum=_PIECE)
        found: Foreseen = []
        for contact_id, attributes in profiles:
            moment = next_turn(version, start_id, workspace_id, attributes, at)
            if moment is not None:
                found.append((contact_id, moment))
        yield found
        if len(profiles) < _PIECE:
            return
        after = profiles[-1][0]


async def _count_on(
    connection: Connection,
    version: Version,
    start: SubscriptionStart,
    bucket: int,
    workspace_id: UUID,
    at: datetime,
) -> Foreseen:
    """Return who subscribed before, and whose days are over only now or later."""
    if version.list_id is None:
        return []
    subscribed = await moments.list_subscribed_since(
        connection, bucket, workspace_id, version.list_id, start.channel, since=at - reach_back(start)
    )
    counted = [
        (contact_id, count_from(version, start, workspace_id, since, zone_of(version, own)))
        for contact_id, since, own in subscribed
    ]
    return [(contact_id, moment) for contact_id, moment in counted if moment.due_at > at]
