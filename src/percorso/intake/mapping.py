"""Foreign names and properties into ours, by the tables of `vocabulary`: pure."""

from collections.abc import Mapping
from typing import Any, Final, cast

from percorso.intake.vocabulary import ADDED, EVENTS, PRODUCT, PROPERTIES, TRAITS

Tree = dict[str, Any]

_LISTED: Final = ("completedOrder", "abandonedCart", "abandonedSession")
"""Events whose `products[]` are renamed."""

MAXIMUM_PATH: Final = 200
"""Characters of the longest attribute path: longer ones do not fit the index of changes."""


class UnmappableError(ValueError):
    """A trait cannot become an attribute; the message says why."""


def map_event(name: str, properties: Tree) -> tuple[str, Tree, Tree | None]:
    """Return our name and properties, and the original {event, properties} if anything changed, else None."""
    ours = EVENTS.get(name, name)
    mapped = map_properties(ours, properties)
    if ours != name:
        mapped = {**ADDED.get(name, {}), **mapped}
        if ours.startswith("generic"):
            mapped = {**mapped, "name": name}
    if ours == name and mapped is properties:
        return name, properties, None
    return ours, mapped, {"event": name, "properties": properties}


def map_properties(name: str, properties: Tree) -> Tree:
    """Return the properties of the known event `name` in our words; the very same if nothing was to do."""
    renames = PROPERTIES.get(name)
    mapped = properties
    if renames is not None and not renames.keys().isdisjoint(properties):
        mapped = rename(properties, renames)
    if name in _LISTED and isinstance(properties.get("products"), list):
        items = cast("list[Any]", properties["products"])
        products = [rename(cast("Tree", item), PRODUCT) if isinstance(item, dict) else item for item in items]
        if any(new is not old for new, old in zip(products, items, strict=True)):
            mapped = {**mapped, "products": products}
    return mapped


def rename(tree: Tree, renames: Mapping[str, str]) -> Tree:
    """Return the tree with its keys renamed to paths; what is at a path already stays, and so does its rival."""
    mapped: Tree | None = None
    for key, path in renames.items():
        if key not in tree:
            continue
        value = tree[key]
        if path.endswith("[]"):
            path = path[:-2]
            if not isinstance(value, list):
                value = [value]
            elif path == key:
                continue
        changed = dict(tree) if mapped is None else mapped
        if path == key:
            changed[key] = value
        elif _put(changed, path.split("."), value):
            del changed[key]
        else:
            continue
        mapped = changed
    return tree if mapped is None else mapped


def _put(tree: Tree, path: list[str], value: Any) -> bool:
    """Put the value at the path unless something is there or in the way, and say whether."""
    key, *rest = path
    if not rest:
        if key in tree:
            return False
        tree[key] = value
        return True
    below = tree.get(key, {})
    if not isinstance(below, dict):
        return False
    below = dict(cast("Tree", below))
    if not _put(below, rest, value):
        return False
    tree[key] = below
    return True


def map_traits(traits: Tree) -> tuple[Tree, list[str]]:
    """Return attributes to set, by dotted path, and paths to clear (those given as null).

    Objects are taken apart, so that a part that is not named stays; lists are values. Raises UnmappableError.
    """
    changes: Tree = {}
    clear: list[str] = []
    _take_apart(traits, "", changes, clear)
    return changes, clear


def _take_apart(tree: Tree, prefix: str, changes: Tree, clear: list[str]) -> None:
    for key, value in tree.items():
        if not all(key.split(".")):
            raise UnmappableError(
                f"The trait {key[:60]!r} cannot be an attribute: part of its name is empty."
            )
        path = TRAITS.get(f"{prefix}{key}", f"{prefix}{key}")
        if len(path) > MAXIMUM_PATH:
            raise UnmappableError(
                f"The trait {path[:60]}… has a name of more than {MAXIMUM_PATH} characters."
            )
        if isinstance(value, dict) and value:
            _take_apart(cast("Tree", value), f"{path}.", changes, clear)
        elif value is None:
            clear.append(path)
        elif path not in changes or path == f"{prefix}{key}":
            changes[path] = value
