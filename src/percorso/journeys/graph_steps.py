"""Every kind of step of a journey (spec 3.5). Values only, as stored in JSON; each has a page in docs/reference/steps."""

from typing import Literal

from percorso.conditions.model import Condition, Operand
from percorso.consent.records import Channel
from percorso.journeys.graph_parts import (
    Capture,
    Duration,
    GroupMove,
    Node,
    Offset,
    Outcome,
    Path,
    RandomPath,
    Weekday,
)


class Variant(Node, frozen=True):
    """Another template for contacts of this language (BCP 47, `en`)."""

    language: str
    template_id: str


class SendEmail(Node, frozen=True, tag_field="kind", tag="send_email"):
    """Send a template by email; the run goes on when the message has ended (sent, unknown, failed).

    `variants` are for contacts of another language; `when_capped` says what the workspace's cap does to it.
    """

    template_id: str
    name: str = ""
    next: str | None = None
    when_skipped: Literal["exit", "skip"] = "exit"
    too_late: Duration | None = None
    variants: tuple[Variant, ...] = ()
    when_capped: Literal["postpone", "skip"] = "postpone"


class SendSms(Node, frozen=True, tag_field="kind", tag="send_sms"):
    """Send a template by SMS; otherwise as an email."""

    template_id: str
    name: str = ""
    next: str | None = None
    when_skipped: Literal["exit", "skip"] = "exit"
    too_late: Duration | None = None
    variants: tuple[Variant, ...] = ()
    when_capped: Literal["postpone", "skip"] = "postpone"


class SendPush(Node, frozen=True, tag_field="kind", tag="send_push"):
    """Send a template to the contact's devices; otherwise as an email."""

    template_id: str
    name: str = ""
    next: str | None = None
    when_skipped: Literal["exit", "skip"] = "exit"
    too_late: Duration | None = None
    variants: tuple[Variant, ...] = ()
    when_capped: Literal["postpone", "skip"] = "postpone"


class AnswerCapture(Node, frozen=True):
    """Keep a value of a webhook's answer under `name`; `path` reads its JSON."""

    name: str
    path: str


class Webhook(Node, frozen=True, tag_field="kind", tag="webhook"):
    """POST JSON of chosen values, signed, and keep values of the answer; when it has failed for good, `failed`.

    `limit`: go on by `failed` when there is no answer after that; None: after the last retry.
    """

    url: str
    values: dict[str, Operand] = {}  # noqa: RUF012 (a Struct gives each its own)
    captures: tuple[AnswerCapture, ...] = ()
    name: str = ""
    next: str | None = None
    failed: str | None = None
    limit: Duration | None = None


class UntilTime(Node, frozen=True, tag_field="kind", tag="time"):
    """Until the clock next says `at` (HH:MM) on one of these weekdays; without weekdays: on any."""

    at: str
    weekdays: tuple[Weekday, ...] = ()


class UntilDate(Node, frozen=True, tag_field="kind", tag="date"):
    """Until a date read from the contact or the run, or so much before or after; without a time of day, at `at`."""

    operand: Operand
    format: str | None = None
    offset: Offset | None = None
    at: str = "09:00"


class Wait(Node, frozen=True, tag_field="kind", tag="wait"):
    """Hold the run for a period, or until a moment: one of the two.

    A date that is past goes on at once. Without a date the default path is taken, or the run exits, reason
    `no_date`, as `without_date` says.
    """

    period: Duration | None = None
    name: str = ""
    next: str | None = None
    until: UntilTime | UntilDate | None = None
    without_date: Literal["default", "exit"] = "default"
    default: str | None = None
    default_name: str = ""


Reaction = Literal[
    "sent",
    "opened",
    "clicked",
    "opened_or_clicked",
    "not_opened",
    "not_clicked",
    "not_opened_or_clicked",
    "delivered",
    "not_delivered",
]
"""What a message wait counts from, or asks not to happen."""


