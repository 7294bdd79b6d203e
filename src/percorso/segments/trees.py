"""What a condition tree mentions: so that a change is held only against the segments that it may concern. Pure."""

from collections.abc import Iterator
from functools import reduce
from uuid import UUID

from percorso.conditions.model import (
    All,
    AnyOf,
    Attribute,
    Condition,
    ConsentTest,
    FirstOrLast,
    Followed,
    Happened,
    IdentityTest,
    Leaf,
    Membership,
    MessageTest,
    Not,
    Pattern,
    StatusTest,
    Test,
)
from percorso.segments.model import SEGMENT_FACTS, Definition, Filter, Link


def to_condition(definition: Definition) -> Condition:
    """Return the condition of a definition; a combination becomes memberships, from left to right."""
    if isinstance(definition, Filter):
        return definition.condition
    return reduce(_combine, definition.then, _member(definition.first))


def list_leaves(tree: Condition) -> Iterator[Leaf]:
    """Yield every leaf of a tree, those inside patterns and judged facts included."""
    match tree:
        case All(conditions) | AnyOf(conditions):
            for condition in conditions:
                yield from list_leaves(condition)
        case Not(condition):
            yield from list_leaves(condition)
        case Happened(pattern):
            yield tree
            yield from _list_inside(pattern)
        case FirstOrLast():
            yield tree
            yield from _list_inside(tree.pattern)
            yield from list_leaves(tree.condition)
        case Followed(first, then):
            yield tree
            yield from _list_inside(first)
            yield from _list_inside(then)
        case _:
            yield tree


def list_own_tests(tree: Condition) -> Iterator[Test]:
    """Yield the tests of a tree that stand by themselves: not those about a fact that it looks back on."""
    match tree:
        case All(conditions) | AnyOf(conditions):
            for condition in conditions:
                yield from list_own_tests(condition)
        case Not(condition):
            yield from list_own_tests(condition)
        case Test():
            yield tree
        case _:
            return


def list_segments(tree: Condition) -> tuple[UUID, ...]:
    """Return the segments that a tree asks about, each once."""
    found = (leaf.id for leaf in list_leaves(tree) if isinstance(leaf, Membership) and leaf.of == "segment")
    return tuple(dict.fromkeys(found))


def list_groups(tree: Condition) -> tuple[UUID, ...]:
    """Return the groups that a tree asks about, each once."""
    found = (leaf.id for leaf in list_leaves(tree) if isinstance(leaf, Membership) and leaf.of == "group")
    return tuple(dict.fromkeys(found))


def list_lists(tree: Condition) -> tuple[UUID, ...]:
    """Return the lists that a tree names, each once."""
    found: dict[UUID | None, None] = {}
    for leaf in list_leaves(tree):
        if isinstance(leaf, StatusTest):
            found[leaf.list_id] = None
        elif isinstance(leaf, MessageTest):
            found[leaf.scope.list_id] = None
    return tuple(id for id in found if id is not None)


def list_roots(tree: Condition) -> frozenset[str]:
    """Return the first names of all attributes that a tree reads; `identities` where it asks for those."""
    roots: set[str] = set()
    for leaf in list_leaves(tree):
        if isinstance(leaf, IdentityTest):
            roots.add("identities")
        if isinstance(leaf, Test) and leaf.source == "attribute":
            roots.add(_root(leaf.path))
        if isinstance(leaf, Test | Happened | MessageTest):
            roots.update(_root(operand.path) for operand in leaf.operands if isinstance(operand, Attribute))
    return frozenset(roots)


def list_standings(tree: Condition) -> frozenset[str]:
    """Return the kinds of facts, beside the profile's, that a tree's leaves stand and fall with."""
    kinds: set[str] = set()
    for leaf in list_leaves(tree):
        match leaf:
            case Membership(of="group"):
                kinds.add("group")
            case StatusTest():
                kinds.add("status")
            case ConsentTest():
                kinds.add("consent")
            case _:
                continue
    return frozenset(kinds)


def list_segment_patterns(tree: Condition) -> tuple[str, ...]:
    """Return the names of facts about segments that a tree looks back on: it must not, see `faults`."""
    names: dict[str, None] = {}
    for leaf in list_leaves(tree):
        patterns: tuple[Pattern, ...] = ()
        if isinstance(leaf, Happened | FirstOrLast):
            patterns = (leaf.pattern,)
        elif isinstance(leaf, Followed):
            patterns = (leaf.first, leaf.then)
        for pattern in patterns:
            names.update(dict.fromkeys(name for name in pattern.events if name in SEGMENT_FACTS))
    return tuple(names)


def _list_inside(pattern: Pattern) -> Iterator[Leaf]:
    if pattern.where is not None:
        yield from list_leaves(pattern.where)


def _root(path: str) -> str:
    return path.partition(".")[0].removesuffix("[]")


def _member(segment_id: UUID) -> Condition:
    return Membership(of="segment", id=segment_id)


def _combine(left: Condition, link: Link) -> Condition:
    right = _member(link.segment_id)
    if link.operator == "and":
        return All((left, right))
    if link.operator == "or":
        return AnyOf((left, right))
    return All((left, Not(right)))
