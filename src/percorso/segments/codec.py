"""Definitions as JSON: read with a bound on their depth, before anything recurses. Pure."""

from typing import Any, cast

import msgspec

from percorso.conditions import ConditionError, convert_condition, measure_json_depth
from percorso.conditions.codec import MAX_JSON_DEPTH
from percorso.segments.faults import DefinitionError, Fault
from percorso.segments.model import Combination, Definition, Filter


def convert_definition(value: Any) -> Definition:
    """Return the definition in JSON values; raises DefinitionError."""
    if not isinstance(value, dict):
        raise _unreadable("an object is needed")
    given = cast("dict[str, Any]", value)
    if given.get("kind") == "filter" and given.keys() == {"kind", "condition"}:
        try:
            return Filter(convert_condition(given["condition"]))
        except ConditionError as error:
            raise DefinitionError(
                [
                    Fault("condition_invalid", "condition", {"en": fault.say("en"), "it": fault.say("it")})
                    for fault in error.faults
                ]
            ) from None
    try:
        return msgspec.convert(given, Combination)
    except (msgspec.ValidationError, RecursionError) as error:
        raise _unreadable(str(error)) from None


def decode_definition(text: str | bytes) -> Definition:
    """Return the definition in JSON; raises DefinitionError."""
    raw = text.encode() if isinstance(text, str) else text
    if measure_json_depth(raw) > MAX_JSON_DEPTH:
        raise _unreadable("it is nested too deeply")
    try:
        return convert_definition(msgspec.json.decode(raw))
    except msgspec.DecodeError as error:
        raise _unreadable(str(error)) from None


def _unreadable(detail: str) -> DefinitionError:
    return DefinitionError([Fault("unreadable", "", {"detail": detail})])
