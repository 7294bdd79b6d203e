"""What a backtest is asked and what it tells: values, written to JSON as they are."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from percorso.journeys.model import Run, TraceEntry
from percorso.log.model import Fact
from percorso.messages.model import NewMessage
from percorso.worker.interest import Interest, JourneyState


class Span(msgspec.Struct, frozen=True):
    """What is looked at: what happened since one moment, and before another."""

    since: datetime
    until: datetime


class Epoch(msgspec.Struct, frozen=True):
    """From this offset on a bucket knows its journeys so; `changed` is the journey that the control fact is about."""

    offset: int
    received_at: datetime
    interest: Interest
    changed: JourneyState | None = None


class Family(msgspec.Struct, frozen=True):
    """A contact's facts in order of the log, and those of everybody who became this contact, by id."""

    contact_id: UUID
    facts: list[Fact]
    gone: Mapping[UUID, list[Fact]] = {}


class Retold(msgspec.Struct):
    """What came of one family: runs by id, their traces in order, the messages that were planned."""

    contact_id: UUID
    runs: dict[UUID, Run] = {}
    traces: dict[UUID, list[TraceEntry]] = {}
    messages: dict[UUID, NewMessage] = {}
    facts: int = 0


class StepFigures(msgspec.Struct, rename="camel"):
    """One step: how many runs reached it, by which paths they left, for which reasons they ended there."""

    entered: int = 0
    left: dict[str, int] = {}
    exited: dict[str, int] = {}


class PersonFigures(msgspec.Struct, frozen=True, rename="camel"):
    """Messages per person who got any: the median, the 99th of a hundred, the most."""

    people: int = 0
    median: float = 0
    p99: float = 0
    maximum: int = 0


class Difference(msgspec.Struct, frozen=True, rename="camel"):
    """A run of which the log, told again, says something else than the tables do: what of it, and both."""

    run_id: UUID
    contact_id: UUID
    what: str
    recorded: Any
    retold: Any


class Report(msgspec.Struct, rename="camel"):
    """The figures of a journey in a span; `differences` are the first few of `differing` runs.

    Days and hours are in the journey's time zone.
    """

    journey_id: UUID
    since: datetime
    until: datetime
    contacts: int = 0
    facts: int = 0
    entries: int = 0
    inside: int = 0
    outcomes: dict[str, int] = {}
    exits: dict[str, int] = {}
    steps: dict[str, StepFigures] = {}
    messages: int = 0
    refused: dict[str, int] = {}
    per_day: dict[str, int] = {}
    per_hour: dict[str, int] = {}
    per_channel: dict[str, int] = {}
    per_person: PersonFigures = PersonFigures()
    compared: int = 0
    differing: int = 0
    differences: list[Difference] = []
