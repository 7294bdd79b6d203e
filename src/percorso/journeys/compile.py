"""From a graph to a version: everything wrong with it named at once, then everything made fast."""

from uuid import UUID

from percorso.journeys.faults import Fault
from percorso.journeys.graph import Graph
from percorso.journeys.version import Version


def check_graph(graph: Graph) -> list[Fault]:
    """Return everything that is wrong with the graph, in the order of its parts; empty: it can be published."""
    raise NotImplementedError


def compile_version(
    journey_id: UUID, number: int, graph: Graph, time_zone: str, list_id: UUID | None = None
) -> Version:
    """Return the version, ready to be walked; raises GraphError with all faults of the graph."""
    raise NotImplementedError
