"""Which segments mention what: so that a fact is held only against those that it may concern. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

import msgspec

from percorso.conditions.growth import Growth
from percorso.segments.membership import CompiledNeed, CompiledSegment
from percorso.segments.order import sort_by_reference

Places = tuple[int, ...]
"""Places in `Watch.segments`, ascending: the order of reference."""


class Watch(msgspec.Struct, frozen=True):
    """The segments of one workspace in one bucket, each after those that it refers to, and what each mentions.

    `by_need` says with each place what one more fact of the need can do there.
    """

    segments: tuple[CompiledSegment, ...]
    places: Mapping[UUID, int]
    by_root: Mapping[str, Places]
    by_reference: Mapping[UUID, Places]
    by_need: Mapping[str, tuple[tuple[int, Growth], ...]]
    by_standing: Mapping[str, Places]
    needs: Mapping[str, CompiledNeed]
    needs_by_name: Mapping[str, tuple[CompiledNeed, ...]]


class Lookback(msgspec.Struct, frozen=True):
    """Needs of which nothing is kept: they are folded for a contact when somebody asks."""

    needs: tuple[CompiledNeed, ...]
    by_name: Mapping[str, tuple[CompiledNeed, ...]]


def build_lookback(needs: Iterable[CompiledNeed]) -> Lookback:
    """Return these needs by the names of the facts that they listen to."""
    listed = tuple(needs)
    return Lookback(listed, _index_names(listed))


def build_watch(segments: Iterable[CompiledSegment]) -> Watch:
    """Return the watch over these segments, given in any order."""
    known = {segment.segment_id: segment for segment in segments}
    order = sort_by_reference({id: segment.references for id, segment in known.items()})
    ordered = tuple(known[id] for id in order)
    by_root: defaultdict[str, list[int]] = defaultdict(list)
    by_reference: defaultdict[UUID, list[int]] = defaultdict(list)
    by_need: defaultdict[str, list[tuple[int, Growth]]] = defaultdict(list)
    by_standing: defaultdict[str, list[int]] = defaultdict(list)
    needs: dict[str, CompiledNeed] = {}
    for place, segment in enumerate(ordered):
        for root in segment.roots:
            by_root[root].append(place)
        for id in segment.references:
            by_reference[id].append(place)
        for need in segment.needs:
            by_need[need.key].append((place, segment.growth.get(need.key, 0)))
            needs.setdefault(need.key, need)
        for standing in segment.standings:
            by_standing[standing].append(place)
    return Watch(
        segments=ordered,
        places={id: place for place, id in enumerate(order)},
        by_root={key: tuple(found) for key, found in by_root.items()},
        by_reference={key: tuple(found) for key, found in by_reference.items()},
        by_need={key: tuple(found) for key, found in by_need.items()},
        by_standing={key: tuple(found) for key, found in by_standing.items()},
        needs=needs,
        needs_by_name=_index_names(needs.values()),
    )


def _index_names(needs: Iterable[CompiledNeed]) -> dict[str, tuple[CompiledNeed, ...]]:
    by_name: defaultdict[str, list[CompiledNeed]] = defaultdict(list)
    for need in needs:
        for name in need.names:
            by_name[name].append(need)
    return {name: tuple(found) for name, found in by_name.items()}


NO_SEGMENTS: Final = build_watch(())
"""The watch of a workspace without segments."""
