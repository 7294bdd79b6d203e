"""What of a graph no shell carries out yet: it can be drawn, checked and simulated, but not published. Pure.

Each release shortens the list; a graph published once never asks for what is on it.
"""

from collections.abc import Iterator
from typing import Final

from percorso.journeys.compile_starts import is_fact
from percorso.journeys.faults import Fault
from percorso.journeys.graph import Graph, PushedStart
from percorso.journeys.lookout import is_looked_for

_START: Final = ("This start", "Questo inizio")
"""What is named as not carried, English and Italian."""


def list_uncarried(graph: Graph) -> Iterator[Fault]:
    """Yield a fault for everything in the graph that nothing carries out yet."""
    for position, start in enumerate(graph.starts):
        at = f"starts[{position}]"
        if isinstance(start, PushedStart):
            # Who hands contacts in says that it is met; plans do not yet.
            if start.sources == ("plan",):
                yield _fault(at)
        elif not is_fact(start) and not is_looked_for(start):
            yield _fault(at)


def _fault(at: str) -> Fault:
    en, it = _START
    return Fault("not_carried_yet", at, {"en": en, "it": it})
