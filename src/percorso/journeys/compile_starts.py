"""From every kind of start to facts that let a contact in: one index by the name of the fact. Pure.

Some starts are facts already (an event, a segment entered, a group joined, a subscription). All others are looked
for by the shell, which records `startMet` for the contact: the start's condition is then judged as any other's.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final
from uuid import UUID

from percorso.conditions.model import All, AnyOf, Condition, Membership, Not, Test, Value
from percorso.journeys.graph import (
    ActivityStart,
    EventStart,
    FieldStart,
    Graph,
    GroupStart,
    PushedStart,
    SegmentStart,
    Start,
    SubscriptionStart,
)
from percorso.journeys.judging import Compiler
from percorso.journeys.version import CompiledStart
from percorso.segments.groups.model import JOINED, LEFT

START_MET: Final = "startMet"
"""The fact that a contact meets a start: {journeyId, startId, on?, year?, value?}; of pushed ones {source, …}."""

_SUBSCRIBED: Final = "campaignSubscribed"
_WELCOMED: Final = "firstNotificationSent"
_BY_PEOPLE: Final = Not(Test("event", "machine", "boolean", "is_true"))
"""Machines open and click, too; they do not count (spec 3.5)."""
_SEGMENT: Final = {"entered": "segmentEntered", "left": "segmentLeft"}
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
                    existing=start.existing if isinstance(start, EventStart | SegmentStart) else False,
                )
            )
    return {name: tuple(found) for name, found in starts.items()}


def is_fact(start: Start) -> bool:
    """Whether the start is a fact of the log already, so that nobody need look for it."""
    match start:
        case EventStart() | SegmentStart() | GroupStart():
            return True
        case SubscriptionStart(days=days):
            return days == 0
        case ActivityStart(days=days, last=last, filter_id=filter_id):
            return start.action in ACTIVITY and days == 0 and last is None and filter_id is None
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
    if isinstance(start, GroupStart):
        # Who was there when the journey was switched on may have left before this fact's turn comes.
        inside = Membership("group", UUID(start.group_id))
        tests.append(inside if start.change == "joined" else Not(inside))
    if not isinstance(start, PushedStart):
        yield START_MET, _with(start, [*tests, _equals("startId", start.id)])
    elif start.sources:
        chosen = AnyOf(tuple(_equals("source", source) for source in start.sources))
        yield START_MET, _with(start, [*tests, chosen])
    else:
        named = Test(source="event", path="source", type="any", operator="is_not_null")
        yield START_MET, _with(start, [*tests, named])


def _fact_of(start: Start, list_id: UUID | None) -> tuple[str, list[Condition]]:
    match start:
        case SegmentStart():
            return _SEGMENT[start.change], [_equals("segmentId", start.segment_id)]
        case GroupStart():
            return _GROUP[start.change], [_equals("groupId", start.group_id)]
        case SubscriptionStart():
            name = _SUBSCRIBED if start.after == "subscribing" else _WELCOMED
            of_list = [] if list_id is None else [_equals("listId", str(list_id))]
            return name, [*of_list, _equals("channel", start.channel)]
        case ActivityStart():
            of_template = [] if start.template_id is None else [_equals("templateId", start.template_id)]
            return ACTIVITY[start.action], [_equals("channel", start.channel), *of_template, _BY_PEOPLE]
        case _:
            raise AssertionError(start)


def _with(start: Start, tests: list[Condition]) -> Condition:
    # A filter becoming true is judged where it is looked for: what the contact is like then is in the fact.
    condition = None if isinstance(start, FieldStart) else start.condition
    return All((*tests, condition)) if condition is not None else All(tuple(tests))


def _equals(path: str, value: str) -> Condition:
    return Test(source="event", path=path, type="text", operator="equals", operands=(Value(value),))
