"""What of a graph no shell carries out yet: it can be drawn, checked and simulated, but not published. Pure.

Each release shortens the list; a graph published once never asks for what is on it.
"""

from collections.abc import Iterator
from typing import Final

from percorso.journeys.compile_starts import is_fact
from percorso.journeys.faults import Fault
from percorso.journeys.graph import (
    Experiment,
    Graph,
    PushedStart,
    Step,
)
from percorso.journeys.lookout import is_looked_for

_WORDS: Final = {
    "start": ("This start", "Questo inizio"),
    "step": ("This step", "Questo passo"),
}
"""What is named as not carried, English and Italian."""


def list_uncarried(graph: Graph) -> Iterator[Fault]:
    """Yield a fault for everything in the graph that nothing carries out yet."""
    for position, start in enumerate(graph.starts):
        at = f"starts[{position}]"
        if isinstance(start, PushedStart):
            # Who hands contacts in says that it is met; plans do not yet.
            if start.sources == ("plan",):
                yield _fault("start", at)
        elif not is_fact(start) and not is_looked_for(start):
            yield _fault("start", at)
    for id, step in graph.steps.items():
        yield from _list_step(f"steps.{id}", step)


def _list_step(at: str, step: Step) -> Iterator[Fault]:
    match step:
        case Experiment():
            yield _fault("step", at)
        case _:
            return


def _fault(what: str, at: str) -> Fault:
    en, it = _WORDS[what]
    return Fault("not_carried_yet", at, {"en": en, "it": it})
