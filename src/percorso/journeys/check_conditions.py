"""What is wrong with what a graph reads: its conditions, captured names, events that are not at hand."""

from collections.abc import Iterable, Iterator

from percorso.conditions.check import list_faults
from percorso.conditions.model import Attribute, Captured, Condition, EventProperty, Operand
from percorso.conditions.paths import parse_path
from percorso.journeys.check_values import check_capture_names, clip
from percorso.journeys.faults import Fault
from percorso.journeys.graph import Graph, Step, WaitThenCheck
from percorso.journeys.shape import followers_of, reachable_from
from percorso.journeys.trees import (
    captured_names_in,
    captures_of,
    conditions_of,
    names_captured_by,
    operands_of,
    reads_event,
)


def check_reads(graph: Graph) -> Iterator[Fault]:
    """Yield conditions that cannot be judged, and names read that nothing before has captured."""
    yield from _check_starts(graph)
    everything = _names_anywhere(graph)
    for at, exits in (("removals", graph.removals), ("goals", graph.goals)):
        for position, exit in enumerate(exits):
            if exit.condition is not None:
                place = f"{at}[{position}].condition"
                yield from _check_condition(place, exit.condition, everything)
                if not exit.event and reads_event(exit.condition):
                    yield Fault("event_missing", f"{at}[{position}].event")
    for position, condition in enumerate(graph.options.filters):
        yield from _check_condition(f"options.filters[{position}]", condition, frozenset())
    if graph.reentry.key:
        yield from _check_path("reentry.key", graph.reentry.key)
    known = _names_before(graph)
    for id, step in graph.steps.items():
        yield from _check_step(f"steps.{clip(id)}", step, known[id])


def _check_starts(graph: Graph) -> Iterator[Fault]:
    for position, start in enumerate(graph.starts):
        at = f"starts[{position}]"
        if start.condition is not None:
            yield from _check_condition(f"{at}.condition", start.condition, frozenset())
        yield from check_capture_names(at, [capture.name for capture in start.captures])
        for number, capture in enumerate(start.captures):
            yield from _check_operand(f"{at}.captures[{number}].operand", capture.operand, frozenset())


def _check_step(at: str, step: Step, known: frozenset[str]) -> Iterator[Fault]:
    for place, condition in conditions_of(step):
        yield from _check_condition(f"{at}.{place}", condition, known)
    yield from check_capture_names(at, [capture.name for capture in captures_of(step)])
    for place, operand in operands_of(step):
        yield from _check_operand(f"{at}.{place}", operand, known)
    if isinstance(step, WaitThenCheck):
        for position, path in enumerate(step.paths):
            if path.event is None and reads_event(path.condition):
                yield Fault("event_missing", f"{at}.paths[{position}].event")


def _check_condition(at: str, condition: Condition, known: frozenset[str]) -> Iterator[Fault]:
    for found in list_faults(condition):
        if found.severity == "error":
            place = f"{at}.{found.where}" if found.where else at
            yield Fault("condition_invalid", place, {"en": found.say("en"), "it": found.say("it")})
    yield from _check_names(at, captured_names_in(condition), known)


def _check_operand(at: str, operand: Operand, known: frozenset[str]) -> Iterator[Fault]:
    if isinstance(operand, Captured):
        yield from _check_names(at, (operand.name,), known)
    elif isinstance(operand, Attribute | EventProperty):
        yield from _check_path(at, operand.path)


def _check_path(at: str, path: str) -> Iterator[Fault]:
    try:
        parse_path(path)
    except ValueError:
        yield Fault("path_malformed", at, {"path": clip(path)})


def _check_names(at: str, names: Iterable[str], known: frozenset[str]) -> Iterator[Fault]:
    for name in dict.fromkeys(names):
        if name not in known:
            yield Fault("captured_unknown", at, {"name": clip(name)})


def _names_anywhere(graph: Graph) -> frozenset[str]:
    names = {capture.name for start in graph.starts for capture in start.captures}
    for step in graph.steps.values():
        names.update(names_captured_by(step))
    return frozenset(names)


def _names_before(graph: Graph) -> dict[str, frozenset[str]]:
    """Return for each step the names that a start, or a step from which it can be reached, may capture."""
    from_start = frozenset(capture.name for start in graph.starts for capture in start.captures)
    followers = followers_of(graph)
    names = dict.fromkeys(graph.steps, from_start)
    for id, step in graph.steps.items():
        captured = names_captured_by(step)
        if captured:
            for later in reachable_from(followers[id], followers):
                names[later] |= captured
    return names
