"""Small graphs, facts and conditions for the pure tests of journeys."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from percorso.conditions.model import All, Attribute, Captured, Condition, EventProperty, Operand, Test, Value
from percorso.journeys.compile import compile_version
from percorso.journeys.graph import Capture, Duration, EventStart, Graph, Step
from percorso.journeys.version import Version
from percorso.log.model import Fact

JOURNEY = UUID("00000000-0000-8000-8000-00000000a001")
CONTACT = UUID("00000000-0000-8000-8000-00000000c001")
WORKSPACE = UUID("00000000-0000-8000-8000-00000000f001")
LIST = UUID("00000000-0000-8000-8000-000000001157")
TEMPLATE = "00000000-0000-8000-8000-0000000000e1"
OTHER_TEMPLATE = "00000000-0000-8000-8000-0000000000e2"
POOL = "00000000-0000-8000-8000-0000000000b1"
ROME = "Europe/Rome"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""A Monday in winter time, one in the afternoon in Rome."""


def make_graph(steps: dict[str, Step], **parts: Any) -> Graph:
    """Return a graph of these steps, entered by the event `began`, walked from the first."""
    parts.setdefault("starts", (EventStart(id="start", event="began"),))
    parts.setdefault("first", next(iter(steps), ""))
    return Graph(steps=steps, **parts)


def compile_graph(graph: Graph, *, journey_id: UUID = JOURNEY, zone: str = ROME) -> Version:
    """Return version 1 of the graph, in Rome, of the list LIST."""
    return compile_version(journey_id, 1, graph, zone, LIST)


def make_version(steps: dict[str, Step], *, zone: str = ROME, **parts: Any) -> Version:
    """Return version 1 of a journey of these steps."""
    return compile_graph(make_graph(steps, **parts), zone=zone)


def make_fact(
    name: str,
    properties: dict[str, Any] | None = None,
    *,
    offset: int = 1,
    at: datetime = NOON,
    occurred_at: datetime | None = None,
    context: dict[str, Any] | None = None,
    message_id: str | None = None,
    contact_id: UUID = CONTACT,
) -> Fact:
    """Return an event of the contact, received at `at`."""
    return Fact(
        bucket=1,
        offset=offset,
        workspace_id=WORKSPACE,
        contact_id=contact_id,
        kind="event",
        name=name,
        message_id=message_id or f"{name}-{offset}",
        occurred_at=occurred_at or at,
        received_at=at,
        properties=properties or {},
        context=context,
        origin="api",
        historical=False,
        depth=0,
    )


def minutes(amount: int) -> Duration:
    return Duration(amount, "minutes")


def hours(amount: int) -> Duration:
    return Duration(amount, "hours")


def days(amount: int) -> Duration:
    return Duration(amount, "days")


def of_event(path: str, operator: str, value: Any, type: str = "text") -> Test:
    """Return a test of the event at hand against a constant or an operand."""
    return _test("event", path, operator, value, type)


def of_profile(path: str, operator: str, value: Any, type: str = "text") -> Test:
    """Return a test of the contact's attribute."""
    return _test("attribute", path, operator, value, type)


def of_captured(name: str, operator: str, value: Any, type: str = "text") -> Test:
    """Return a test of a captured value."""
    return _test("captured", name, operator, value, type)


def _test(source: Any, path: str, operator: str, value: Any, type: Any) -> Test:
    operand: Operand = (
        value if isinstance(value, Value | Captured | Attribute | EventProperty) else Value(value)
    )
    return Test(source=source, path=path, type=type, operator=operator, operands=(operand,))


def both(*conditions: Condition) -> All:
    return All(conditions)


def capture(name: str, path: str) -> Capture:
    """Return the capture of a property of the event at hand."""
    return Capture(name, EventProperty(path))
