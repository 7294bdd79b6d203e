"""A compiled version: a graph made fast, immutable, with an index of the event names it is interested in."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from percorso.conditions.model import Condition, Subject, Verdict
from percorso.conditions.needs import Need
from percorso.consent.records import Channel
from percorso.journeys.allowed import Allowed
from percorso.journeys.graph import Capture, Graph, Outcome
from percorso.journeys.model import EventArrived, Run, TimeDue
from percorso.journeys.schedule import find_zone
from percorso.journeys.walk import Move, Walk


class Judge(msgspec.Struct, frozen=True):
    """A condition, its fast form, and the way to say why. Without a condition it always holds."""

    condition: Condition | None
    holds: Callable[[Subject], bool]
    explain: Callable[[Subject], tuple[Verdict, ...]]


class CompiledStart(msgspec.Struct, frozen=True):
    """One way in. An empty `contexts` admits every context; `existing` a segment that was filled; `updates` what tells more of an event."""

    id: str
    event: str
    contexts: frozenset[str]
    judge: Judge
    captures: tuple[Capture, ...]
    existing: bool = False
    updates: bool = True


class CompiledExit(msgspec.Struct, frozen=True):
    """A removal or a goal: an event that ends the run, with the `reason` that will be told."""

    id: str
    event: str
    judge: Judge
    outcome: Outcome
    reason: str


class CompiledOptions(msgspec.Struct, frozen=True):
    """Who may be in the journey and when messages may leave: groups as ids, filters made fast."""

    include: frozenset[UUID] = frozenset()
    exclude: frozenset[UUID] = frozenset()
    filters: tuple[Judge, ...] = ()
    allowed: Allowed = Allowed()
    by_contact: bool = False
    left_channel_skips: bool = False

    @property
    def restricts(self) -> bool:
        """Whether anything is asked of who may be in the journey."""
        return bool(self.include or self.exclude or self.filters)


class StepPlan(Protocol):
    """One step, compiled."""

    def reach(self, walk: Walk) -> Move:
        """Return what happens on arriving: go on, hold, or finish."""
        ...

    def resume(self, walk: Walk, run: Run, input: EventArrived | TimeDue) -> Move | None:
        """Return what the input makes of a run that holds here; None: it does not concern it."""
        ...


class Version(msgspec.Struct, frozen=True):
    """A journey's published form, ready to be walked.

    `starts` and `exits` (removals, then goals) are by event name; `awaits` holds the names that some step
    waits for; `names` is all of these together: a fact of another name changes nothing here. `loops` are
    the steps on a loop. `channels` says for each step the channels used there or further on: who leaves
    `list_id` on one of them leaves the journey. `reads` are the properties of events that any condition,
    capture or change reads; `needs` what any condition looks back on, `standings` whether
    one asks for statuses or consents. `judged_by` are the names of facts that removals and goals without an event look
    back on, None where there are none of these. `watched` are the Send steps whose messages a message wait asks about,
    `winners` the paths that experiments ended with, by step. `field_judges` are the conditions of starts on fields, `field_turns`
    say of those that time changes when they may turn next.
    """

    journey_id: UUID
    number: int
    list_id: UUID | None
    time_zone: str
    zone: ZoneInfo
    graph: Graph
    starts: Mapping[str, tuple[CompiledStart, ...]]
    exits: Mapping[str, tuple[CompiledExit, ...]]
    steps: Mapping[str, StepPlan]
    awaits: frozenset[str]
    names: frozenset[str]
    loops: frozenset[str]
    channels: Mapping[str, frozenset[Channel]]
    reads: frozenset[str]
    needs: tuple[Need, ...] = ()
    standings: frozenset[str] = frozenset()
    options: CompiledOptions = CompiledOptions()
    watched: frozenset[str] = frozenset()
    judged_by: frozenset[str] | None = None
    winners: Mapping[str, str] = MappingProxyType({})
    field_judges: Mapping[str, Judge] = MappingProxyType({})
    field_turns: Mapping[str, Callable[[Subject], datetime | None]] = MappingProxyType({})

    def zone_for(self, attributes: Mapping[str, Any]) -> ZoneInfo:
        """Return the zone that waits and hours of this contact follow: the journey's, or its own where it has one."""
        if self.options.by_contact:
            return find_zone(attributes.get("timeZone")) or self.zone
        return self.zone

    def subject(
        self,
        attributes: dict[str, Any],
        event: dict[str, Any] | None,
        captured: dict[str, Any],
        now: Any,
    ) -> Subject:
        """Return what the version's conditions are judged against."""
        return Subject(attributes, event, captured, now, self.time_zone)
