"""What is wrong with a graph: every fault named at once (spec 3.11, the part that needs nothing but the graph)."""

from collections.abc import Iterator
from typing import Final

from percorso.journeys.check_conditions import check_reads
from percorso.journeys.check_options import check_options
from percorso.journeys.check_starts import check_start
from percorso.journeys.check_steps import check_step, is_pause
from percorso.journeys.check_values import check_event, check_ids, check_period, clip, is_id
from percorso.journeys.check_waits import check_messages_waited_for
from percorso.journeys.faults import Fault
from percorso.journeys.graph import Graph
from percorso.journeys.shape import find_loops, followers_of, reachable_from
from percorso.journeys.steps import ways_out

MAXIMUM_STEPS: Final = 500
MAXIMUM_WAYS: Final = 50
MAXIMUM_ROUNDS: Final = 1_000


def check_graph(graph: Graph) -> list[Fault]:
    """Return everything that is wrong with the graph, in the order of its parts; empty: it can be published."""
    faults: list[Fault] = []
    for check in _CHECKS:
        faults.extend(check(graph))
    return faults


def _check_starts(graph: Graph) -> Iterator[Fault]:
    if not graph.starts:
        yield Fault("start_missing", "starts")
    if len(graph.starts) > MAXIMUM_WAYS:
        yield Fault("too_many", "starts", {"maximum": MAXIMUM_WAYS, "what": "starts"})
    yield from check_ids("starts", [start.id for start in graph.starts])
    for position, start in enumerate(graph.starts):
        yield from check_start(f"starts[{position}]", start)


def _check_exits(graph: Graph) -> Iterator[Fault]:
    for at, exits in (("removals", graph.removals), ("goals", graph.goals)):
        if len(exits) > MAXIMUM_WAYS:
            yield Fault("too_many", at, {"maximum": MAXIMUM_WAYS, "what": at})
        yield from check_ids(at, [exit.id for exit in exits])
        for position, exit in enumerate(exits):
            if exit.event:
                yield from check_event(f"{at}[{position}].event", exit.event)
            elif exit.condition is None:
                yield Fault("event_missing", f"{at}[{position}].event")


def _check_reentry(graph: Graph) -> Iterator[Fault]:
    reentry = graph.reentry
    needs_key = reentry.rule == "value_changes" or reentry.inside == "one_per_key"
    if needs_key and not reentry.key:
        yield Fault("key_missing", "reentry.key")
    if reentry.rule == "after" and reentry.period is None:
        yield Fault("period_missing", "reentry.period")
    if reentry.period is not None:
        yield from check_period("reentry.period", reentry.period)
    if not 1 <= graph.rounds <= MAXIMUM_ROUNDS:
        yield Fault("rounds_invalid", "rounds", {"maximum": MAXIMUM_ROUNDS})


def _check_steps(graph: Graph) -> Iterator[Fault]:
    if not graph.steps:
        yield Fault("steps_missing", "steps")
    if len(graph.steps) > MAXIMUM_STEPS:
        yield Fault("too_many", "steps", {"maximum": MAXIMUM_STEPS, "what": "steps"})
    for id, step in graph.steps.items():
        if not is_id(id):
            yield Fault("id_invalid", f"steps.{clip(id)}", {"id": clip(id)})
        yield from check_step(f"steps.{clip(id)}", step)


def _check_shape(graph: Graph) -> Iterator[Fault]:
    if not graph.steps:
        return
    if graph.first not in graph.steps:
        yield Fault("first_unknown", "first", {"step": clip(graph.first)})
    for id, step in graph.steps.items():
        for _, place, to in ways_out(step):
            if to is not None and to not in graph.steps:
                yield Fault("target_unknown", f"steps.{id}.{place}", {"step": id, "target": clip(to)})
    followers = followers_of(graph)
    if graph.first in graph.steps:
        reached = reachable_from([graph.first], followers)
        for id in graph.steps:
            if id not in reached:
                yield Fault("step_unreachable", f"steps.{id}", {"step": id})
    for loop in find_loops(followers, lambda step: not is_pause(graph.steps[step])):
        yield Fault("loop_without_wait", f"steps.{loop[0]}", {"steps": ", ".join(loop)})


_CHECKS: Final = (
    _check_starts,
    _check_exits,
    _check_reentry,
    _check_steps,
    _check_shape,
    check_messages_waited_for,
    check_reads,
    check_options,
)
