"""A field, and whether a value fits it: pure values and decisions."""

import re
from collections.abc import Mapping
from typing import Any, Final, Literal, cast

import msgspec

from percorso.contacts.attributes import change_attributes, find_value

FieldType = Literal[
    "text",
    "integer",
    "decimal",
    "boolean",
    "date",
    "date-time",
    "email",
    "url",
    "phone",
    "list",
    "object",
]
"""How a field's values are read. `list` is a list of texts."""

Seen = Literal["text", "integer", "decimal", "boolean", "list", "object", "null"]
"""What a JSON value is, whatever was declared."""

LONGEST_PATH: Final = 200
"""Characters of a path: intake's own limit."""
_DEEPEST: Final = 10
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL: Final = re.compile(r"https?://[^\s]+", re.IGNORECASE)
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()./-]{3,30}")


class Labels(msgspec.Struct, frozen=True):
    """What a field is called, in each language of the application."""

    it: str
    en: str


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A declared attribute.

    `format`: the text format of a date; None: as JSON knows it. `default` stands in where the value is never set
    or empty; None: nothing does. `required`: a contact without it is reported. `hidden`: not shown by itself.
    """

    path: str
    labels: Labels
    type: FieldType
    format: str | None = None
    default: Any = None
    required: bool = False
    hidden: bool = False
    is_standard: bool = False


def is_path(path: str) -> bool:
    """Whether a text can be the path of a field."""
    names = path.split(".")
    return (
        0 < len(path) <= LONGEST_PATH
        and len(names) <= _DEEPEST
        and all(name and name == name.strip() and "\0" not in name for name in names)
    )


def find_rival(path: str, others: frozenset[str]) -> str | None:
    """Return the declared path that this one is, lies within or lies around; None if it goes with all."""
    names = path.split(".")
    for length in range(1, len(names) + 1):
        if (prefix := ".".join(names[:length])) in others:
            return prefix
    return next((other for other in sorted(others) if other.startswith(f"{path}.")), None)


def kind_of(value: Any) -> Seen:
    """Return what a JSON value is."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "integer" if value.is_integer() else "decimal"
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, list) else "object"


def is_empty(value: Any) -> bool:
    """Whether a value is set and cleared, or never set: what a default stands in for."""
    return value is None or value is msgspec.UNSET or value in ("", [], {})


def fill_defaults(attributes: dict[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes with defaults, by path, where nothing is; for reading only, nothing is stored of it."""
    missing = {path: value for path, value in defaults.items() if is_empty(find_value(attributes, path))}
    return change_attributes(attributes, set=missing)[0] if missing else attributes


def fits(field: Field, value: Any) -> bool:
    """Whether a value is of the field's type, but for dates (`conditions.dates` knows them); empty ones always are.

    Email, URL and phone are looked at as people write them: what cannot be one is reported, not refused.
    """
    if is_empty(value):
        return True
    kind = kind_of(value)
    if field.type in ("integer", "decimal"):
        return kind == "integer" or kind == field.type
    if field.type in ("boolean", "object"):
        return kind == field.type
    if field.type == "list":
        return isinstance(value, list) and all(isinstance(item, str) for item in cast("list[Any]", value))
    if not isinstance(value, str):
        return False
    pattern = {"email": _EMAIL, "url": _URL, "phone": _PHONE}.get(field.type)
    return pattern is None or pattern.fullmatch(value.strip()) is not None
