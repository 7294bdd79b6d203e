"""Everything wrong with a definition at once. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final
from uuid import UUID

from percorso.conditions import list_faults as list_condition_faults
from percorso.conditions.model import Captured, EventProperty, Test
from percorso.segments.faults import DefinitionError, Fault
from percorso.segments.model import Combination, Definition, Filter, Segment
from percorso.segments.order import find_circle, list_references
from percorso.segments.trees import list_groups, list_lists, list_own_tests, list_segment_patterns

MAX_LINKS: Final = 100
"""Segments of one combination, at most."""


def list_faults(
    known: Mapping[UUID, Segment],
    segment_id: UUID,
    definition: Definition,
    there: Collection[UUID],
) -> list[Fault]:
    """Return what is wrong with a definition that segment `segment_id` is to have, among the workspace's segments.

    `there` are those of the groups and lists that it names that the workspace has.
    """
    faults = list(_list_own_faults(definition))
    groups, lists = list_named(definition)
    faults.extend(Fault("group_unknown", "condition") for id in groups if id not in there)
    faults.extend(Fault("list_unknown", "condition") for id in lists if id not in there)
    references = list_references(definition)
    for id in references:
        if id == segment_id:
            continue
        if id not in known:
            faults.append(Fault("segment_unknown", _place_of(definition, id)))
        elif not known[id].enabled:
            faults.append(
                Fault("segment_disabled", _place_of(definition, id), {"name": known[id].name}, "warning")
            )
    edges = {id: list_references(segment.definition) for id, segment in known.items()}
    edges[segment_id] = references
    circle = find_circle(segment_id, edges)
    if circle:
        names = [known[id].name if id in known else "…" for id in circle]
        faults.append(Fault("circle", "", {"names": " → ".join([*names, names[0]])}))
    return faults


def check_faults(faults: Iterable[Fault]) -> None:
    """Raise DefinitionError with all the faults that keep a definition from being saved, if there are any."""
    errors = [fault for fault in faults if fault.severity == "error"]
    if errors:
        raise DefinitionError(errors)


def list_named(definition: Definition) -> tuple[tuple[UUID, ...], tuple[UUID, ...]]:
    """Return the groups and the lists that a definition names."""
    if not isinstance(definition, Filter):
        return (), ()
    return list_groups(definition.condition), list_lists(definition.condition)


def _list_own_faults(definition: Definition) -> Iterator[Fault]:
    if isinstance(definition, Combination):
        if len(definition.then) > MAX_LINKS:
            yield Fault("too_many_links", "then", {"maximum": MAX_LINKS})
        return
    for fault in list_condition_faults(definition.condition):
        place = f"condition.{fault.where}" if fault.where else "condition"
        said = {"en": fault.say("en"), "it": fault.say("it")}
        yield Fault("condition_invalid", place, said, fault.severity)
    for name in list_segment_patterns(definition.condition):
        yield Fault("looks_back_on_segments", "condition", {"name": name})
    for test in list_own_tests(definition.condition):
        if test.source == "captured" or _has_operand(test, Captured):
            yield Fault("reads_a_run", "condition")
        elif test.source == "event" or _has_operand(test, EventProperty):
            yield Fault("reads_an_event", "condition")


def _has_operand(test: Test, kind: type) -> bool:
    return any(isinstance(operand, kind) for operand in test.operands)


def _place_of(definition: Definition, segment_id: UUID) -> str:
    if isinstance(definition, Filter):
        return "condition"
    if definition.first == segment_id:
        return "first"
    places = (place for place, link in enumerate(definition.then) if link.segment_id == segment_id)
    return f"then.{next(places)}.segmentId"
