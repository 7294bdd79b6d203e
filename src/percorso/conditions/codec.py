"""Trees to and from JSON, strictly: unknown keys are refused, and depth is bounded before anything recurses."""

from typing import Any, Final, cast

import msgspec

from percorso.conditions.errors import ConditionError, UnreadableTreeError
from percorso.conditions.faults import Fault
from percorso.conditions.model import Condition

MAX_DEPTH: Final = 20
"""Levels of and, or, not above a test, at most."""

MAX_JSON_DEPTH: Final = 4 * MAX_DEPTH
"""Levels of arrays and objects in the JSON of a tree, or of what holds trees, at most."""

_decoder = msgspec.json.Decoder(Condition)


def measure_json_depth(data: bytes | str) -> int:
    """Return how deeply arrays and objects are nested in a JSON text, without decoding it.

    Any nesting counts that the text could be read as having; malformed JSON gets some figure, never an error.
    """
    text = data.encode() if isinstance(data, str) else data
    depth = deepest = 0
    in_text = escaped = False
    for byte in text:
        if in_text:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_text = False
        elif byte == 0x22:
            in_text = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def measure_depth(value: Any) -> int:
    """Return how deeply lists and dictionaries are nested in a value, without recursing."""
    deepest, level = 0, [value]
    while level:
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                inner.append(list(cast("dict[str, Any]", item).values()))
            elif isinstance(item, list):
                inner.append(cast("list[Any]", item))
        deepest += bool(inner)
        level = [item for items in inner for item in items]
    return deepest


def decode_condition(data: bytes | str) -> Condition:
    """Return the tree in a JSON text; raises ConditionError in words for what is none, or nested too deeply.

    The tree is well-formed, not yet checked: see `check_condition`.
    """
    if measure_json_depth(data) > MAX_JSON_DEPTH:
        raise ConditionError((Fault("too_deep", "", arguments={"limit": MAX_DEPTH}),))
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableTreeError((Fault("unreadable", "", arguments={"detail": str(error)}),)) from None


def convert_condition(value: Any) -> Condition:
    """Return the tree in decoded JSON; raises as `decode_condition` does."""
    if measure_depth(value) > MAX_JSON_DEPTH:
        raise ConditionError((Fault("too_deep", "", arguments={"limit": MAX_DEPTH}),))
    try:
        return msgspec.convert(value, Condition)
    except msgspec.ValidationError as error:
        raise UnreadableTreeError((Fault("unreadable", "", arguments={"detail": str(error)}),)) from None


def encode_condition(tree: Condition) -> bytes:
    """Return the tree as JSON; what is left out has its default."""
    return msgspec.json.encode(tree)
