"""From a graph to a version: everything wrong with it named at once, then everything made fast."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from percorso.conditions.fold import list_names
from percorso.conditions.lowering import lower_simple
from percorso.conditions.model import Condition, Subject
from percorso.conditions.moments import compile_next_moment
from percorso.conditions.needs import list_needs
from percorso.conditions.scalars import Lower
from percorso.consent.records import Channel
from percorso.journeys.allowed import compile_sending
from percorso.journeys.already import JUST_NOW, of_last_sent
from percorso.journeys.check import check_graph
from percorso.journeys.check_waits import sends_before
from percorso.journeys.compile_starts import compile_starts, is_fact
from percorso.journeys.faults import GraphError
from percorso.journeys.graph import (
    SENDING_STEPS,
    ActivityStart,
    AssignCoupon,
    CheckNow,
    End,
    FieldStart,
    Graph,
    GroupStart,
    React,
    UpdateContact,
    WaitAfterMessage,
    WaitThenCheck,
    Webhook,
    channel_of,
)
from percorso.journeys.judging import Compiler
from percorso.journeys.removal import LEFT_LIST, STANDING
from percorso.journeys.schedule import get_zone
from percorso.journeys.shape import Followers, find_loops, followers_of, reachable_from
from percorso.journeys.steps import compile_step
from percorso.journeys.steps.assign_coupon import ANSWERS
from percorso.journeys.steps.check_now import PLACES
from percorso.journeys.steps.sending import ENDS, POSTPONED
from percorso.journeys.steps.wait_after_message import AWAITED
from percorso.journeys.steps.webhook import ANSWERS as WEBHOOK_ANSWERS
from percorso.journeys.trees import conditions_of, event_roots
from percorso.journeys.version import CompiledExit, CompiledOptions, Judge, Version
from percorso.segments.trees import list_standings

__all__ = ["check_graph", "compile_version"]


def compile_version(
    journey_id: UUID,
    number: int,
    graph: Graph,
    time_zone: str,
    list_id: UUID | None = None,
    lower: Lower = lower_simple,
    winners: Mapping[str, str] = MappingProxyType({}),
    own_days: frozenset[date] = frozenset(),
) -> Version:
    """Return the version, ready to be walked; raises GraphError with all faults of the graph.

    `time_zone` is the journey's (its list's, unless it has its own); leaving the list `list_id` ends a run; `lower` is the
    database's lowering of text; `winners` are the paths that experiments ended with; `own_days` the workspace's calendar.
    """
    if faults := check_graph(graph):
        raise GraphError(faults)
    followers = followers_of(graph)
    reads = event_roots(graph)
    trees = _list_conditions(graph)
    compiler = Compiler(reads, lower)
    starts = compile_starts(graph, compiler, journey_id, list_id)
    exits = _compile_exits(graph, compiler)
    channels = _channels_ahead(graph, followers)
    awaits = _names_awaited(graph)
    left = [LEFT_LIST] if list_id is not None and any(channels.values()) else []
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
        names=frozenset({*starts, *exits, *awaits, *left} - {STANDING}),
        loops=frozenset(step for loop in find_loops(followers) for step in loop),
        channels=channels,
        reads=reads,
        needs=tuple({need.key: need for tree in trees for need in list_needs(tree, time_zone)}.values()),
        standings=_list_standings(graph, trees),
        options=_compile_options(graph, compiler, own_days),
        watched=_watched_steps(graph, followers),
        judged_by=_names_judged_by(graph, time_zone),
        winners=winners,
        field_judges=_judge_fields(graph, compiler),
        field_turns=_turn_fields(graph, lower),
    )


def _judge_fields(graph: Graph, compiler: Compiler) -> dict[str, Judge]:
    """Return the conditions of starts on fields, by start."""
    return {
        start.id: compiler.judge(start.condition) for start in graph.starts if isinstance(start, FieldStart)
    }


def _turn_fields(graph: Graph, lower: Lower) -> dict[str, Callable[[Subject], datetime | None]]:
    """Return when conditions of starts on fields may turn next, by start, of those that time changes."""
    conditions = {start.id: start.condition for start in graph.starts if isinstance(start, FieldStart)}
    found = {
        id: compile_next_moment(condition, lower=lower)
        for id, condition in conditions.items()
        if condition is not None
    }
    return {id: turns for id, turns in found.items() if turns is not None}


def _list_standings(graph: Graph, trees: list[Condition]) -> frozenset[str]:
    standings = {kind for tree in trees for kind in list_standings(tree)}
    if graph.options.include_groups or graph.options.exclude_groups:
        standings.add("group")
    if any(isinstance(start, GroupStart) and start.existing for start in graph.starts):
        standings.add("group")
    if any(
        step.groups if isinstance(step, UpdateContact) else isinstance(step, End) and step.group
        for step in graph.steps.values()
    ):
        # A step that lets join or leave must know where the contact is.
        standings.add("group")
    return frozenset(standings)


def _compile_options(graph: Graph, compiler: Compiler, own_days: frozenset[date]) -> CompiledOptions:
    options = graph.options
    return CompiledOptions(
        include=frozenset(UUID(group) for group in options.include_groups),
        exclude=frozenset(UUID(group) for group in options.exclude_groups),
        filters=tuple(compiler.judge(condition) for condition in options.filters),
        allowed=compile_sending(options.sending, own_days),
        by_contact=options.time_zone == "contact",
        left_channel_skips=options.left_channel == "skip",
    )


def _names_judged_by(graph: Graph, time_zone: str) -> frozenset[str] | None:
    """Return the names of facts that removals and goals without an event look back on, None if there are none."""
    standing = [
        exit.condition for exit in (*graph.removals, *graph.goals) if not exit.event and exit.condition
    ]
    if not standing:
        return None
    needs = (need for tree in standing for need in list_needs(tree, time_zone))
    return frozenset(name for need in needs for name in list_names(need.pattern))


def _watched_steps(graph: Graph, followers: dict[str, tuple[str, ...]]) -> frozenset[str]:
    """Return the Send steps whose messages a message wait asks about."""
    watched: set[str] = set()
    for id, step in graph.steps.items():
        if isinstance(step, WaitAfterMessage):
            before = sends_before(graph, id, followers)
            watched.update(before if step.message is None else [step.message])
    return frozenset(watched)


def _list_conditions(graph: Graph) -> list[Condition]:
    ways = (*graph.starts, *graph.removals, *graph.goals)
    trees = [way.condition for way in ways if way.condition is not None]
    trees.extend(graph.options.filters)
    for way in graph.starts:
        if isinstance(way, ActivityStart) and way.last is not None:
            trees.append(of_last_sent(way))
            trees.extend([of_last_sent(way, JUST_NOW)] if is_fact(way) else [])
    return trees + [tree for step in graph.steps.values() for _, tree in conditions_of(step)]


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
    limited = graph.options.entries is not None or graph.options.entries_per_day is not None
    names: set[str] = set(PLACES if limited else ())
    for step in graph.steps.values():
        if isinstance(step, SENDING_STEPS):
            names.update((*ENDS, POSTPONED))
        elif isinstance(step, WaitAfterMessage):
            names.update(AWAITED)
        elif isinstance(step, Webhook):
            names.update(WEBHOOK_ANSWERS)
        elif isinstance(step, CheckNow):
            names.update(PLACES if any(path.places is not None for path in step.paths) else ())
        elif isinstance(step, React):
            names.add(step.event)
        elif isinstance(step, WaitThenCheck):
            names.update(path.event for path in step.paths if path.event is not None)
        elif isinstance(step, AssignCoupon):
            names.update(ANSWERS)
    return frozenset(names)


def _channels_ahead(graph: Graph, followers: Followers) -> Mapping[str, frozenset[Channel]]:
    """Return for each step the channels that it or a later step sends on."""
    channels: dict[str, frozenset[Channel]] = {}
    for id in graph.steps:
        ahead = (graph.steps[step] for step in reachable_from([id], followers))
        channels[id] = frozenset(channel_of(step) for step in ahead if isinstance(step, SENDING_STEPS))
    return channels
