"""Who a simulated contact is, what happens to it when, and what comes of what a journey asks for. Values only.

A moment is ISO text; without an offset it is local time in the journey's zone. A happening is said `at` a moment, or
`after` the one before it (or after the beginning); with neither it comes at once after that.
"""

from typing import Any, Literal

from percorso.journeys.graph_parts import Duration, Node

Channel = Literal["email", "sms", "push"]

MOST_HAPPENINGS = 500
"""Happenings of one scenario."""


class SimulatedContact(Node, frozen=True):
    """The contact as the scenario begins: attributes by name, identities by kind, ids of groups and segments.

    `subscribed` are the channels on which it is subscribed to the journey's list.
    """

    attributes: dict[str, Any] = {}  # noqa: RUF012 (a Struct gives each its own)
    identities: dict[str, tuple[str, ...]] = {}  # noqa: RUF012
    groups: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    subscribed: tuple[Channel, ...] = ()


class Happening(Node, frozen=True, kw_only=True, tag_field="kind"):
    """One thing that happens."""

    at: str | None = None
    after: Duration | None = None


class EventHappens(Happening, frozen=True, kw_only=True, tag="event"):
    """The contact does something. `context` is its type (WEB, RETAIL …); `occurred_at`: it arrives later than that.

    `historical`: it is taken in, and lets nobody in or on. `updates`: the id of an event that it tells more of.
    """

    event: str
    properties: dict[str, Any] = {}  # noqa: RUF012
    context: str | None = None
    occurred_at: str | None = None
    historical: bool = False
    updates: str | None = None


class StartHappens(Happening, frozen=True, kw_only=True, tag="start"):
    """A start that Percorso looks for, or that contacts are handed in by, is met."""

    start: str
    properties: dict[str, Any] = {}  # noqa: RUF012


class MessageHappens(Happening, frozen=True, kw_only=True, tag="message"):
    """Something becomes of the newest message of a step. `machine`: no person did it."""

    step: str
    what: Literal["delivered", "opened", "clicked", "bounced", "complained"]
    machine: bool = False
    reason: str = ""


class ContactHappens(Happening, frozen=True, kw_only=True, tag="contact"):
    """The contact's data change: attributes by path."""

    set: dict[str, Any] = {}  # noqa: RUF012
    clear: tuple[str, ...] = ()


class GroupHappens(Happening, frozen=True, kw_only=True, tag="group"):
    """The contact joins or leaves a group."""

    change: Literal["joined", "left"]
    group_id: str


class SegmentHappens(Happening, frozen=True, kw_only=True, tag="segment"):
    """The contact enters or leaves a segment."""

    change: Literal["entered", "left"]
    segment_id: str


class SubscriptionHappens(Happening, frozen=True, kw_only=True, tag="subscription"):
    """The contact subscribes to a list on a channel, or leaves it; the journey's list where none is named."""

    change: Literal["subscribed", "unsubscribed"]
    channel: Channel = "email"
    list_id: str | None = None


Happens = (
    EventHappens
    | StartHappens
    | MessageHappens
    | ContactHappens
    | GroupHappens
    | SegmentHappens
    | SubscriptionHappens
)


class Answer(Node, frozen=True):
    """What comes of what a step asks for, each time it asks.

    Of a Send step: sent (the usual), skipped (with the reason), failed, unknown. Of a coupon: assigned (a `code`; the
    usual) or none_left. Of a webhook: answered (with `body`; the usual) or failed. Of a place: taken (the usual) or
    full. Of any: nothing, so that the run stays. It comes at once, or `after` so long.
    """

    ends: Literal[
        "sent",
        "skipped",
        "failed",
        "unknown",
        "assigned",
        "none_left",
        "answered",
        "taken",
        "full",
        "nothing",
    ]
    after: Duration | None = None
    reason: str = ""
    code: str = ""
    body: dict[str, Any] = {}  # noqa: RUF012


class Scenario(Node, frozen=True, kw_only=True):
    """One contact's story. `answers` are by step, those of a place to enter by the empty one. `until`: how long it goes on after it `begins`, None: to its end.

    `seed` stands for the contact: another one is another chance in Splits, Experiments and hold-outs.
    """

    begins: str
    contact: SimulatedContact = SimulatedContact()
    happens: tuple[Happens, ...] = ()
    answers: dict[str, Answer] = {}  # noqa: RUF012
    until: Duration | None = None
    seed: int = 0
