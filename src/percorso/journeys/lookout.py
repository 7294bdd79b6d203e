"""Starts that no fact of the log is: what of a contact is watched, and when each is met (spec 3.3). Pure.

A field that changes, or a condition that comes to hold, is met by the very fact that changed it. A date, or so many days
after subscribing, is met at a moment: the next one is kept (`StartMoment`), and taken in the contact's order of time, so
that a worker that was away decides what a punctual one would have.
"""

from collections.abc import Container, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from percorso.conditions.model import All, AnyOf, Condition, Not, Test
from percorso.journeys.compile_starts import ACTIVITY
from percorso.journeys.date_starts import (
    Occurrence,
    decide_written,
    next_occurrence,
    subscription_moment,
)
from percorso.journeys.field_changes import meets_change
from percorso.journeys.graph import (
    ActivityStart,
    DateStart,
    FieldChangeStart,
    FieldStart,
    Start,
    SubscriptionStart,
)
from percorso.journeys.schedule import find_zone
from percorso.journeys.values import read_path
from percorso.journeys.version import Version
from percorso.log.model import Fact

SUBSCRIBED: Final = "campaignSubscribed"
UNSUBSCRIBED: Final = "campaignUnsubscribed"
FIRST_SENT: Final = "firstNotificationSent"
TIME_ZONE: Final = "timeZone"
"""The field that holds a contact's own zone."""

MomentKey = tuple[UUID, str, str]
"""A journey, one of its starts, and which of several moments of that start: the message that it is about."""

_UNDONE: Final = {
    "not_opened": ("campaignOpened", "campaignLinkClicked"),
    "not_clicked": ("campaignLinkClicked",),
}
"""What must not happen after a message was sent, and the facts that tell that it did: who clicks has opened."""
_SENT: Final = "campaignSent"
_INSTANT: Final = timedelta(microseconds=1)
"""What moments are told apart by."""


class StartMoment(msgspec.Struct, frozen=True):
    """When a contact meets a start next; `about` is the day, or anniversary, and `value` the date as it was written, or the message that
    it counts from."""

    journey_id: UUID
    start_id: str
    workspace_id: UUID
    due_at: datetime
    about: date | None = None
    value: str | None = None
    message: str = ""

    @property
    def key(self) -> MomentKey:
        """What there is one of for each contact."""
        return self.journey_id, self.start_id, self.message


class Met(msgspec.Struct, frozen=True):
    """A start that the contact has just met, and what the fact says of it."""

    journey_id: UUID
    start_id: str
    said: dict[str, Any]


class Lookout(msgspec.Struct, frozen=True):
    """The starts of a workspace's active journeys that are looked for, each with its version."""

    dates: tuple[tuple[Version, DateStart], ...] = ()
    subscriptions: tuple[tuple[Version, SubscriptionStart], ...] = ()
    activities: tuple[tuple[Version, ActivityStart], ...] = ()
    fields: tuple[tuple[Version, FieldChangeStart | FieldStart], ...] = ()

    def find(self, key: MomentKey) -> tuple[Version, Start] | None:
        """Return the start that a moment is of, None where the journey has no such start any more."""
        for version, start in (*self.dates, *self.subscriptions, *self.activities, *self.fields):
            if (version.journey_id, start.id) == key[:2]:
                return version, start
        return None


def is_looked_for(start: Start) -> bool:
    """Whether the start is one that is looked for, and can be."""
    match start:
        case DateStart() | FieldChangeStart():
            return True
        case SubscriptionStart(days=days):
            return days > 0
        case ActivityStart(days=days, filter_id=None):
            return days > 0 and (start.action in ACTIVITY or start.action in _UNDONE)
        case FieldStart(condition=condition, filter_id=None):
            return condition is not None and is_of_fields(condition)
        case _:
            return False


def is_of_fields(condition: Condition) -> bool:
    """Whether a condition holds or not by the contact's fields and the time alone: it looks back on nothing."""
    match condition:
        case All(conditions) | AnyOf(conditions):
            return all(is_of_fields(each) for each in conditions)
        case Not(inner):
            return is_of_fields(inner)
        case Test(source=source):
            return source == "attribute"
        case _:
            return False


