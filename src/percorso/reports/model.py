"""What the screens show, as values; camelCase in JSON."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from percorso.conditions.model import Condition, Leaf
from percorso.consent.records import Channel
from percorso.journeys.graph import Outcome

JourneyState = Literal["draft", "ready", "active", "paused", "archived", "failed"]
"""Where a journey stands."""

TimelineKind = Literal["event", "message", "trace", "status", "profile", "run", "belonging"]
"""What an entry of a timeline is about."""

MessageState = Literal[
    "planned", "due", "claimed", "marked", "accepted", "delivered", "bounced", "skipped", "failed", "unknown"
]
"""Where a message stands (`messages.model`)."""


class Shape(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A value of the API: camelCase in JSON."""


class ClockReading(Shape, frozen=True):
    """Product time now, and how many product seconds a second takes."""

    product_at: datetime
    rate: float


class JourneyCounts(Shape, frozen=True):
    """Runs of a journey: entered = inside + completed + exited + failed; outcomes are of the ended ones.

    completed: reached an End, the end of a path or a goal. exited: removed, or could not go on for a reason.
    failed: the run itself broke. refused: came, and found no place any more: not among those who entered.
    """

    entered: int = 0
    inside: int = 0
    completed: int = 0
    exited: int = 0
    failed: int = 0
    positive: int = 0
    negative: int = 0
    neutral: int = 0
    refused: int = 0


class FailureShape(Shape, frozen=True):
    """One reason why a journey stands still: its place in the graph, and what is gone, in both languages."""

    code: str
    at: str
    en: str
    it: str


class JourneySummary(Shape, frozen=True):
    """A journey in the list. `version` is None while it was never published; `failures` say why it is failed, or paused itself."""

    id: UUID
    name: str
    description: str
    state: JourneyState
    version: int | None
    emails: int
    smses: int
    pushes: int
    modified_at: datetime
    activated_at: datetime | None
    counts: JourneyCounts
    tags: tuple[str, ...]
    failures: tuple[FailureShape, ...]


class JourneyPage(Shape, frozen=True):
    """Journeys by name."""

    items: list[JourneySummary]
    next_cursor: str | None


class JourneyVersion(Shape, frozen=True):
    """A published form of a journey."""

    number: int
    published_at: datetime


class JourneySettings(Shape, frozen=True):
    """The list that a journey sends for, with its sender."""

    list_id: UUID
    list_name: str
    sender_name: str
    sender_address: str
    sms_sender: str | None
    time_zone: str
    language: str


class ProposalShape(Shape, frozen=True):
    """Somebody asked to publish the journey, and waits for somebody else to approve. `again`: which version once more."""

    by: str
    by_name: str
    at: datetime
    inside: Literal["finish", "move", "exit"]
    again: int | None


class JourneyDetail(JourneySummary, frozen=True):
    """A journey with the graph of its newest version, or of its draft while it has none, and the tests that it carries."""

    settings: JourneySettings
    graph: dict[str, Any]
    tests: list[dict[str, Any]]
    versions: list[JourneyVersion]
    proposal: ProposalShape | None
    as_of: datetime


class MessageCounts(Shape, frozen=True):
    """Messages of a step; opened and clicked count each message once."""

    planned: int = 0
    sent: int = 0
    delivered: int = 0
    opened: int = 0
    clicked: int = 0
    skipped: int = 0
    failed: int = 0
    unknown: int = 0


class StepCounts(Shape, frozen=True):
    """Visits of a step: who came, who is here, which way they left, why they dropped out."""

    entered: int
    inside: int
    paths: dict[str, int]
    exits: dict[str, int]
    messages: MessageCounts


class StepCountsPage(Shape, frozen=True):
    """The figures of every step that was visited, of all versions."""

    as_of: datetime
    steps: dict[str, StepCounts]


class PersonInside(Shape, frozen=True):
    """A contact who is inside a journey. `until` is None when no time holds the run."""

    contact_id: UUID
    name: str
    email: str | None
    run_id: UUID
    step: str
    since: datetime
    until: datetime | None


class PeoplePage(Shape, frozen=True):
    """Who is inside, the last to arrive first."""

    items: list[PersonInside]
    next_cursor: str | None


class ContactSummary(Shape, frozen=True):
    """A contact in the list. `name` is empty when none is known; `values` are those of the fields asked for."""

    id: UUID
    name: str
    email: str | None
    phone: str | None
    created_at: datetime
    last_event_at: datetime | None
    values: dict[str, Any]


