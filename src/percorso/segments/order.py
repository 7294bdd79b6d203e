"""Which segments refer to which: circles refused, and the order in which they must be judged. Pure."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from percorso.segments.model import Definition
from percorso.segments.trees import list_segments, to_condition


def list_references(definition: Definition) -> tuple[UUID, ...]:
    """Return the segments that a definition refers to, each once, in the order in which it names them."""
    return list_segments(to_condition(definition))


def find_circle(start: UUID, references: Mapping[UUID, Collection[UUID]]) -> tuple[UUID, ...]:
    """Return a way from `start` back to itself, without its end; empty if there is none."""
    came_from: dict[UUID, UUID] = {}
    waiting = [start]
    while waiting:
        here = waiting.pop()
        for there in references.get(here, ()):
            if there == start:
                way = [here]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return tuple(reversed(way))
            if there not in came_from:
                came_from[there] = here
                waiting.append(there)
    return ()


def sort_by_reference(references: Mapping[UUID, Collection[UUID]]) -> list[UUID]:
    """Return the segments so that each comes after those that it refers to, else by id.

    Of segments in a circle, which are refused when saved, the first by id comes first.
    """
    ordered: dict[UUID, None] = {}
    for id in sorted(references):
        _place(id, references, ordered, set())
    return list(ordered)


def _place(
    id: UUID, references: Mapping[UUID, Collection[UUID]], ordered: dict[UUID, None], above: set[UUID]
) -> None:
    """Put what `id` refers to into `ordered`, then `id`; by a list of its own, as chains may be long."""
    waiting: list[tuple[UUID, bool]] = [(id, False)]
    while waiting:
        here, is_done = waiting.pop()
        if is_done:
            ordered.setdefault(here)
        elif here not in ordered and here not in above:
            above.add(here)
            waiting.append((here, True))
            waiting.extend((there, False) for there in _known(references.get(here, ()), references))


def _known(ids: Iterable[UUID], references: Mapping[UUID, Collection[UUID]]) -> list[UUID]:
    return sorted((id for id in ids if id in references), reverse=True)