def build_lookout(versions: list[Version]) -> Lookout | None:
    """Return what is looked for, for these versions of active journeys; None where nothing is."""
    dates: list[tuple[Version, DateStart]] = []
    subscriptions: list[tuple[Version, SubscriptionStart]] = []
    activities: list[tuple[Version, ActivityStart]] = []
    fields: list[tuple[Version, FieldChangeStart | FieldStart]] = []
    for version in versions:
        for start in version.graph.starts:
            if not is_looked_for(start):
                continue
            if isinstance(start, DateStart):
                dates.append((version, start))
            elif isinstance(start, SubscriptionStart):
                subscriptions.append((version, start))
            elif isinstance(start, ActivityStart):
                activities.append((version, start))
            elif isinstance(start, FieldChangeStart | FieldStart):
                fields.append((version, start))
    if not (dates or subscriptions or activities or fields):
        return None
    return Lookout(tuple(dates), tuple(subscriptions), tuple(activities), tuple(fields))


def list_met(lookout: Lookout, before: dict[str, Any], after: dict[str, Any], now: datetime) -> Iterator[Met]:
    """Yield the starts on fields that are met by what changed of a contact from `before` to `after`.

    What it was before is judged as of just before now: a moment that comes now is not taken yet.
    """
    for version, start in lookout.fields:
        if isinstance(start, FieldChangeStart):
            old, new = read_path(before, start.field), read_path(after, start.field)
            if meets_change(start, old, new):
                yield Met(version.journey_id, start.id, {"before": old, "value": new})
        elif _turns(version, start, before, after, now):
            yield Met(version.journey_id, start.id, {})


def meets_by_time(version: Version, start: FieldStart, attributes: dict[str, Any], now: datetime) -> bool:
    """Whether the condition of the start comes to be as it asks at this very moment, nothing else having changed."""
    return _turns(version, start, attributes, attributes, now)


def _turns(
    version: Version, start: FieldStart, before: dict[str, Any], after: dict[str, Any], now: datetime
) -> bool:
    judge = version.field_judges.get(start.id)
    if judge is None:
        return False
    was = judge.holds(version.subject(before, None, {}, now - _INSTANT))
    return was != start.becomes == judge.holds(version.subject(after, None, {}, now))


def list_turns(
    lookout: Lookout, workspace_id: UUID, attributes: dict[str, Any], now: datetime
) -> Iterator[tuple[MomentKey, StartMoment | None]]:
    """Yield of the starts on fields that time changes when each may turn next for such a contact, None: never."""
    for version, start in lookout.fields:
        if start.id in version.field_turns:
            yield (
                (version.journey_id, start.id, ""),
                next_turn(version, start.id, workspace_id, attributes, now),
            )


def next_turn(
    version: Version, start_id: str, workspace_id: UUID, attributes: dict[str, Any], now: datetime
) -> StartMoment | None:
    """Return the moment after `now` at which the start's condition may turn, None: time alone never turns it."""
    due_at = version.field_turns[start_id](version.subject(attributes, None, {}, now))
    return None if due_at is None else StartMoment(version.journey_id, start_id, workspace_id, due_at)


def list_moved(
    lookout: Lookout, workspace_id: UUID, before: Mapping[str, Any], after: Mapping[str, Any], now: datetime
) -> Iterator[tuple[MomentKey, StartMoment | None, Met | None]]:
    """Yield the date starts of which a change of attributes moves the next moment, with that one (None: there is none).

    Then, if the date was written too late for its moment by 24 hours at most, the start that is met at once.
    """
    for version, start in lookout.dates:
        old, new = read_path(before, start.field), read_path(after, start.field)
        old_zone, zone = version.zone_for(before), version.zone_for(after)
        if old == new and old_zone == zone:
            continue
        late = None if old == new else decide_written(start, new, now, zone)
        met = None
        if late is not None:
            moment = _moment(version, start, workspace_id, new, late)
            met = Met(version.journey_id, start.id, describe(moment))
        key = (version.journey_id, start.id, "")
        yield key, next_date(version, start, workspace_id, new, zone, after=now), met