class ContactPage(Shape, frozen=True):
    """Contacts, the newest first."""

    items: list[ContactSummary]
    next_cursor: str | None


class ContactCount(Shape, frozen=True):
    """How many contacts the caller sees, anonymous ones left out."""

    contacts: int


class Identity(Shape, frozen=True):
    """One way to recognise a contact."""

    kind: str
    value: str


class ChannelStatus(Shape, frozen=True):
    """A contact's status on a list and channel."""

    list_id: UUID
    list_name: str
    channel: str
    status: Literal["subscribed", "pending", "unsubscribed"]
    changed_at: datetime


class RunSummary(Shape, frozen=True):
    """One contact's way through a version. `step_name` is empty when it has ended."""

    id: UUID
    journey_id: UUID
    journey_name: str
    version: int
    state: Literal["waiting", "ended"]
    step: str | None
    step_name: str
    entered_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    outcome: Outcome | None
    reason: str | None


class ContactDetail(Shape, frozen=True):
    """A contact: who they are, what is known, what they agreed to, where they are."""

    id: UUID
    name: str
    email: str | None
    phone: str | None
    anonymous: bool
    identities: list[Identity]
    attributes: dict[str, Any]
    tags: list[str]
    statuses: list[ChannelStatus]
    created_at: datetime
    last_event_at: datetime | None
    runs: list[RunSummary]
    as_of: datetime


class Judged(Shape, frozen=True):
    """One test, the value read, what it was compared with, and the outcome."""

    test: Leaf
    read: Any
    compared: tuple[Any, ...]
    verdict: bool


class MessageNote(Shape, frozen=True):
    """The message that an entry is about, as it stands now."""

    id: UUID
    channel: Channel
    subject: str
    state: MessageState
    reason: str | None


class TimelineItem(Shape, frozen=True):
    """Something in a contact's life. `at` orders the timeline; `occurred_at` is what the sender said.

    A trace's `name` is the path taken, or what came of the step; its `path_name` is what the author called it.
    What belongs to a group or segment has that one's `name` in its properties. `conditions` are the whole of what was
    judged: their tests in order are those of `why`, none left out; empty where they are not known.
    """

    at: datetime
    occurred_at: datetime
    kind: TimelineKind
    name: str
    properties: dict[str, Any]
    journey_id: UUID | None = None
    journey_name: str | None = None
    run_id: UUID | None = None
    step: str | None = None
    step_name: str | None = None
    path_name: str | None = None
    message: MessageNote | None = None
    why: list[Judged] = []
    conditions: list[Condition] = []


class TimelinePage(Shape, frozen=True):
    """A contact's timeline, the newest first."""

    items: list[TimelineItem]
    next_cursor: str | None


class TraceItem(Shape, frozen=True):
    """What was judged at one visit of a step.

    `conditions`: the whole of it, whose tests in order are those of `judged`; empty where they are not known.
    """

    at: datetime
    step: str
    step_name: str
    path: str | None
    path_name: str | None
    outcome: str | None
    judged: list[Judged]
    conditions: list[Condition]


class RunTrace(Shape, frozen=True):
    """A run, and everything that was judged on its way, in order."""

    run: RunSummary
    contact_id: UUID
    contact_name: str
    entries: list[TraceItem]


class MailSummary(Shape, frozen=True):
    """A message in the embedded mailbox. `preview` is the beginning of its text."""

    id: UUID
    channel: Channel
    received_at: datetime
    from_: str = msgspec.field(name="from")
    to: str
    subject: str
    preview: str


class MailPage(Shape, frozen=True):
    """The embedded mailbox, the newest first."""

    items: list[MailSummary]
    next_cursor: str | None


class MailDetail(MailSummary, frozen=True):
    """A message as it arrived. `html` is to be shown in a sandbox only; `dkim` is None: nothing was verified.

    `link` is where a push leads when it is tapped, `image` the address of its picture; None without, and of all else.
    """

    html: str | None
    text: str | None
    link: str | None
    image: str | None
    headers: list[tuple[str, str]]
    raw: str
    dkim: dict[str, Any] | None


class RejectedCall(Shape, frozen=True):
    """A call that could not be taken in, and why. `payload` is what was sent, as text."""

    id: UUID
    received_at: datetime
    code: str
    reason: str
    name: str | None
    payload: str


class RejectedPage(Shape, frozen=True):
    """Rejected calls, the newest first."""

    items: list[RejectedCall]
    next_cursor: str | None
