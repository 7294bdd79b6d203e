"""Which fields, events, groups and journeys a graph names, each with its place: what a check holds against the workspace.

Pure.
"""

from collections.abc import Iterator

from percorso.conditions.model import Attribute, Condition, EventProperty, Operand
from percorso.journeys.graph import (
    ActivityStart,
    Capture,
    DateStart,
    End,
    EventStart,
    Experiment,
    FieldChangeStart,
    FieldStart,
    Graph,
    GroupMove,
    GroupStart,
    LeaveJourney,
    React,
    SegmentStart,
    StartJourney,
    UpdateContact,
    WaitThenCheck,
)
from percorso.journeys.trees import conditions_of, operands_of, tests_of


def list_fields(graph: Graph) -> Iterator[tuple[str, str]]:
    """Yield the place and path of each attribute that the graph reads, each path once a place."""
    seen: set[tuple[str, str]] = set()
    for found in _list_fields(graph):
        if found not in seen:
            seen.add(found)
            yield found


def _list_fields(graph: Graph) -> Iterator[tuple[str, str]]:
    for position, start in enumerate(graph.starts):
        at = f"starts[{position}]"
        if isinstance(start, DateStart | FieldChangeStart) and start.field:
            yield f"{at}.field", start.field
        yield from ((f"{at}.condition", path) for path in _attributes_in(start.condition))
        yield from ((f"{at}.captures", path) for path in _attributes_of(start.captures))
    for at, exits in (("removals", graph.removals), ("goals", graph.goals)):
        for position, exit in enumerate(exits):
            yield from ((f"{at}[{position}].condition", path) for path in _attributes_in(exit.condition))
    for position, condition in enumerate(graph.options.filters):
        yield from ((f"options.filters[{position}]", path) for path in _attributes_in(condition))
    for id, step in graph.steps.items():
        for place, condition in conditions_of(step):
            yield from ((f"steps.{id}.{place}", path) for path in _attributes_in(condition))
        for place, operand in operands_of(step):
            if isinstance(operand, Attribute):
                yield f"steps.{id}.{place}", operand.path


def list_events(graph: Graph) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield the place and name of each event that the graph waits for, with the properties that it reads of it."""
    for position, start in enumerate(graph.starts):
        if isinstance(start, EventStart) and start.event:
            read = (*_properties_in(start.condition), *_properties_of(start.captures))
            yield f"starts[{position}].event", start.event, tuple(dict.fromkeys(read))
    for at, exits in (("removals", graph.removals), ("goals", graph.goals)):
        for position, exit in enumerate(exits):
            if exit.event:
                yield f"{at}[{position}].event", exit.event, tuple(_properties_in(exit.condition))
    for id, step in graph.steps.items():
        at = f"steps.{id}"
        if isinstance(step, React):
            read = [*_properties_in(step.condition), *_properties_of(step.captures)]
            read += [path for way in step.paths for path in _properties_in(way.condition)]
            yield f"{at}.event", step.event, tuple(dict.fromkeys(read))
        elif isinstance(step, WaitThenCheck):
            for position, way in enumerate(step.paths):
                if way.event:
                    yield f"{at}.paths[{position}].event", way.event, tuple(_properties_in(way.condition))
        elif isinstance(step, Experiment):
            yield f"{at}.goal.event", step.goal.event, tuple(_properties_in(step.goal.condition))


def list_groups(graph: Graph) -> Iterator[tuple[str, str]]:
    """Yield the place and id of each group that a start, an option or a step names; conditions aside."""
    for position, start in enumerate(graph.starts):
        if isinstance(start, GroupStart):
            yield f"starts[{position}].groupId", start.group_id
    options = graph.options
    for at, groups in (("includeGroups", options.include_groups), ("excludeGroups", options.exclude_groups)):
        yield from ((f"options.{at}[{position}]", group) for position, group in enumerate(groups))
    for id, step in graph.steps.items():
        moves: list[tuple[str, GroupMove]] = []
        if isinstance(step, UpdateContact):
            moves = [(f"steps.{id}.groups[{position}]", move) for position, move in enumerate(step.groups)]
        elif isinstance(step, End) and step.group is not None:
            moves = [(f"steps.{id}.group", step.group)]
        for at, move in moves:
            yield f"{at}.groupId", move.group_id
            if move.action == "move" and move.from_group_id is not None:
                yield f"{at}.fromGroupId", move.from_group_id


def list_segments(graph: Graph) -> Iterator[tuple[str, str]]:
    """Yield the place and id of each segment that a start names, as a saved filter too; conditions aside."""
    for position, start in enumerate(graph.starts):
        if isinstance(start, SegmentStart):
            yield f"starts[{position}].segmentId", start.segment_id
        elif isinstance(start, FieldStart | ActivityStart) and start.filter_id is not None:
            yield f"starts[{position}].filterId", start.filter_id


def list_journeys(graph: Graph) -> Iterator[tuple[str, str]]:
    """Yield the place and id of each journey that a step starts or leaves."""
    for id, step in graph.steps.items():
        if isinstance(step, StartJourney | LeaveJourney):
            yield f"steps.{id}.journeyId", step.journey_id


def _attributes_in(condition: Condition | None) -> Iterator[str]:
    for test in tests_of(condition):
        if test.source == "attribute":
            yield test.path
        yield from (operand.path for operand in test.operands if isinstance(operand, Attribute))


def _properties_in(condition: Condition | None) -> Iterator[str]:
    for test in tests_of(condition):
        if test.source == "event":
            yield test.path
        yield from (operand.path for operand in test.operands if isinstance(operand, EventProperty))


def _attributes_of(captures: tuple[Capture, ...]) -> Iterator[str]:
    operands: list[Operand] = [capture.operand for capture in captures]
    yield from (operand.path for operand in operands if isinstance(operand, Attribute))


def _properties_of(captures: tuple[Capture, ...]) -> Iterator[str]:
    operands: list[Operand] = [capture.operand for capture in captures]
    yield from (operand.path for operand in operands if isinstance(operand, EventProperty))
