"""The one way to write a graph: steps as a reader meets them, defaults left out. Pure.

So the same graph is the same text, and a file in git changes only where the journey does.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec

from percorso.journeys.files import write_file
from percorso.journeys.graph import Graph
from percorso.journeys.shape import followers_of


def order_steps(graph: Graph) -> list[str]:
    """Return the ids of the steps, breadth first from the first one; what cannot be reached comes last."""
    followers = followers_of(graph)
    found: dict[str, None] = {}
    waiting = deque([graph.first] if graph.first in graph.steps else [])
    while waiting:
        id = waiting.popleft()
        if id not in found:
            found[id] = None
            waiting.extend(followers[id])
    return [*found, *(id for id in graph.steps if id not in found)]


def canonical_graph(graph: Graph) -> dict[str, Any]:
    """Return the graph as JSON values, written the one way; reading it gives the same graph."""
    steps = {id: graph.steps[id] for id in order_steps(graph)}
    written: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(graph, steps=steps))
    for start in written["starts"]:
        if start["kind"] == "event":
            # As it was written before there were other kinds.
            del start["kind"]
    options = written.get("options")
    if options is not None and options.get("sending") == {}:
        del options["sending"]
    first = (
        "starts",
        "removals",
        "goals",
        "removalHasPriority",
        "reentry",
        "rounds",
        "options",
        "first",
        "steps",
    )
    return {name: _plain(written[name]) for name in (*first, *written) if name in written}


def _plain(value: Any) -> Any:
    """Return the JSON with whole numbers written as such: 50 and 50.0 are the same percentage."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in cast("list[Any]", value)]
    return value


def write_journey(
    name: str,
    description: str,
    tags: list[str],
    graph: Graph,
    tests: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Return the journey as canonical YAML: the same journey is always the same text."""
    return write_file(name, description, tags, canonical_graph(graph), tests)
