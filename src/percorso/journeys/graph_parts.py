"""What the parts of a journey's graph share: durations, offsets, captures, paths. Values only, as stored in JSON."""

from typing import Literal

import msgspec

from percorso.conditions.model import Condition, Operand, Unit

Outcome = Literal["positive", "negative", "neutral"]
"""How a run ended; every ended run has one."""

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
"""A day of the week, in the journey's zone."""


class Node(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel", forbid_unknown_fields=True):
    """What all parts of a graph share: camelCase in JSON, unknown fields refused."""


class Duration(Node, frozen=True):
    """An amount of time. Minutes and hours are exact; larger units are of the journey's calendar."""

    amount: int
    unit: Unit


class Offset(Node, frozen=True):
    """So much before or after a moment or day."""

    amount: int
    unit: Unit
    direction: Literal["before", "after"] = "before"


class Capture(Node, frozen=True):
    """Keep a value for later conditions and messages, under `name`. `operand` says where it is read."""

    name: str
    operand: Operand


class Path(Node, frozen=True):
    """One way out of a step. `event` names the event that must have happened; none: profile only.

    `to` is the next step; None ends the run neutral. Of a Check now a path may have so many `places`: who comes
    after the last goes to `full`, or by the default path where that is None.
    """

    id: str
    name: str
    condition: Condition | None = None
    event: str | None = None
    to: str | None = None
    places: int | None = None
    full: str | None = None


class RandomPath(Node, frozen=True):
    """One way out of a Split or Experiment, taken by `percent` of the runs; hundredths are the finest."""

    id: str
    percent: float
    name: str = ""
    to: str | None = None


class GroupMove(Node, frozen=True):
    """Join or leave the group; `move` leaves `from_group_id` for it."""

    action: Literal["join", "leave", "move"]
    group_id: str
    from_group_id: str | None = None


class Removal(Node, frozen=True):
    """What ends the run at any step, with `outcome`, reason `removed: <id>`.

    An event, with its own condition; or, without an event, a condition: it ends the run when it holds.
    """

    id: str
    event: str = ""
    name: str = ""
    condition: Condition | None = None
    outcome: Outcome = "neutral"


class Goal(Node, frozen=True):
    """What ends the run with outcome positive, reason `goal: <id>`: an event, or a condition by itself."""

    id: str
    event: str = ""
    name: str = ""
    condition: Condition | None = None


class Reentry(Node, frozen=True):
    """Whether a contact who was here may enter again, and what an entry does while a run is inside.

    `rule` `value_changes` and `inside` `one_per_key` read `key`, a property of the entry event; `after`
    reads `period`, counted from the last entry.
    """

    rule: Literal["every_time", "once_ever", "once_per_year", "after", "value_changes"] = "every_time"
    inside: Literal["ignore", "restart", "one_per_key"] = "ignore"
    key: str | None = None
    period: Duration | None = None
