"""A journey as kept, and what may be done with it in which state. Pure."""

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from percorso.conditions.codec import MAX_JSON_DEPTH, measure_depth
from percorso.journeys.decode import decode_graph
from percorso.journeys.errors import UnreadableGraphError
from percorso.journeys.graph import Graph

JourneyState = Literal["draft", "ready", "active", "paused", "archived", "failed"]
"""Where a journey stands (spec 3.10): Active shows as ON, Ready and Paused as OFF, Draft as draft."""

Verb = Literal["edited", "published", "activated", "paused", "resumed", "archived", "deleted", "entered"]
"""What can be done with a journey."""

ALLOWED: Final[dict[Verb, frozenset[JourneyState]]] = {
    "edited": frozenset({"draft", "ready", "active", "paused", "failed"}),
    "published": frozenset({"draft", "ready", "active", "paused", "failed"}),
    "activated": frozenset({"ready"}),
    "paused": frozenset({"active"}),
    "resumed": frozenset({"paused", "failed"}),
    "archived": frozenset({"draft", "ready", "active", "paused", "failed"}),
    "deleted": frozenset({"draft", "ready", "archived"}),
    "entered": frozenset({"active"}),
}
"""In which states each can be done."""

MAXIMUM_GRAPH_DEPTH: Final = MAX_JSON_DEPTH + 20
"""Levels of arrays and objects in the JSON of a graph."""

MAXIMUM_GRAPH_BYTES: Final = 1_000_000
"""Bytes of JSON in a graph."""


class Journey(msgspec.Struct, frozen=True, kw_only=True):
    """A journey as kept. `draft` is the JSON of its next version, None when nothing was edited since the last;
    `tests` that of the tests that it carries, run before the draft is published.
    """

    id: UUID
    workspace_id: UUID
    list_id: UUID
    name: str
    description: str
    tags: list[str]
    state: JourneyState
    version: int | None
    draft: Any
    tests: list[dict[str, Any]]
    created_at: datetime
    modified_at: datetime
    activated_at: datetime | None


def may_be(verb: Verb, state: JourneyState) -> bool:
    """Whether a journey in this state can be edited, published, …"""
    return state in ALLOWED[verb]


def convert_graph(value: Any) -> Graph:
    """Return the graph in decoded JSON; raises UnreadableGraphError with all that cannot be read of it.

    It is well-formed, not yet checked.
    """
    if measure_depth(value) > MAXIMUM_GRAPH_DEPTH:
        raise UnreadableGraphError("it is nested too deeply")
    try:
        if len(msgspec.json.encode(value)) > MAXIMUM_GRAPH_BYTES:
            raise UnreadableGraphError(f"it is larger than {MAXIMUM_GRAPH_BYTES} bytes")
    except (UnicodeEncodeError, TypeError) as error:
        raise UnreadableGraphError(str(error)) from None
    graph, faults = decode_graph(value)
    if graph is None:
        raise UnreadableGraphError.of(faults)
    return graph