class WaitAfterMessage(Node, frozen=True, tag_field="kind", tag="wait_after_message"):
    """Wait for what becomes of a message, `message` (a Send step; None: the last one on the way).

    Positive: `period` after it happened; unmet if it has not by the maximum. Negative: `period` after sending, if it
    did not happen; unmet as soon as it does. Unmet the run exits, or takes `otherwise`. `reason` is of SMS.
    """

    reaction: Reaction
    period: Duration | None = None
    message: str | None = None
    name: str = ""
    next: str | None = None
    unmet: Literal["exit", "otherwise"] = "exit"
    otherwise: str | None = None
    otherwise_name: str = ""
    maximum: Duration | None = None
    reason: Literal["any", "expired", "rejected"] = "any"


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


class Split(Node, frozen=True, tag_field="kind", tag="split"):
    """Send runs along random paths by percentages: the same run always along the same one."""

    paths: tuple[RandomPath, ...]
    name: str = ""


class Measure(Node, frozen=True):
    """What an experiment counts as success: this event, with its condition, within `within` of reaching the step."""

    event: str
    within: Duration
    condition: Condition | None = None


class Winner(Node, frozen=True):
    """When the best path takes all: `after` so long, with at least `least` runs on each, this surely (0.5 to 1)."""

    after: Duration
    least: int = 100
    confidence: float = 0.95


class Experiment(Node, frozen=True, tag_field="kind", tag="experiment"):
    """A split that is measured. `hold_out` gets nothing of it: the same people in all of the journey's experiments.

    Without a `winner` the shares stay as they are.
    """

    paths: tuple[RandomPath, ...]
    goal: Measure
    name: str = ""
    hold_out: RandomPath | None = None
    winner: Winner | None = None


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
    properties: dict[str, Operand] = {}  # noqa: RUF012 (a Struct gives each its own)


class UpdateContact(Node, frozen=True, tag_field="kind", tag="update_contact"):
    """Change attributes, tags and groups, and record events, in order; then go on at once."""

    changes: tuple[Change, ...] = ()
    events: tuple[RecordEvent, ...] = ()
    name: str = ""
    next: str | None = None
    groups: tuple[GroupMove, ...] = ()


class AssignCoupon(Node, frozen=True, tag_field="kind", tag="assign_coupon"):
    """Take one unused code of a pool for this run and capture it as `capture`."""

    pool_id: str
    capture: str = "coupon"
    name: str = ""
    next: str | None = None
    none_left: str | None = None


class StartJourney(Node, frozen=True, tag_field="kind", tag="start_journey"):
    """Let the contact into another journey, in the same transaction, with these values; then go on at once."""

    journey_id: str
    values: dict[str, Operand] = {}  # noqa: RUF012 (a Struct gives each its own)
    name: str = ""
    next: str | None = None


class LeaveJourney(Node, frozen=True, tag_field="kind", tag="leave_journey"):
    """Take the contact out of another journey, with this outcome there; then go on at once."""

    journey_id: str
    outcome: Outcome = "neutral"
    name: str = ""
    next: str | None = None


class End(Node, frozen=True, tag_field="kind", tag="end"):
    """End the run with an outcome; `group`: and copy or move the contact into a group."""

    outcome: Outcome = "neutral"
    name: str = ""
    group: GroupMove | None = None


Step = (
    SendEmail
    | SendSms
    | SendPush
    | Webhook
    | Wait
    | WaitAfterMessage
    | CheckNow
    | WaitThenCheck
    | React
    | Split
    | Experiment
    | UpdateContact
    | AssignCoupon
    | StartJourney
    | LeaveJourney
    | End
)

SENDING_STEPS = (SendEmail, SendSms, SendPush)
"""The kinds of steps that send a message."""

SendStep = SendEmail | SendSms | SendPush
"""A step that sends a message."""


def channel_of(step: SendStep) -> Channel:
    """Return the channel on which a step sends."""
    match step:
        case SendEmail():
            return "email"
        case SendSms():
            return "sms"
        case SendPush():
            return "push"
