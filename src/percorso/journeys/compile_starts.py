"""From every kind of start to facts that let a contact in: one index by the name of the fact. Pure.

Some starts are facts already (an event, a segment entered, a group joined, a subscription). All others are looked
for by the shell, which records `startMet` for the contact: the start's condition is then judged as any other's.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from percorso.conditions.model import All, AnyOf, Condition, Not, Test, Value
from percorso.journeys.already import JUST_NOW, find_already, of_last_sent
from percorso.journeys.graph import (
    ActivityStart,
    EventStart,
    FieldStart,
    Graph,
    GroupStart,
    PushedStart,
    PushSource,
    SegmentStart,
    Start,
    SubscriptionStart,
)
from percorso.journeys.judging import Compiler
from percorso.journeys.version import CompiledStart
from percorso.segments.groups.model import JOINED, LEFT

START_MET: Final = "startMet"
"""The fact that a contact meets a start: {journeyId, startId, on?, year?, value?, existing?}; of pushed ones {source, …}."""

EXISTING: Final = "existing"
"""What `startMet` says of who met the start before the journey was on."""

RESERVED: Final = frozenset({"journeyId", "startId", "source", EXISTING})
"""What only Percorso says in `startMet`: values that come with a contact cannot have these names."""

_SUBSCRIBED: Final = "campaignSubscribed"
_WELCOMED: Final = "firstNotificationSent"
_BY_PEOPLE: Final = Not(Test("event", "machine", "boolean", "is_true"))
"""Machines open and click, too; they do not count (spec 3.5)."""
_SEGMENT: Final = {"entered": "segmentEntered", "left": "segmentLeft"}
_MAY_BE_FILLED: Final = (EventStart, SegmentStart, FieldStart, ActivityStart)
"""Starts whose `existing` asks also for whom a segment took in, or let go, as it was made or edited."""
_GROUP: Final = {"joined": JOINED, "left": LEFT}
ACTIVITY: Final = {
    "sent": "campaignSent",
    "bounced": "campaignBounced",
    "opened": "campaignOpened",
    "clicked": "campaignLinkClicked",
    "unsubscribed": "campaignUnsubscribed",
    "complained": "campaignMarkedSpam",
}
"""What becomes of a message and is a fact at once; what did not happen is looked for."""


def compile_starts(
    graph: Graph, compiler: Compiler, journey_id: UUID, list_id: UUID | None
) -> dict[str, tuple[CompiledStart, ...]]:
    """Return the starts by the name of the fact that lets contacts in, in their order."""
    starts: dict[str, list[CompiledStart]] = defaultdict(list)
    for start in graph.starts:
        for name, condition in _list_facts(start, journey_id, list_id):
            starts[name].append(
                CompiledStart(
                    id=start.id,
                    event=name,
                    contexts=frozenset(start.contexts) if isinstance(start, EventStart) else frozenset(),
                    judge=compiler.judge(condition),
                    captures=start.captures,
                    existing=start.existing if isinstance(start, _MAY_BE_FILLED) else False,
                    updates=start.updates if isinstance(start, EventStart) else True,
                )
            )
    return {name: tuple(found) for name, found in starts.items()}


def say_pushed(values: Mapping[str, Any], journey_id: UUID, source: PushSource) -> dict[str, Any]:
    """Return what `startMet` says of a contact that is handed in with these values; reserved names give way."""
    given = {name: value for name, value in values.items() if name not in RESERVED}
    return {**given, "journeyId": str(journey_id), "source": source}


def admits(graph: Graph, source: PushSource) -> bool:
    """Whether some start of the journey lets in who is handed in from there."""
    starts = [start for start in graph.starts if isinstance(start, PushedStart)]
    return any(not start.sources or source in start.sources for start in starts)


def is_fact(start: Start) -> bool:
    """Whether the start is a fact of the log already, so that nobody need look for it."""
    match start:
        case EventStart() | SegmentStart() | GroupStart():
            return True
        case FieldStart(filter_id=filter_id):
            # A filter that says when it turns is one whose members are kept: a segment.
            return filter_id is not None
        case SubscriptionStart(days=days):
            return days == 0
        case ActivityStart(days=days, filter_id=filter_id):
            return days == 0 and (filter_id is not None or start.action in ACTIVITY)
        case _:
            return False


def _list_facts(
    start: Start, journey_id: UUID, list_id: UUID | None
) -> Iterator[tuple[str, Condition | None]]:
    if isinstance(start, EventStart):
        yield start.event, start.condition
        return
    if is_fact(start):
        name, tests = _fact_of(start, list_id)
        yield name, _with(start, tests)
    tests: list[Condition] = [_equals("journeyId", str(journey_id))]
    already = find_already(start)
    if already is not None:
        # Who met it when the journey was switched on may meet it no more when this fact's turn comes.
        asks = isinstance(start, FieldStart) and start.filter_id is None
        tests.append(AnyOf((_is_missing(EXISTING), already)) if asks else already)
    if not isinstance(start, PushedStart):
        yield START_MET, _with(start, [*tests, _equals("startId", start.id)])
    elif start.sources:
        chosen = AnyOf(tuple(_equals("source", source) for source in start.sources))
        yield START_MET, _with(start, [*tests, chosen])
    else:
        yield START_MET, _with(start, [*tests, Not(_is_missing("source"))])


def _fact_of(start: Start, list_id: UUID | None) -> tuple[str, list[Condition]]:
    match start:
        case SegmentStart():
            return _SEGMENT[start.change], [_equals("segmentId", start.segment_id)]
        case FieldStart(filter_id=str(id)) | ActivityStart(filter_id=str(id)):
            return _SEGMENT["entered" if start.becomes else "left"], [_equals("segmentId", id)]
        case GroupStart():
            return _GROUP[start.change], [_equals("groupId", start.group_id)]
        case SubscriptionStart():
            name = _SUBSCRIBED if start.after == "subscribing" else _WELCOMED
            of_list = [] if list_id is None else [_equals("listId", str(list_id))]
            return name, [*of_list, _equals("channel", start.channel)]
        case ActivityStart():
            of_template = [] if start.template_id is None else [_equals("templateId", start.template_id)]
            of_last = [] if start.last is None else [of_last_sent(start, JUST_NOW)]
            tests = [_equals("channel", start.channel), *of_template, _BY_PEOPLE, *of_last]
            return ACTIVITY[start.action], tests
        case _:
            raise AssertionError(start)


def _with(start: Start, tests: list[Condition]) -> Condition:
    # A filter becoming true is judged where it is looked for: what the contact is like then is in the fact.
    condition = None if isinstance(start, FieldStart) else start.condition
    return All((*tests, condition)) if condition is not None else All(tuple(tests))


def _is_missing(path: str) -> Condition:
    return Test(source="event", path=path, type="any", operator="is_null")


def _equals(path: str, value: str) -> Condition:
    return Test(source="event", path=path, type="text", operator="equals", operands=(Value(value),))
