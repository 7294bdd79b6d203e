"""From a graph to a version: everything wrong with it named at once, then everything made fast."""

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from percorso.conditions.lowering import lower_simple
from percorso.conditions.model import Condition
from percorso.conditions.needs import list_needs
from percorso.conditions.scalars import Lower
from percorso.journeys.check import check_graph
from percorso.journeys.faults import GraphError
from percorso.journeys.graph import AssignCoupon, Graph, React, SendEmail, SendSms, WaitThenCheck
from percorso.journeys.judging import Compiler
from percorso.journeys.removal import LEFT_LIST
from percorso.journeys.schedule import get_zone
from percorso.journeys.shape import Followers, find_loops, followers_of, reachable_from
from percorso.journeys.steps import compile_step
from percorso.journeys.steps.assign_coupon import ANSWERS
from percorso.journeys.steps.sending import ENDS
from percorso.journeys.trees import conditions_of, event_roots
from percorso.journeys.version import CompiledExit, CompiledStart, Version
from percorso.segments.trees import list_standings

__all__ = ["check_graph", "compile_version"]


def compile_version(
    journey_id: UUID,
    number: int,
    graph: Graph,
    time_zone: str,
    list_id: UUID | None = None,
    lower: Lower = lower_simple,
) -> Version:
    """Return the version, ready to be walked; raises GraphError with all faults of the graph.

    `time_zone` is the journey's (its list's, unless it has its own); `list_id` is the list whose leaving
    ends a run (None: no list does); `lower` is the database's lowering of text.
    """
    faults = check_graph(graph)
    if faults:
        raise GraphError(faults)
    followers = followers_of(graph)
    reads = event_roots(graph)
    trees = _list_conditions(graph)
    compiler = Compiler(reads, lower)
    starts = _compile_starts(graph, compiler)
    exits = _compile_exits(graph, compiler)
    channels = _channels_ahead(graph, followers)
    awaits = _names_awaited(graph)
    names = {*starts, *exits, *awaits}
    if list_id is not None and any(channels.values()):
        names.add(LEFT_LIST)
    return Version(
        journey_id=journey_id,
        number=number,
        list_id=list_id,
        time_zone=time_zone,
        zone=get_zone(time_zone),
        graph=graph,
        starts=starts,
        exits=exits,
        steps={id: compile_step(step, compiler) for id, step in graph.steps.items()},
        awaits=awaits,
        names=frozenset(names),
        loops=frozenset(step for loop in find_loops(followers) for step in loop),
        channels=channels,
        reads=reads,
        needs=tuple({need.key: need for tree in trees for need in list_needs(tree, time_zone)}.values()),
        standings=frozenset(kind for tree in trees for kind in list_standings(tree)),
    )


def _list_conditions(graph: Graph) -> list[Condition]:
    ways = (*graph.starts, *graph.removals, *graph.goals)
    trees = [way.condition for way in ways if way.condition is not None]
    return trees + [tree for step in graph.steps.values() for _, tree in conditions_of(step)]


def _compile_starts(graph: Graph, compiler: Compiler) -> dict[str, tuple[CompiledStart, ...]]:
    starts: dict[str, list[CompiledStart]] = defaultdict(list)
    for start in graph.starts:
        starts[start.event].append(
            CompiledStart(
                id=start.id,
                event=start.event,
                contexts=frozenset(start.contexts),
                judge=compiler.judge(start.condition),
                captures=start.captures,
                existing=start.existing,
            )
        )
    return {event: tuple(found) for event, found in starts.items()}


def _compile_exits(graph: Graph, compiler: Compiler) -> dict[str, tuple[CompiledExit, ...]]:
    exits: dict[str, list[CompiledExit]] = defaultdict(list)
    for removal in graph.removals:
        judge = compiler.judge(removal.condition)
        exits[removal.event].append(
            CompiledExit(removal.id, removal.event, judge, removal.outcome, f"removed: {removal.id}")
        )
    for goal in graph.goals:
        judge = compiler.judge(goal.condition)
        exits[goal.event].append(CompiledExit(goal.id, goal.event, judge, "positive", f"goal: {goal.id}"))
    return {event: tuple(found) for event, found in exits.items()}


def _names_awaited(graph: Graph) -> frozenset[str]:
    names: set[str] = set()
    for step in graph.steps.values():
        if isinstance(step, SendEmail | SendSms):
            names.update(ENDS)
        elif isinstance(step, React):
            names.add(step.event)
        elif isinstance(step, WaitThenCheck):
            names.update(path.event for path in step.paths if path.event is not None)
        elif isinstance(step, AssignCoupon):
            names.update(ANSWERS)
    return frozenset(names)


def _channels_ahead(graph: Graph, followers: Followers) -> Mapping[str, frozenset[str]]:
    """Return for each step the channels that it or a later step sends on."""
    channels: dict[str, frozenset[str]] = {}
    for id in graph.steps:
        ahead = (graph.steps[step] for step in reachable_from([id], followers))
        channels[id] = frozenset(
            "email" if isinstance(step, SendEmail) else "sms"
            for step in ahead
            if isinstance(step, SendEmail | SendSms)
        )
    return channels
