"""What a step sees of a run on its way, and what it answers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from percorso.conditions.model import Subject, Verdict
from percorso.journeys.graph import Outcome
from percorso.journeys.model import ChangeGroups, Effect, EventSeen, FurtherEffect, MessageSeen, Run

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

    def is_as(self, run: Run) -> bool:
        """Whether the run holds just so already."""
        return (self.due_at, self.awaits, self.message_id) == (run.due_at, run.awaits, run.message_id)


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
        "around", "attributes", "captured", "contact_id", "effects", "event", "further", "messages", "now", "run_id",
        "step", "version", "visit", "zone",
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
        self.contact_id = run.contact_id
        self.messages: dict[str, MessageSeen] = run.messages
        self.zone = version.zone_for(attributes)
        self.effects: list[Effect] = []
        self.further: list[FurtherEffect] = []

    def subject(self, event: dict[str, Any] | None) -> Subject:
        """Return what conditions of this step are judged against, with `event` at hand.

        Conditions read local times in the journey's zone, whatever zone its hours follow: what they look back on is
        kept for that one.
        """
        zone = self.version.time_zone
        return stand_in(self.around, self.attributes, event, self.captured, self.now, zone)

    def change_groups(self, joins: tuple[UUID, ...], leaves: tuple[UUID, ...]) -> None:
        """Ask that the contact leave and join these groups; what is judged from here on finds it done."""
        self.further.append(ChangeGroups(joins, leaves, self.step, self.visit))
        if self.around is not None:
            groups = self.around.groups.difference(leaves).union(joins)
            self.around = msgspec.structs.replace(self.around, groups=groups)

    def capture(self, name: str, value: Any) -> None:
        """Keep `value` under `name` from here on."""
        self.captured = {**self.captured, name: value}
