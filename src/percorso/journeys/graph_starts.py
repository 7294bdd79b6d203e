"""How contacts enter a journey: every kind of start (spec 3.3). Values only, as stored in JSON.

A start may ask a `condition` besides, over the profile and, of events, the event; its `captures` are kept for the
whole run. `existing` says whether contacts who meet a data start when the journey is switched on enter then.
"""

from typing import Literal

from percorso.conditions.model import Condition, MessageAction
from percorso.journeys.graph_parts import Capture, Node, Offset

DEFAULT_TIME = "09:00"
"""The hour of a journey where a date has none (spec 3.3)."""


class EventStart(Node, frozen=True, tag_field="kind", tag="event"):
    """An event lets contacts in. An empty `contexts` admits every context.

    `condition` is over event and profile together, judged on the entry event. `existing`: of entering or leaving
    a segment, also when the segment was created, edited or disabled, and not the contact changed. `updates`: an
    event that tells more of one sent before (its context names that one in `updates`) counts as well.
    """

    id: str
    event: str
    contexts: tuple[str, ...] = ()
    condition: Condition | None = None
    captures: tuple[Capture, ...] = ()
    existing: bool = False
    updates: bool = False


class DateStart(Node, frozen=True, tag_field="kind", tag="date"):
    """The day or moment that a field holds lets contacts in: the same day, or so much before or after.

    `format` is the field's declared one, None: ISO. A date without a time means `at`, in the journey's zone.
    `yearly`: on every anniversary; a date without a year can be nothing else.
    """

    id: str
    field: str
    format: str | None = None
    offset: Offset | None = None
    yearly: bool = False
    at: str = DEFAULT_TIME
    condition: Condition | None = None
    captures: tuple[Capture, ...] = ()


class SubscriptionStart(Node, frozen=True, tag_field="kind", tag="subscription"):
    """Subscribing to the journey's list on a channel lets contacts in, `days` later, 0: at once.

    `after` first_notification: counted from when the list's welcome message was sent.
    """

    id: str
    days: int = 0
    after: Literal["subscribing", "first_notification"] = "subscribing"
    channel: Literal["email", "sms", "push"] = "email"
    condition: Condition | None = None
    captures: tuple[Capture, ...] = ()


class FieldStart(Node, frozen=True, tag_field="kind", tag="field"):
    """A condition over the profile, or a saved filter, becoming true (or false) lets contacts in.

    `filter_id` is a segment: the filter whose members are kept up to date.
    """

    id: str
    condition: Condition | None = None
    filter_id: str | None = None
    becomes: bool = True
    captures: tuple[Capture, ...] = ()
    existing: bool = False


class FieldChangeStart(Node, frozen=True, tag_field="kind", tag="field_change"):
    """A field that gets another value lets contacts in; `before` and `after` name the values, None: any."""

    id: str
    field: str
    before: str | int | float | bool | None = None
    after: str | int | float | bool | None = None
    condition: Condition | None = None
    captures: tuple[Capture, ...] = ()


class GroupStart(Node, frozen=True, tag_field="kind", tag="group"):
    """Joining or leaving a group lets contacts in; those who are in it, or not in it, already: by default too."""

    id: str
    group_id: str
    change: Literal["joined", "left"] = "joined"
    condition: Condition | None = None
    captures: tuple[Capture, ...] = ()
    existing: bool = True


class SegmentStart(Node, frozen=True, tag_field="kind", tag="segment"):
    """Entering or leaving a segment lets contacts in.

    `existing`: also who is in it, or is not, when the journey is switched on, and whom a segment that was created or edited takes in.
    """

    id: str
    segment_id: str
    change: Literal["entered", "left"] = "entered"
    condition: Condition | None = None
    captures: tuple[Capture, ...] = ()
    existing: bool = False


class ActivityStart(Node, frozen=True, tag_field="kind", tag="activity"):
    """What a contact did, or did not do, with messages lets it in, `days` later.

    Of one template, of any, or of the `last` 1 to 5 sent; or a saved activity filter becoming true or false:
    a segment, as of a field start.
    """

    id: str
    action: MessageAction = "opened"
    channel: Literal["email", "sms", "push"] = "email"
    template_id: str | None = None
    last: int | None = None
    days: int = 0
    filter_id: str | None = None
    becomes: bool = True
    condition: Condition | None = None
    captures: tuple[Capture, ...] = ()
    existing: bool = False


PushSource = Literal["plan", "api", "hand", "journey"]
"""Who hands contacts in: a plan, the API, a user, another journey."""


class PushedStart(Node, frozen=True, tag_field="kind", tag="pushed"):
    """Contacts handed in by a plan, the API, a user or another journey; without `sources`: by any of these.

    `captures` read the values that came with the contact, as an event's properties.
    """

    id: str
    sources: tuple[PushSource, ...] = ()
    condition: Condition | None = None
    captures: tuple[Capture, ...] = ()


Start = (
    EventStart
    | DateStart
    | SubscriptionStart
    | FieldStart
    | FieldChangeStart
    | GroupStart
    | SegmentStart
    | ActivityStart
    | PushedStart
)
