"""Paths into JSON: `address.city`, `products[].sku`. Parsed once, read by closures."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, cast

import msgspec

from percorso.conditions.model import Attribute, Captured, Operand, Source, Subject, Value

MAX_NAMES: Final = 10
"""Names in one path at most."""
MAX_LENGTH: Final = 300
"""Characters in one path at most."""

Reader = Callable[[Subject], Any]
"""Reads one value of a subject; None when it is absent or JSON null."""


class Name(msgspec.Struct, frozen=True):
    """One name of a path; `each` (written `[]`) goes into every item of the list found there."""

    key: str
    each: bool = False


@lru_cache(maxsize=10_000)
def parse_path(path: str) -> tuple[Name, ...]:
    """Return the names of a path; raises ValueError("empty" | "malformed" | "too_deep" | "too_long")."""
    if not path:
        raise ValueError("empty")
    if len(path) > MAX_LENGTH:
        raise ValueError("too_long")
    parts = path.split(".")
    if len(parts) > MAX_NAMES:
        raise ValueError("too_deep")
    names: list[Name] = []
    for part in parts:
        each = part.endswith("[]")
        key = part.removesuffix("[]")
        if not key or "[" in key or "]" in key:
            raise ValueError("malformed")
        names.append(Name(key, each))
    return tuple(names)


def is_list_path(path: str) -> bool:
    """Whether what the path reads is always a list."""
    return "[]" in path


def read_path(value: Any, names: tuple[Name, ...]) -> Any:
    """Return what lies at the path below `value`, or None.

    A name with `[]` needs a list there, else None; of its items those are left out that lack the rest of
    the path. An item's own list is added as it is unless its name says `[]` too.
    """
    for position, name in enumerate(names):
        if type(value) is not dict:
            return None
        value = cast("dict[str, Any]", value).get(name.key)
        if name.each:
            return _read_each(value, names[position + 1 :])
    return value


def _read_each(value: Any, rest: tuple[Name, ...]) -> list[Any] | None:
    if type(value) is not list:
        return None
    items = cast("list[Any]", value)
    if not rest:
        return [item for item in items if item is not None]
    found: list[Any] = []
    flat = any(name.each for name in rest)
    for item in items:
        read = read_path(item, rest)
        if read is None:
            continue
        if flat:
            found.extend(read)
        else:
            found.append(read)
    return found


def project_paths(value: dict[str, Any], paths: tuple[tuple[Name, ...], ...]) -> dict[str, Any]:
    """Return of an object what these paths read of it, and no more: they read the same there, absence included."""
    found: dict[str, Any] = {}
    by_key: dict[str, list[tuple[Name, ...]]] = {}
    for names in paths:
        if names[0].key in value:
            by_key.setdefault(names[0].key, []).append(names)
    for key, among in by_key.items():
        found[key] = _project_below(value[key], among)
    return found


def _project_below(value: Any, among: list[tuple[Name, ...]]) -> Any:
    if any(len(names) == 1 for names in among):
        return value
    if type(value) is list:
        items = cast("list[Any]", value)
        rest = tuple(names[1:] for names in among if names[0].each)
        return [
            project_paths(cast("dict[str, Any]", item), rest) if type(item) is dict else None
            for item in items
        ]
    return (
        project_paths(cast("dict[str, Any]", value), tuple(names[1:] for names in among))
        if type(value) is dict
        else None
    )


def compile_reader(source: Source, path: str) -> Reader:
    """Return the fast reader of one value. A captured value is read by its name, which has no path."""
    if source == "captured":
        return lambda subject: subject.captured.get(path)
    names = parse_path(path)
    key = names[0].key
    if len(names) == 1 and not names[0].each:
        if source == "attribute":
            return lambda subject: subject.attributes.get(key)

        def read_property(subject: Subject) -> Any:
            event = subject.event
            return None if event is None else event.get(key)

        return read_property
    if source == "attribute":
        return lambda subject: read_path(subject.attributes, names)
    return lambda subject: read_path(subject.event, names)


def compile_operand(operand: Operand) -> Reader:
    """Return the fast reader of an operand: also how captures and updates read their values."""
    if isinstance(operand, Value):
        return lambda _subject: operand.value
    if isinstance(operand, Captured):
        return compile_reader("captured", operand.name)
    if isinstance(operand, Attribute):
        return compile_reader("attribute", operand.path)
    return compile_reader("event", operand.path)


def compile_absence(source: Source, path: str) -> Callable[[Subject], bool]:
    """Return what says whether a value was never set; one that is JSON null was set and cleared.

    A list path is absent where there is no list to go into.
    """
    if source == "captured":
        return lambda subject: path not in subject.captured
    names = parse_path(path)
    if any(name.each for name in names):
        read = compile_reader(source, path)
        return lambda subject: read(subject) is None
    *parents, last = names
    above = tuple(parents)

    def is_absent(subject: Subject) -> bool:
        holder = read_path(subject.attributes if source == "attribute" else subject.event, above)
        return type(holder) is not dict or last.key not in cast("dict[str, Any]", holder)

    return is_absent
