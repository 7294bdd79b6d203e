"""What is wrong with a tree, all of it at once: faults that stop it, and conditions without effect."""

from collections.abc import Collection, Iterator
from typing import Final

import msgspec

from percorso.conditions.check_past import list_events, list_leaf_faults, list_parts
from percorso.conditions.check_tests import below, list_test_faults
from percorso.conditions.codec import MAX_DEPTH
from percorso.conditions.errors import ConditionError
from percorso.conditions.faults import Fault, Severity
from percorso.conditions.idle import list_idle
from percorso.conditions.model import (
    All,
    AnyOf,
    Attribute,
    Captured,
    Condition,
    EventProperty,
    Happened,
    Leaf,
    Not,
    Operand,
    Source,
    Test,
)

MAX_CONDITIONS: Final = 100
"""Leaves and the tests inside them in one tree, at most."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What exists where a tree is used; None: any name will do.

    `captured_names` are what the run can have captured, `paths` the attributes and event properties, `events` the
    names of facts.
    """

    captured_names: Collection[str] | None = None
    paths: Collection[tuple[Source, str]] | None = None
    events: Collection[str] | None = None


def list_faults(
    tree: Condition,
    *,
    captured_names: Collection[str] | None = None,
    known_paths: Collection[tuple[Source, str]] | None = None,
    known_events: Collection[str] | None = None,
    tests_only: bool = False,
) -> tuple[Fault, ...]:
    """Return everything wrong with a tree, in its order; empty if nothing is.

    `captured_names` are what the run can have captured, `known_paths` the attributes and event properties
    that exist, `known_events` the names of facts; None: any name will do. `tests_only` refuses all leaves but tests,
    where nothing is known of the contact's past and standing.
    """
    leaves, faults = _walk(tree)
    known = Known(captured_names=captured_names, paths=known_paths, events=known_events)
    if len(leaves) > MAX_CONDITIONS:
        faults.append(Fault("too_many", "", arguments={"count": len(leaves), "limit": MAX_CONDITIONS}))
    for where, leaf, is_inside in leaves:
        faults.extend(_list_faults_of(where, leaf, is_inside=is_inside, tests_only=tests_only))
        faults.extend(_list_unknown(where, leaf, known))
    if not faults:
        faults.extend(list_idle(tree))
    return tuple(faults)


def check_condition(
    tree: Condition,
    *,
    captured_names: Collection[str] | None = None,
    known_paths: Collection[tuple[Source, str]] | None = None,
) -> None:
    """Raise ConditionError with every fault that keeps a tree from being compiled; warnings pass."""
    faults = list_faults(tree, captured_names=captured_names, known_paths=known_paths)
    errors = tuple(fault for fault in faults if fault.severity == "error")
    if errors:
        raise ConditionError(errors)


def _list_faults_of(where: str, leaf: Leaf, *, is_inside: bool, tests_only: bool) -> Iterator[Fault]:
    if isinstance(leaf, Test):
        yield from list_test_faults(where, leaf)
        return
    kind = msgspec.to_builtins(leaf)["kind"]
    if is_inside:
        yield Fault("nested", where, arguments={"kind": kind})
    elif tests_only:
        yield Fault("not_supported_yet", where, arguments={"kind": kind})
    else:
        yield from list_leaf_faults(where, leaf)


def _walk(tree: Condition) -> tuple[list[tuple[str, Leaf, bool]], list[Fault]]:
    """Return every leaf with where it stands and whether inside another, without recursing: depth may be any."""
    leaves: list[tuple[str, Leaf, bool]] = []
    waiting: list[tuple[str, Condition, int, bool]] = [("", tree, 0, False)]
    while waiting:
        where, node, depth, is_inside = waiting.pop()
        if depth > MAX_DEPTH:
            return [], [Fault("too_deep", "", arguments={"limit": MAX_DEPTH})]
        if isinstance(node, Not):
            waiting.append((below(where, "condition"), node.condition, depth + 1, is_inside))
        elif isinstance(node, All | AnyOf):
            waiting.extend(
                (below(where, f"conditions.{position}"), condition, depth + 1, is_inside)
                for position, condition in reversed(list(enumerate(node.conditions)))
            )
        else:
            leaves.append((where, node, is_inside))
            parts = reversed(list_parts(node))
            waiting.extend((below(where, place), part, depth + 1, True) for place, part in parts)
        if len(leaves) + len(waiting) > 100 * MAX_CONDITIONS:
            count = {"count": len(leaves) + len(waiting), "limit": MAX_CONDITIONS}
            return [], [Fault("too_many", "", arguments=count)]
    return leaves, []


def _list_unknown(where: str, leaf: Leaf, known: Known) -> Iterator[Fault]:
    for source, path in _list_read(leaf):
        if source == "captured":
            if known.captured_names is not None and path not in known.captured_names:
                yield Fault("captured_unknown", where, arguments={"name": path})
        elif known.paths is not None and (source, path) not in known.paths:
            severity: Severity = "warning"
            yield Fault("path_unknown", where, severity, {"path": path})
    for event in list_events(leaf):
        if known.events is not None and event not in known.events:
            yield Fault("event_unknown", where, "warning", {"event": event})


def _list_read(leaf: Leaf) -> Iterator[tuple[Source, str]]:
    if isinstance(leaf, Test):
        yield leaf.source, leaf.path
    operands: tuple[Operand, ...] = getattr(leaf, "operands", ())
    for operand in operands:
        if isinstance(operand, Captured):
            yield "captured", operand.name
        elif isinstance(operand, Attribute):
            yield "attribute", operand.path
        elif isinstance(operand, EventProperty):
            yield "event", operand.path
    if isinstance(leaf, Happened) and leaf.path:
        yield "event", leaf.path
