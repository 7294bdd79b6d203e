"""The condition tree: a small closed set of values, stored as JSON, evaluated in Python and in SQL.

A tree is `All`, `AnyOf`, `Not` over leaves. A `Test` reads one value (the left side) and compares it with at most
two operands (the right side); other leaves ask what happened, or where the contact stands. The law for missing
and ill-typed values (`spec 2.6`): the comparison is false, and its "not" form is true.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from percorso.conditions.past import Past

Source = Literal["attribute", "event", "captured"]
"""Where the left side is read: the contact's profile, the event at hand, what the run captured."""

ValueType = Literal["any", "text", "number", "boolean", "date", "datetime", "list"]
"""As what the left side is judged; an operand or value of another type makes the test false."""

Unit = Literal["minutes", "hours", "days", "weeks", "months", "years"]
"""Units of an amount of time."""


class Part(
    msgspec.Struct,
    frozen=True,
    tag_field="kind",
    rename="camel",
    forbid_unknown_fields=True,
    omit_defaults=True,
):
    """What all parts of a tree share: told apart by `kind`, camelCase in JSON, unknown fields refused."""


class Value(Part, frozen=True, tag="value"):
    """A constant: text, number, boolean, an ISO date or date-time as text, or a list of scalars."""

    value: Any


class Captured(Part, frozen=True, tag="captured"):
    """What this run captured under this name: a scalar or a list of scalars."""

    name: str


class Attribute(Part, frozen=True, tag="attribute"):
    """Another attribute of the same contact, by path."""

    path: str


class EventProperty(Part, frozen=True, tag="event"):
    """A property of the event at hand, by path."""

    path: str


Operand = Value | Captured | Attribute | EventProperty


class Test(Part, frozen=True, tag="test"):
    """One comparison. `operator` is one of `conditions.operators` for the type.

    `path` is dotted (`address.city`, `amount.revenue`); `products[].sku` reads a list, one value an item.
    `operands` are as many as the operator takes; `format` is the declared text format of a date field
    (for example `dd/MM/yyyy`); `unit` belongs to the relative-time operators.
    """

    __test__ = False

    source: Source
    path: str
    type: ValueType
    operator: str
    operands: tuple[Operand, ...] = ()
    case_sensitive: bool = False
    unit: Unit | None = None
    format: str | None = None


class All(Part, frozen=True, tag="and"):
    """True when every one is true; true when there is none."""

    conditions: tuple["Condition", ...] = ()


class AnyOf(Part, frozen=True, tag="or"):
    """True when at least one is true; false when there is none."""

    conditions: tuple["Condition", ...] = ()


class Not(Part, frozen=True, tag="not"):
    """True when the condition is false."""

    condition: "Condition"


class Anytime(Part, frozen=True, tag="anytime"):
    """Whenever it happened, within the retention of events."""


class Between(Part, frozen=True, tag="between"):
    """From `since` to `until`, both included, None: open; a date is its whole day, in the zone if it says none."""

    since: str | None = None
    until: str | None = None


class Ago(Part, frozen=True, tag="ago"):
    """So long before now. less_than: in the last N (a day is 24 h, a month is of the calendar). exactly: on the
    calendar day, or in that minute or hour. more_than: longer ago than that."""

    amount: int
    unit: Unit
    operator: Literal["less_than", "exactly", "more_than"] = "less_than"


Window = Anytime | Between | Ago
"""When something happened, by `occurred_at`."""


