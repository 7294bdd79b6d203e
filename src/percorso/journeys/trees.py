"""What a graph's conditions and operands read: for indexes, and for finding what is never captured."""

from collections.abc import Iterator

from percorso.conditions.model import (
    All,
    AnyOf,
    Captured,
    Condition,
    EventProperty,
    Not,
    Operand,
    Test,
)
from percorso.journeys.graph import (
    AssignCoupon,
    Capture,
    CheckNow,
    Experiment,
    Graph,
    React,
    StartJourney,
    Step,
    UntilDate,
    UpdateContact,
    Wait,
    WaitThenCheck,
    Webhook,
)
from percorso.journeys.values import root_of


def tests_of(condition: Condition | None) -> Iterator[Test]:
    """Yield every test of the tree, in its order."""
    match condition:
        case None:
            return
        case All(conditions) | AnyOf(conditions):
            for inner in conditions:
                yield from tests_of(inner)
        case Not(inner):
            yield from tests_of(inner)
        case Test():
            yield condition
        case _:
            return


def conditions_of(step: Step) -> Iterator[tuple[str, Condition]]:
    """Yield each condition of the step with its place in it."""
    if isinstance(step, React) and step.condition is not None:
        yield "condition", step.condition
    if isinstance(step, Experiment) and step.goal.condition is not None:
        yield "goal.condition", step.goal.condition
    if isinstance(step, CheckNow | WaitThenCheck | React):
        for position, path in enumerate(step.paths):
            if path.condition is not None:
                yield f"paths[{position}].condition", path.condition


def captures_of(step: Step) -> tuple[Capture, ...]:
    """Return what the step captures by itself, beside coupon codes."""
    return step.captures if isinstance(step, React | WaitThenCheck) else ()


def operands_of(step: Step) -> Iterator[tuple[str, Operand]]:
    """Yield each operand of the step outside its conditions, with its place in it."""
    for position, capture in enumerate(captures_of(step)):
        yield f"captures[{position}].operand", capture.operand
    if isinstance(step, Wait) and isinstance(step.until, UntilDate):
        yield "until.operand", step.until.operand
    if isinstance(step, Webhook | StartJourney):
        for name, operand in step.values.items():
            yield f"values.{name}", operand
    if isinstance(step, UpdateContact):
        for position, change in enumerate(step.changes):
            if change.operand is not None:
                yield f"changes[{position}].operand", change.operand
        for position, event in enumerate(step.events):
            for name, operand in event.properties.items():
                yield f"events[{position}].properties.{name}", operand


def names_captured_by(step: Step) -> frozenset[str]:
    """Return the names under which the step keeps values."""
    names = {capture.name for capture in captures_of(step)}
    if isinstance(step, AssignCoupon):
        names.add(step.capture)
    if isinstance(step, Webhook):
        names.update(capture.name for capture in step.captures)
    return frozenset(names)


def captured_names_in(condition: Condition | None) -> Iterator[str]:
    """Yield the captured names that the condition reads."""
    for test in tests_of(condition):
        if test.source == "captured":
            yield test.path
        for operand in test.operands:
            if isinstance(operand, Captured):
                yield operand.name


def reads_event(condition: Condition | None) -> bool:
    """Whether the condition reads the event at hand."""
    return any(
        test.source == "event" or any(isinstance(operand, EventProperty) for operand in test.operands)
        for test in tests_of(condition)
    )


def event_roots(graph: Graph) -> frozenset[str]:
    """Return the properties of events that the steps read, each by the first part of its path."""
    roots: set[str] = set()
    for step in graph.steps.values():
        for _, condition in conditions_of(step):
            for test in tests_of(condition):
                if test.source == "event":
                    roots.add(root_of(test.path))
                roots.update(
                    root_of(operand.path) for operand in test.operands if isinstance(operand, EventProperty)
                )
        for _, operand in operands_of(step):
            if isinstance(operand, EventProperty):
                roots.add(root_of(operand.path))
    return frozenset(roots)
