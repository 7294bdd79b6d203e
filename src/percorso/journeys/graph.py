"""The graph of a journey's version: starts, removals, goals and steps, as stored in JSON (camelCase).

Values only. `journeys/compile.py` checks a graph and makes it fast; `journeys/engine.py` walks it.
"""

from typing import Any, Literal

import msgspec

from percorso.conditions.model import Condition, Operand, Unit

Outcome = Literal["positive", "negative", "neutral"]
"""How a run ended; every ended run has one."""


class Node(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel", forbid_unknown_fields=True):
    """What all parts of a graph share: camelCase in JSON, unknown fields refused."""


class Duration(Node, frozen=True):
    """An amount of time. Minutes and hours are exact; larger units are of the journey's calendar."""

    amount: int
    unit: Unit


class Capture(Node, frozen=True):
    """Keep a value for later conditions and messages, under `name`. `operand` says where it is read."""

    name: str
    operand: Operand


class Start(Node, frozen=True):
    """An event start: how contacts enter. An empty `contexts` admits every context.

    `condition` is over event and profile together, judged on the entry event. `existing`: of entering or leaving
    a segment, also when the segment was created, edited or disabled, and not the contact changed.
    """

    id: str
    event: str
    contexts: tuple[str, ...] = ()
    condition: Condition | None = None
    captures: tuple[Capture, ...] = ()
    existing: bool = False


class Removal(Node, frozen=True):
    """An event that ends the run at any step; its run ends with `outcome`, reason `removed: <id>`."""

    id: str
    event: str
    name: str = ""
    condition: Condition | None = None
    outcome: Outcome = "neutral"


class Goal(Node, frozen=True):
    """A condition on an event that ends the run with outcome positive, reason `goal: <id>`."""

    id: str
    event: str
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


class Path(Node, frozen=True):
    """One way out of a step. `event` names the event that must have happened; none: profile only.

    `to` is the next step; None ends the run neutral.
    """

    id: str
    name: str
    condition: Condition | None = None
    event: str | None = None
    to: str | None = None


class SendEmail(Node, frozen=True, tag_field="kind", tag="send_email"):
    """Send a template by email; the run goes on when the message has ended (sent, unknown, failed)."""

    template_id: str
    name: str = ""
    next: str | None = None
    when_skipped: Literal["exit", "skip"] = "exit"
    too_late: Duration | None = None


class SendSms(Node, frozen=True, tag_field="kind", tag="send_sms"):
    """Send a template by SMS; otherwise as an email."""

    template_id: str
    name: str = ""
    next: str | None = None
    when_skipped: Literal["exit", "skip"] = "exit"
    too_late: Duration | None = None


class Wait(Node, frozen=True, tag_field="kind", tag="wait"):
    """Hold the run for a time."""

    period: Duration
    name: str = ""
    next: str | None = None


class CheckNow(Node, frozen=True, tag_field="kind", tag="check_now"):
    """Take the first path that holds, else the default. Event values are of the event last met."""

    paths: tuple[Path, ...]
    name: str = ""
    default: str | None = None
    default_name: str = ""


class WaitThenCheck(Node, frozen=True, tag_field="kind", tag="wait_then_check"):
    """Hold for a time, then take the first path that one and the same event since then makes true.

    `captures` read the event of the path taken (nothing where the path has none). Of the events met only
    the properties that the version reads are kept.
    """

    period: Duration
    paths: tuple[Path, ...]
    name: str = ""
    default: str | None = None
    default_name: str = ""
    captures: tuple[Capture, ...] = ()


class React(Node, frozen=True, tag_field="kind", tag="react"):
    """Wait for the next event of this name that meets `condition`, and go on at once.

    Its paths are judged on that event, first match wins; if none matches: `unmatched` says whether to
    keep waiting. A React without paths goes to `next`. After `limit` the default path is taken.
    """

    event: str
    limit: Duration
    paths: tuple[Path, ...] = ()
    name: str = ""
    next: str | None = None
    condition: Condition | None = None
    captures: tuple[Capture, ...] = ()
    unmatched: Literal["keep_waiting", "default"] = "keep_waiting"
    default: str | None = None
    default_name: str = ""


class Change(Node, frozen=True):
    """One change of a contact. set/clear/add/subtract work on an attribute by path; append/remove on a list.

    Tags are the lists `tags.auto` and `tags.manual`.
    """

    action: Literal["set", "clear", "add", "subtract", "append", "remove"]
    path: str
    operand: Operand | None = None


class RecordEvent(Node, frozen=True):
    """An event recorded for the contact, for example `addedReward`."""

    event: str
    properties: dict[str, Operand] = {}


class UpdateContact(Node, frozen=True, tag_field="kind", tag="update_contact"):
    """Change attributes and tags, and record events, in order; then go on at once."""

    changes: tuple[Change, ...] = ()
    events: tuple[RecordEvent, ...] = ()
    name: str = ""
    next: str | None = None


class AssignCoupon(Node, frozen=True, tag_field="kind", tag="assign_coupon"):
    """Take one unused code of a pool for this run and capture it as `capture`."""

    pool_id: str
    capture: str = "coupon"
    name: str = ""
    next: str | None = None
    none_left: str | None = None


class End(Node, frozen=True, tag_field="kind", tag="end"):
    """End the run with an outcome."""

    outcome: Outcome = "neutral"
    name: str = ""


Step = SendEmail | SendSms | Wait | CheckNow | WaitThenCheck | React | UpdateContact | AssignCoupon | End


class Graph(Node, frozen=True):
    """A version of a journey. Steps are keyed by id; `first` is where an entry begins.

    `rounds` is how often a step on a loop may be reached by one run.
    """

    starts: tuple[Start, ...]
    steps: dict[str, Step]
    first: str
    removals: tuple[Removal, ...] = ()
    goals: tuple[Goal, ...] = ()
    removal_has_priority: bool = True
    reentry: Reentry = Reentry()
    rounds: int = 10
    notes: dict[str, Any] = {}