def next_date(
    version: Version, start: DateStart, workspace_id: UUID, value: Any, zone: ZoneInfo, *, after: datetime
) -> StartMoment | None:
    """Return the first moment after `after` at which this value of the field lets in; None: there is none any more."""
    found = next_occurrence(start, value, after, zone)
    return None if found is None else _moment(version, start, workspace_id, value, found)


def _moment(
    version: Version, start: DateStart, workspace_id: UUID, value: Any, found: Occurrence
) -> StartMoment:
    return StartMoment(version.journey_id, start.id, workspace_id, found.at, found.on, str(value))


def list_counted(
    lookout: Lookout, fact: Fact, attributes: Mapping[str, Any]
) -> Iterator[tuple[MomentKey, StartMoment | None]]:
    """Yield the subscription starts that a fact moves: counted from it, or no more, as who left the list does not enter."""
    for version, start in lookout.subscriptions:
        said = fact.properties
        if said.get("channel") != start.channel or said.get("listId") != str(version.list_id):
            continue
        key = (version.journey_id, start.id, "")
        if fact.name == UNSUBSCRIBED:
            yield key, None
        elif fact.name == (SUBSCRIBED if start.after == "subscribing" else FIRST_SENT):
            zone = version.zone_for(attributes)
            yield key, count_from(version, start, fact.workspace_id, fact.received_at, zone)


def list_windows(
    lookout: Lookout, fact: Fact, attributes: Mapping[str, Any], known: Container[MomentKey]
) -> Iterator[tuple[MomentKey, StartMoment | None]]:
    """Yield the activity starts that a fact about a message moves: counted from it, or no more, as it was undone.

    An open or click counts the first time only. What is not done with any message counts from the first that was sent
    since one was opened (or clicked); `known` are the moments that are kept. Of the last messages sent each counts by
    itself: what became of them all is judged when its moment comes.
    """
    said = fact.properties
    message = said.get("messageId")
    if not isinstance(message, str):
        return
    for version, start in lookout.activities:
        if said.get("channel") != start.channel or start.template_id not in (None, said.get("templateId")):
            continue
        undone = _UNDONE.get(start.action, ())
        which = "" if undone and start.template_id is None and start.last is None else message
        key = (version.journey_id, start.id, which)
        begins = fact.name == (_SENT if undone else ACTIVITY[start.action]) and said.get("first") is not False
        if fact.name in undone:
            yield key, None
        elif begins and not (undone and key in known):
            due_at = subscription_moment(start.days, fact.received_at, version.zone_for(attributes))
            moment = StartMoment(
                version.journey_id, start.id, fact.workspace_id, due_at, None, message, which
            )
            yield key, moment


def count_from(
    version: Version, start: SubscriptionStart, workspace_id: UUID, since: datetime, zone: ZoneInfo
) -> StartMoment:
    """Return when the days after `since` are over."""
    due_at = subscription_moment(start.days, since, zone)
    return StartMoment(version.journey_id, start.id, workspace_id, due_at)


def reach_back(start: SubscriptionStart) -> timedelta:
    """Return how long ago somebody subscribed at most whose moment is still to come."""
    return timedelta(days=start.days + 2)


def zone_of(version: Version, own: Any) -> ZoneInfo:
    """Return the zone that the starts of a contact follow whose field for it holds `own`."""
    return (find_zone(own) if version.options.by_contact else None) or version.zone


def describe(moment: StartMoment) -> dict[str, Any]:
    """Return what `startMet` says of a moment: the day that it is about, its year, the date as it was written."""
    said: dict[str, Any] = {}
    if moment.about is not None:
        said = {"on": moment.about.isoformat(), "year": moment.about.year}
    return said if moment.value is None else {**said, "value": moment.value}
