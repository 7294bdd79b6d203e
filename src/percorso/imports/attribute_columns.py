"""Attributes of many contacts as columns: only what was chosen is made of their JSON. Pure."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from percorso.contacts.attributes import find_value

_DEEPEST: Final = 8
_Branch = dict[str, "_Branch"]

Column = list[Any]
"""A value for each contact; None for null and for what is not there."""


class AttributeColumns:
    """Reads the values at dotted paths."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = tuple(paths)
        found = _find_shape(self._paths)
        self.shape: Any = dict[str, Any] if found is None else found[0]
        """What the attributes of a contact are decoded into."""
        self._chains = None if found is None else [found[1][path] for path in self._paths]

    def read(self, people: Sequence[Any]) -> list[Column]:
        """Return a column for each path, in their order, of attributes decoded into `shape`."""
        if self._chains is None:
            return [[_or_none(find_value(person, path)) for person in people] for path in self._paths]
        return [_follow(people, chain) for chain in self._chains]


def _find_shape(paths: Sequence[str]) -> tuple[type[msgspec.Struct], dict[str, tuple[str, ...]]] | None:
    """Return a shape of just these paths, and how each is reached through it; None where there is no such shape."""
    tree: _Branch = {}
    for path in paths:
        names = path.split(".")
        if len(names) > _DEEPEST:
            return None
        branch = tree
        for name in names:
            branch = branch.setdefault(name, {})
    # A path and one below it both: the upper one's value is wanted whole.
    if any(other.startswith(f"{path}.") for path in paths for other in paths):
        return None
    try:
        return _shape(tree)
    except ValueError:
        # Names with quotes, backslashes or control characters cannot be fields of a shape.
        return None


def _shape(tree: _Branch) -> tuple[type[msgspec.Struct], dict[str, tuple[str, ...]]]:
    """Return a struct for the objects of a branch, and how each path below is reached through it."""
    fields: list[tuple[str, Any, Any]] = []
    names: dict[str, str] = {}
    chains: dict[str, tuple[str, ...]] = {}
    for number, (name, below) in enumerate(tree.items()):
        field = f"f{number}"
        names[field] = name
        if not below:
            fields.append((field, Any, None))
            chains[name] = (field,)
            continue
        inner, inner_chains = _shape(below)
        # Whatever else may stand there instead of an object has nothing below it.
        fields.append((field, inner | str | int | float | bool | list[Any] | None, None))
        chains |= {f"{name}.{path}": (field, *chain) for path, chain in inner_chains.items()}
    return msgspec.defstruct("Chosen", fields, rename=names, gc=False), chains


def _follow(found: Sequence[Any], chain: Sequence[str]) -> Column:
    first, *others = chain
    values: Column = [getattr(one, first) for one in found]
    for field in others:
        values = [getattr(value, field) if isinstance(value, msgspec.Struct) else None for value in values]
    return values


def _or_none(value: Any) -> Any:
    return None if value is msgspec.UNSET else value
