"""JSON schemas of event types: compiled once, held against properties. No network, no patterns that run away."""

from functools import lru_cache
from typing import Any, Final, cast

import jsonschema_rs
import msgspec

from percorso.contacts.events.errors import SchemaError
from percorso.contacts.events.known import KNOWN, ORDER_LINE, PRODUCT, Properties, PropertyType

LARGEST: Final = 64 * 1024
"""Bytes of the largest schema."""
_DEEPEST: Final = 32
_LONGEST_REASON: Final = 300

_TEXT: Final[dict[str, Any]] = {"type": ["string", "number", "null"]}
_SHAPES: Final[dict[PropertyType, dict[str, Any]]] = {
    # Shops write ids as numbers and prices as texts that are numbers.
    "text": _TEXT,
    "number": {
        "anyOf": [{"type": ["number", "null"]}, {"type": "string", "pattern": r"^\s*-?[0-9]+(\.[0-9]+)?\s*$"}]
    },
    "boolean": {"type": ["boolean", "null"]},
    "date-time": _TEXT,
    "list": {"type": ["array", "string", "null"]},
    "object": {"type": ["object", "null"]},
}


class Checker:
    """A schema, ready."""

    def __init__(self, schema: dict[str, Any]) -> None:
        try:
            self._validator = jsonschema_rs.validator_for(
                schema,
                offline=True,
                validate_formats=True,
                pattern_options=jsonschema_rs.RegexOptions(size_limit=1_000_000, dfa_size_limit=1_000_000),
            )
        except (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
            said = str(getattr(error, "message", None) or error).strip().splitlines()
            raise SchemaError((said[0] if said else "it is none")[:_LONGEST_REASON].rstrip(".")) from None

    def find_fault(self, properties: dict[str, Any]) -> str | None:
        """Return where the properties do not fit first, and why; None if they do."""
        for error in self._validator.iter_errors(properties):
            at = ".".join(str(part) for part in error.instance_path) or "properties"
            return f"{at}: {error.message}"[:_LONGEST_REASON]
        return None


def check_schema(schema: dict[str, Any]) -> None:
    """Raise SchemaError unless this is a schema that can be used."""
    if _depth(schema) > _DEEPEST:
        raise SchemaError(f"it is nested deeper than {_DEEPEST} levels")
    if len(msgspec.json.encode(schema)) > LARGEST:
        raise SchemaError(f"it has more than {LARGEST} bytes")
    Checker(schema)


@lru_cache(maxsize=2_000)
def compile_schema(encoded: bytes) -> Checker:
    """Return the schema in JSON, compiled; raises SchemaError."""
    return Checker(msgspec.json.decode(encoded))


@lru_cache(maxsize=1)
def compile_known() -> dict[str, Checker]:
    """Return the known events' own schemas: types are held, other properties are allowed."""
    return {name: Checker(describe_properties(properties)) for name, properties in KNOWN.items()}


def describe_properties(properties: Properties) -> dict[str, Any]:
    """Return the JSON schema of properties given by their types."""
    schema: dict[str, Any] = {"type": "object", "properties": {}}
    for name, type_ in properties.items():
        if type_ == "products":
            line = describe_properties({**PRODUCT, **ORDER_LINE})
            _put(schema, name.split("."), {"type": ["array", "null"], "items": line})
        else:
            _put(schema, name.split("."), _SHAPES[type_])
    return schema


def _put(schema: dict[str, Any], names: list[str], shape: dict[str, Any]) -> None:
    name, *below = names
    if not below:
        schema["properties"][name] = shape
        return
    inner = schema["properties"].setdefault(name, {"type": ["object", "null"], "properties": {}})
    _put(inner, below, shape)


def _depth(value: Any) -> int:
    level, nodes = 0, [value]
    while nodes and level <= _DEEPEST:
        level += 1
        nodes = [
            child
            for node in nodes
            for child in (
                cast("dict[str, Any]", node).values()
                if isinstance(node, dict)
                else cast("list[Any]", node)
                if isinstance(node, list)
                else ()
            )
        ]
    return level
