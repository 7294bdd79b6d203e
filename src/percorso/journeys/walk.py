"""What a step sees of a run on its way, and what it answers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from percorso.conditions.model import Subject, Verdict
from percorso.journeys.graph import Outcome
from percorso.journeys.model import Effect, EventSeen, Run

if TYPE_CHECKING:
    from percorso.journeys.version import Version


class Go(msgspec.Struct, frozen=True):
    """The step is left by `path`; `to` is the next step, None ends the run neutral."""

    path: str
    to: str | None
    outcome: str | None = None
    judged: tuple[Verdict, ...] = ()


class Hold(msgspec.Struct, frozen=True):
    """The run is held here until `due_at`, or until one of the facts in `awaits` concerns it."""

    due_at: datetime | None = None
    awaits: tuple[str, ...] = ()
    message_id: UUID | None = None


class Finish(msgspec.Struct, frozen=True):
    """The run ends here."""

    outcome: Outcome
    reason: str
    judged: tuple[Verdict, ...] = ()


class Keep(msgspec.Struct, frozen=True):
    """The run goes on holding as before, with one more event seen."""

    event: EventSeen


Move = Go | Hold | Finish | Keep


def stand_in(
    around: Subject | None,
    attributes: dict[str, Any],
    event: dict[str, Any] | None,
    captured: dict[str, Any],
    now: datetime,
    time_zone: str,
) -> Subject:
    """Return the subject of a condition of a journey; `around` tells of the contact's segments, groups and past."""
    if around is None:
        return Subject(attributes, event, captured, now, time_zone)
    return Subject(
        attributes,
        event,
        captured,
        now,
        time_zone,
        around.pasts,
        around.groups,
        around.segments,
        around.statuses,
        around.consents,
        around.identities,
    )


class Walk:
    """A run on its way through one call of the engine: what steps read, and what they leave behind.

    `attributes` is replaced, never changed in place, when a step updates the contact, so that later steps
    read what earlier ones wrote and the caller's profile stays as it was.
    """

    __slots__ = (
        "around", "attributes", "captured", "effects", "event", "now", "run_id", "step", "version", "visit",
    )  # fmt: skip

    def __init__(
        self,
        version: Version,
        run: Run,
        attributes: dict[str, Any],
        now: datetime,
        around: Subject | None = None,
    ) -> None:
        self.version = version
        self.run_id = run.id
        self.step = run.step or ""
        self.visit = run.visit
        self.captured = run.captured
        self.event = run.event
        self.attributes = attributes
        self.now = now
        self.around = around
        self.effects: list[Effect] = []

    def subject(self, event: dict[str, Any] | None) -> Subject:
        """Return what conditions of this step are judged against, with `event` at hand."""
        return stand_in(self.around, self.attributes, event, self.captured, self.now, self.version.time_zone)

    def capture(self, name: str, value: Any) -> None:
        """Keep `value` under `name` from here on."""
        self.captured = {**self.captured, name: value}
