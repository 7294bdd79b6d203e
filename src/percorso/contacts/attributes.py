"""Changes of attributes by dotted path: set, clear, append, remove, fill. Nothing given in is changed."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import msgspec

from percorso.contacts.model import AttributeChange

Tree = dict[str, Any]

_encode: Final = msgspec.json.Encoder(order="deterministic").encode


def change_attributes(
    attributes: Tree,
    *,
    set: Mapping[str, Any] | None = None,
    clear: Sequence[str] = (),
    append: Mapping[str, Sequence[Any]] | None = None,
    remove: Mapping[str, Sequence[Any]] | None = None,
    fill: Mapping[str, Any] | None = None,
) -> tuple[Tree, tuple[AttributeChange, ...]]:
    """Return the attributes after these changes, and what each did; what changes nothing is not listed.

    Order: set, clear, append, remove, fill. `clear` leaves null where something was set. `append` adds the
    values that the list lacks (doing it twice is doing it once); `remove` takes out all that are equal.
    `fill` sets only what is absent. A value in the way of a path gives way to an object: the change is then one
    of that value, so that taking changes back gives what was there.
    """
    changing = _Changing(attributes)
    for path, value in (set or {}).items():
        changing.put(path, changing.find(path), value)
    for path in clear:
        old = changing.find(path)
        if old is not msgspec.UNSET:
            changing.put(path, old, None)
    for path, values in (append or {}).items():
        old = changing.find(path)
        changing.put(path, old, _united(_as_list(old), values))
    for path, values in (remove or {}).items():
        old = changing.find(path)
        if isinstance(old, list):
            items = cast("list[Any]", old)
            changing.put(path, items, [item for item in items if not _is_among(item, values)])
    for path, value in (fill or {}).items():
        old = changing.find(path)
        if old is msgspec.UNSET or old is None:
            changing.put(path, old, value)
    return changing.attributes, tuple(changing.changes)


class _Changing:
    """Attributes while they are changed: copied once, when the first value changes."""

    def __init__(self, attributes: Tree) -> None:
        self._given = attributes
        self.attributes = attributes
        self.changes: list[AttributeChange] = []

    def find(self, path: str) -> Any:
        return find_value(self.attributes, path)

    def put(self, path: str, old: Any, new: Any) -> None:
        if is_same(old, new):
            return
        if self.attributes is self._given:
            self.attributes = {**self._given}
        key, _, below = path.partition(".")
        if not below:
            self.attributes[key] = new
        else:
            at = _find_obstacle(self.attributes, path)
            hidden = msgspec.UNSET if at is None else self.find(at)
            inner = self.attributes.get(key)
            inner = cast("Tree", inner) if isinstance(inner, dict) else {}
            self.attributes[key] = _with(inner, below.split("."), new)
            if at is not None:
                path, old, new = at, hidden, self.find(at)
        self.changes.append(AttributeChange(path, old, new))


def find_value(attributes: Tree, path: str) -> Any:
    """Return the value at the dotted path, or `msgspec.UNSET` where nothing was ever set."""
    if "." not in path:
        return attributes.get(path, msgspec.UNSET)
    node: Any = attributes
    for key in path.split("."):
        if not isinstance(node, dict) or key not in node:
            return msgspec.UNSET
        node = cast("Tree", node)[key]
    return node


def leaves(attributes: Tree, prefix: str = "") -> dict[str, Any]:
    """Return the attributes as {dotted path: value}; lists and empty objects are values."""
    found: dict[str, Any] = {}
    for key, value in attributes.items():
        if isinstance(value, dict) and value:
            found.update(leaves(cast("Tree", value), f"{prefix}{key}."))
        else:
            found[prefix + key] = value
    return found


def is_same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same; true is not 1 here, as it is in Python, and keys have no order."""
    if one is msgspec.UNSET or other is msgspec.UNSET:
        return one is other
    if type(one) is not type(other) or one != other:
        return False
    return not isinstance(one, dict | list) or _encode(one) == _encode(other)


def _find_obstacle(attributes: Tree, path: str) -> str | None:
    """Return the first part of the path where something stands that is no object with something in it."""
    node: Any = attributes
    keys = path.split(".")
    for place, key in enumerate(keys[:-1], 1):
        node = cast("Tree", node).get(key, msgspec.UNSET)
        if node is msgspec.UNSET:
            return None
        if not isinstance(node, dict) or not node:
            return ".".join(keys[:place])
    return None


def _with(tree: Tree, keys: list[str], value: Any) -> Tree:
    key, *rest = keys
    if rest:
        inner = tree.get(key)
        value = _with(cast("Tree", inner) if isinstance(inner, dict) else {}, rest, value)
    return {**tree, key: value}


def _as_list(value: Any) -> list[Any]:
    if value is msgspec.UNSET or value is None:
        return []
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def _is_among(item: Any, values: Sequence[Any]) -> bool:
    return any(is_same(item, value) for value in values)


def _united(items: list[Any], values: Sequence[Any]) -> list[Any]:
    united = list(items)
    for value in values:
        if not _is_among(value, united):
            united.append(value)
    return united