class Pattern(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """Facts of one of these names, in one of these contexts if any are named, whose properties meet `where`.

    `where` holds tests only; its source `event` is the fact itself.
    """

    events: tuple[str, ...]
    contexts: tuple[str, ...] = ()
    where: "Condition | None" = None


Measure = Literal["count", "sum", "minimum", "maximum", "average", "distinct"]
"""What is told of the facts that match: how many, or of the values at a path. Without values the sum is 0, and
the number of distinct ones; minimum, maximum, average are missing."""


class Happened(Part, frozen=True, tag="happened"):
    """A measure of what happened, compared as a number; as it stands: at least once."""

    pattern: Pattern
    window: Window = Anytime()
    measure: Measure = "count"
    path: str | None = None
    operator: str = "at_least"
    operands: tuple[Operand, ...] = (Value(1),)


class FirstOrLast(Part, frozen=True, tag="first_or_last"):
    """The first or last fact that matches, judged by tests whose source `event` is that fact.

    Where there is none, every value of it is missing.
    """

    which: Literal["first", "last"]
    pattern: Pattern
    condition: "Condition"
    window: Window = Anytime()


class Period(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A length of time; of minutes, hours, days of 24 h and weeks where it lies between two facts."""

    amount: int
    unit: Unit


class Same(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The scalars at these paths of the first and of the second fact are equal, texts whatever their case."""

    first: str
    then: str


class Followed(Part, frozen=True, tag="followed"):
    """`first` happened in the window, and `then` after it, at most `within` later."""

    first: Pattern
    then: Pattern
    within: Period | None = None
    same: Same | None = None
    window: Window = Anytime()


MessageAction = Literal[
    "sent",
    "delivered",
    "not_delivered",
    "bounced",
    "opened",
    "not_opened",
    "clicked",
    "not_clicked",
    "unsubscribed",
    "complained",
]
"""What a message came to (`conditions.messages` says by which facts). The not-forms are of messages sent."""


class MessageScope(
    msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True
):
    """Which messages: of a template, a list, a journey, with one of these tags; the `last` N sent of them."""

    template_id: UUID | None = None
    list_id: UUID | None = None
    journey_id: UUID | None = None
    tags: tuple[str, ...] = ()
    last: int | None = None


class MessageTest(Part, frozen=True, tag="message"):
    """How many messages of the scope came to this, or how many `actions` there were; as it stands: at least one.
    `every`: at least one was sent, and all of them came to it; nothing is compared then.

    `window` is when it came to it; of `sent` and the not-forms, when the message was sent. `link` is the id or URL
    of one link; `reason`: `hard` or `soft` of email, `expired` or `rejected` of SMS.
    """

    channel: Literal["email", "sms", "push"]
    action: MessageAction
    scope: MessageScope = MessageScope()
    window: Window = Anytime()
    counted: Literal["messages", "actions", "every"] = "messages"
    operator: str = "at_least"
    operands: tuple[Operand, ...] = (Value(1),)
    link: str | None = None
    reason: Literal["hard", "soft", "expired", "rejected"] | None = None


class JourneyTest(Part, frozen=True, tag="journey"):
    """The contact entered the journey, is in it, or finished it (with this outcome, for this reason), in the window.

    `inside` has no window. Without an id: any journey.
    """

    state: Literal["entered", "inside", "finished"]
    journey_id: UUID | None = None
    outcome: Literal["positive", "negative", "neutral"] | None = None
    reason: str | None = None
    window: Window = Anytime()


class Membership(Part, frozen=True, tag="membership"):
    """The contact is in the group, or a member of the segment."""

    of: Literal["group", "segment"]
    id: UUID


class StatusTest(Part, frozen=True, tag="status"):
    """The contact's status on the list and channel is this one; `none`: it has none. Without an id: on any list."""

    channel: Literal["email", "sms", "push"]
    status: Literal["subscribed", "pending", "unsubscribed", "none"] = "subscribed"
    list_id: UUID | None = None


class ConsentTest(Part, frozen=True, tag="consent"):
    """What a leaf of the consent tree says; a leaf that was never set is neither true nor false."""

    leaf: str
    aspect: Literal["status", "limitation", "objection"] = "status"
    value: bool = True


class IdentityTest(Part, frozen=True, tag="identity"):
    """The contact has an identity of this kind."""

    identity: Literal["external_id", "user_id", "email", "phone", "device", "anonymous_id"]


PastLeaf = Happened | FirstOrLast | Followed | MessageTest | JourneyTest
"""A leaf that looks back on facts."""
StandingLeaf = Membership | StatusTest | ConsentTest | IdentityTest
"""A leaf that asks where the contact stands."""
Leaf = Test | PastLeaf | StandingLeaf
"""What a tree is made of beside and, or, not. Leaves and the tests inside them count as conditions."""

Condition = All | AnyOf | Not | Leaf


class Consent(msgspec.Struct, frozen=True):
    """How a leaf of the consent tree stands."""

    status: bool
    limitation: bool = False
    objection: bool = False


_NOTHING: Final[Mapping[Any, Any]] = MappingProxyType({})
_NOWHERE: Final[frozenset[UUID]] = frozenset()


class Subject(msgspec.Struct, frozen=True):
    """What a condition is judged against: one contact, perhaps one event, perhaps a run.

    `now` is the product time of the judgement (`received_at` or `due_at`, never the wall clock). `time_zone` is the
    IANA zone in which calendar days are counted. All is as folded at that moment.
    """

    attributes: dict[str, Any]
    event: dict[str, Any] | None
    captured: dict[str, Any]
    now: Any
    time_zone: str = "UTC"
    pasts: Mapping[str, Past] = _NOTHING
    """By the key of a need; a missing one: nothing happened."""
    groups: frozenset[UUID] = _NOWHERE
    segments: frozenset[UUID] = _NOWHERE
    statuses: Mapping[tuple[UUID, str], str] = _NOTHING
    """By list and channel."""
    consents: Mapping[str, Consent] = _NOTHING
    """By leaf."""
    identities: Mapping[str, Sequence[str]] = _NOTHING
    """By kind."""


class Verdict(msgspec.Struct, frozen=True):
    """One leaf, the value read, what it was compared with, and the outcome: the line of a "why".

    Of a leaf that looks back, `read` is what was counted, or the fact found.
    """

    test: Leaf
    read: Any
    compared: tuple[Any, ...]
    verdict: bool
