"""What came of a simulation: values, written to JSON as they are."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from percorso.conditions.model import Verdict
from percorso.journeys.graph_parts import Node, Outcome


class Judged(Node, frozen=True):
    """One decision, with its why. `because` names the fact, `time`, or what ended the run; step "" is the entry.

    Without a path the run ended there, and `outcome` is the reason.
    """

    run: int
    at: datetime
    because: str
    step: str
    visit: int
    path: str | None = None
    outcome: str | None = None
    judged: tuple[Verdict, ...] = ()


class Waited(Node, frozen=True):
    """A run held at a step from `since`: to `until` at most (None: by no time), or until one of `awaits` happens."""

    run: int
    step: str
    visit: int
    since: datetime
    until: datetime | None = None
    awaits: tuple[str, ...] = ()


class SimulatedMessage(Node, frozen=True):
    """A message that would be planned, with what was captured, and what came of it (None: nothing yet; or cancelled)."""

    id: UUID
    run: int
    step: str
    visit: int
    channel: Literal["email", "sms", "push"]
    template_id: UUID
    planned_at: datetime
    captured: dict[str, Any] = {}  # noqa: RUF012
    expires_at: datetime | None = None
    came_to: str | None = None
    reason: str = ""


class Done(Node, frozen=True):
    """What else a step did: the kind of effect and what it says, as JSON."""

    run: int
    at: datetime
    step: str
    kind: str
    values: dict[str, Any]


class Missed(Node, frozen=True):
    """A fact that came to nothing, and why: it met a start, or was about a message that was never sent."""

    at: datetime
    fact: str
    reason: str


class SimulatedRun(Node, frozen=True):
    """A run, numbered from 1 in the order of entering. `path` are the steps reached, in order, with repetitions.

    A run that did not end stands at `step`. `error`: what the engine raised, where it did.
    """

    number: int
    key: str
    entered_at: datetime
    path: tuple[str, ...]
    reached_at: tuple[datetime, ...]
    step: str | None = None
    due_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    reason: str | None = None
    captured: dict[str, Any] = {}  # noqa: RUF012
    error: str | None = None


class Simulation(Node, frozen=True):
    """All that came of it, each list in order of time.

    `stopped`: nothing was left to happen; the time was up; there were too many decisions. Then it is the beginning
    of what would come.
    """

    runs: tuple[SimulatedRun, ...]
    judged: tuple[Judged, ...]
    waits: tuple[Waited, ...]
    messages: tuple[SimulatedMessage, ...]
    done: tuple[Done, ...]
    missed: tuple[Missed, ...]
    attributes: dict[str, Any]
    ended_at: datetime
    stopped: Literal["over", "time_up", "too_many"]
