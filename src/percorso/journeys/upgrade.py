"""Graphs as older releases stored them, read as this one writes them: what is published is never changed. Pure."""

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from percorso.journeys.graph import Graph


def upgrade_graph(value: Any) -> Any:
    """Return the JSON of a graph as this release writes it; what is no graph is returned as it is.

    Before there were other starts, an event start did not say its kind.
    """
    if not isinstance(value, Mapping):
        return value
    graph = cast("Mapping[str, Any]", value)
    starts = graph.get("starts")
    if not isinstance(starts, list | tuple):
        return graph
    return {**graph, "starts": [_upgrade_start(start) for start in cast("list[Any]", starts)]}


def _upgrade_start(start: Any) -> Any:
    if not isinstance(start, Mapping):
        return start
    fields = cast("Mapping[str, Any]", start)
    return fields if "kind" in fields or "event" not in fields else {"kind": "event", **fields}


def read_graph(stored: str | bytes) -> Graph:
    """Return the graph of a version as stored, whichever release stored it; raises msgspec.MsgspecError."""
    return msgspec.convert(upgrade_graph(msgspec.json.decode(stored)), Graph)
