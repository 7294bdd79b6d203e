"""What the log tells of the worker's own doing, found again by what caused it. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, cast, get_args
from uuid import UUID

from percorso.consent.gate import GateReason
from percorso.kit.ids import derive_id
from percorso.log.model import Fact
from percorso.segments.model import SEGMENT_FACTS

SKIPPED: Final = "messageSkipped"
EXITED: Final = "journeyExited"
TOLD: Final = frozenset({*SEGMENT_FACTS, SKIPPED, EXITED})
"""The names of the worker's own facts that are read; all others are made anew."""

_REASONS: Final = frozenset(get_args(GateReason))


class Told:
    """One contact's: who entered which segment by what, what the gate refused, which runs ended by merging."""

    def __init__(self, contact_id: UUID, facts: Iterable[Fact], used: set[str]) -> None:
        """Read `facts`, of the contact and of its family; `used` are the message ids of turns that were returned before.

        What the worker makes of a contact after it was merged is appended to the other one.
        """
        self._contact_id = contact_id
        self._used = used
        self._turns: list[Fact] = []
        self._elsewhere: list[Fact] = []
        self._skips: dict[str, Fact] = {}
        self._exits: dict[str, datetime] = {}
        for fact in facts:
            if fact.name in SEGMENT_FACTS:
                if fact.message_id not in used:
                    (self._turns if fact.contact_id == contact_id else self._elsewhere).append(fact)
            elif fact.name == SKIPPED:
                self._skips[fact.message_id] = fact
            elif fact.name == EXITED:
                self._exits[str(fact.properties.get("runId"))] = fact.occurred_at
        # What was made at one moment lies in the log in the order in which it was made.
        self._turns.sort(key=lambda fact: (fact.occurred_at, fact.offset))

    def refusal(self, message_id: UUID, at: datetime) -> GateReason | None:
        """Return why the gate refused the message when it was planned."""
        told = self._skips.get(str(derive_id(SKIPPED, message_id)))
        if told is None or told.occurred_at != at or told.properties.get("reason") not in _REASONS:
            return None
        return cast("GateReason", told.properties["reason"])

    def was_cancelled(self, message_id: UUID, at: datetime) -> bool:
        """Whether the message was cancelled in the very batch in which it was planned.

        A later one is told by a fact of its own, if it came in time.
        """
        told = self._skips.get(str(derive_id(SKIPPED, message_id)))
        return told is not None and told.occurred_at == at and told.properties.get("reason") not in _REASONS

    def ended_at(self, run_id: UUID) -> datetime | None:
        """Return when a run ended, as the log says."""
        return self._exits.get(str(run_id))

    def take_caused(self, fact: Fact) -> list[Fact]:
        """Return the turns that this fact made, in order; each is returned once."""
        caused = [
            turn
            for turn in self._at(fact.received_at)
            if turn.message_id == self._mark(turn, fact.message_id)
        ]
        for turn in caused:
            self._used.add(turn.message_id)
            if turn in self._turns:
                self._turns.remove(turn)
        return caused

    def _at(self, moment: datetime) -> Iterator[Fact]:
        for turn in self._turns:
            if turn.occurred_at > moment:
                break
            if turn.occurred_at == moment:
                yield turn
        for turn in self._elsewhere:
            if turn.occurred_at == moment and turn.message_id not in self._used:
                yield turn

    def peek(self) -> Fact | None:
        """Return the first turn that no fact made so far: time made it, or the segment."""
        return self._turns[0] if self._turns else None

    def take_first(self) -> Fact:
        """Return that turn; it is returned once."""
        return self._turns.pop(0)

    def _mark(self, turn: Fact, cause: str) -> str:
        segment_id = UUID(turn.properties["segmentId"])
        return str(derive_id(turn.name, segment_id, self._contact_id, cause))
