"""A backtest, whole: the log read piece by piece, each family told again, the figures added up."""

from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from percorso.backtest import store
from percorso.backtest.compare import compare_family
from percorso.backtest.model import Family, Report, Retold, Span
from percorso.backtest.reading import PIECE, list_names, read_epochs, read_families
from percorso.backtest.replay import retell
from percorso.backtest.store import Scope
from percorso.backtest.summary import Summary
from percorso.db import Connection, Database
from percorso.journeys.errors import UnknownJourneyError
from percorso.worker.catalog import Catalog

SHARES: Final = 1_000
"""A sample is so many of a thousand contacts."""


class Asked(msgspec.Struct, frozen=True):
    """Which journey is told again, of which span, for how many of a thousand contacts."""

    journey_id: UUID
    span: Span
    sample: int = SHARES


async def replay_journey(
    database: Database,
    workspace_id: UUID,
    asked: Asked,
    *,
    told: Callable[[int, int], None] | None = None,
    piece: int = PIECE,
) -> Report:
    """Return what the journey made of the span, told again from the log and held against what production keeps.

    `told` is called with how many buckets are done, and of how many. Reads alone; needs memory for `piece` facts and the largest contact.
    Raises UnknownJourneyError.
    """
    catalog = Catalog()
    async with database.connection() as connection:
        journey = await store.find_journey(connection, workspace_id, asked.journey_id)
        if journey is None:
            raise UnknownJourneyError(asked.journey_id)
        await catalog.refresh(connection)
        offsets = await store.list_told_buckets(connection)
        epochs = await read_epochs(connection, catalog, asked.span.until, offsets)
    scope = Scope(workspace_id, asked.span.until, list_names(epochs))
    summary = Summary(asked.journey_id, asked.span, ZoneInfo(journey.time_zone))
    for number, (bucket, offset) in enumerate(offsets.items(), 1):
        async for families in read_families(database, bucket, offset, scope, piece=piece):
            chosen = [family for family in families if is_sampled(family.contact_id, asked.sample)]
            retold = [retell(family, epochs, catalog, scope.until) for family in chosen]
            for each in retold:
                summary.add(each)
            async with database.connection() as connection:
                await _compare(connection, asked, chosen, retold, summary)
        if told is not None:
            told(number, len(offsets))
    return summary.finish()


def is_sampled(contact_id: UUID, sample: int) -> bool:
    """Whether a contact is one of so many of a thousand: always the same ones."""
    return (contact_id.int >> 64) % SHARES < sample


async def _compare(
    connection: Connection,
    asked: Asked,
    families: Sequence[Family],
    retold: Sequence[Retold],
    summary: Summary,
) -> None:
    people = [id for family in families for id in (family.contact_id, *family.gone)]
    if not people:
        return
    until = asked.span.until
    runs = await store.read_recorded_runs(connection, people, asked.journey_id, until)
    traces = await store.read_recorded_traces(connection, runs)
    messages = await store.read_recorded_messages(connection, people, asked.journey_id)
    by_contact: dict[UUID, list[store.RecordedRun]] = {}
    for run in runs:
        by_contact.setdefault(run.contact_id, []).append(run)
    for family, each in zip(families, retold, strict=True):
        own = [run for id in (family.contact_id, *family.gone) for run in by_contact.get(id, ())]
        summary.compare(compare_family(each, asked.journey_id, own, traces, messages, until), len(own))
