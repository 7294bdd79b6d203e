"""The world around one contact: what happens when, and who answers messages and coupons. Drives either system."""

import heapq
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol


@dataclass(frozen=True)
class Fact:
    """What reaches the contact's log. `about` is the run (by order of entry) and visit that it answers."""

    at: datetime
    name: str
    properties: dict[str, Any]
    occurred_at: datetime
    context: dict[str, Any] | None = None
    about: tuple[int, int] | None = None


@dataclass(frozen=True)
class Asked:
    """A message or coupon that a run asks for: `kind` is email, sms, push or coupon."""

    kind: str
    run: int
    step: str
    visit: int
    at: datetime
    captured: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Way:
    """What became of a run: where it went, where it stands or how it ended."""

    key: str
    entered_at: datetime
    way: tuple[tuple[str, int, str], ...]
    captured: tuple[tuple[str, Any], ...]
    stands_at: tuple[str, int] | None
    due_at: datetime | None
    ended: tuple[datetime, str, str] | None


class System(Protocol):
    """What the world drives: the engine, or the model."""

    def next_due(self) -> datetime | None: ...
    def take_due(self) -> None: ...
    def receive(self, fact: Fact) -> None: ...
    def take_asked(self) -> list[Asked]: ...


@dataclass(frozen=True)
class Script:
    """What happens of itself, and how what is asked for is answered: in turn, by name and after some minutes."""

    facts: tuple[Fact, ...]
    answers: tuple[tuple[str, int], ...]
    codes: int
    until: datetime


def play(script: Script, system: System) -> list[Asked]:
    """Let the script happen to a system, until its end, and return what was asked for, in order.

    A run due at t comes after all that was received before t; at equal times facts come first.
    """
    coming = [(fact.at, number, fact) for number, fact in enumerate(script.facts)]
    heapq.heapify(coming)
    asked: list[Asked] = []
    codes = script.codes
    for _ in range(5_000):
        due = system.next_due()
        at = coming[0][0] if coming else None
        if due is not None and due <= script.until and (at is None or due < at):
            system.take_due()
        elif at is not None and at <= script.until:
            system.receive(heapq.heappop(coming)[2])
        else:
            return asked
        for request in system.take_asked():
            name, minutes = script.answers[len(asked) % len(script.answers)]
            asked.append(request)
            properties: dict[str, Any] = {"reason": "no_address"}
            if request.kind == "coupon":
                name = "couponAssigned" if codes > 0 else "couponPoolEmpty"
                properties = {"code": f"ABC{codes}"}
                codes -= 1
            moment = request.at + timedelta(minutes=minutes)
            about = (request.run, request.visit)
            fact = Fact(moment, name, properties, moment, about=about)
            heapq.heappush(coming, (moment, len(script.facts) + len(asked), fact))
    raise AssertionError("The world does not come to rest.")


def frozen(values: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Return captured values in an order that does not matter."""
    return tuple(sorted((name, repr(value)) for name, value in values.items()))
