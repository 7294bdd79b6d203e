"""From JSON to a graph: everything in it that cannot be read is named at once, each with its place. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

import msgspec

from percorso.journeys.check_values import clip
from percorso.journeys.faults import Fault
from percorso.journeys.graph import Goal, Graph, Options, Reentry, Removal, Start, Step
from percorso.journeys.upgrade import upgrade_graph

MAXIMUM_FAULTS: Final = 100
"""Faults named of what cannot be read; whoever mends so many asks again."""

_LISTS: Final[dict[str, Any]] = {"starts": Start, "removals": Removal, "goals": Goal}
_SINGLE: Final[dict[str, Any]] = {
    "first": str,
    "removalHasPriority": bool,
    "reentry": Reentry,
    "rounds": int,
    "options": Options,
    "notes": dict[str, Any],
}
_REQUIRED: Final = ("starts", "steps", "first")

_PLACE: Final = re.compile(r"(?P<said>.*?)(?: - at `\$(?P<place>[^`]*)`)?\Z", re.DOTALL)
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(?P<name>.*)`\Z", re.DOTALL)
_MISSING: Final = re.compile(r"Object missing required field `(?P<name>.*)`\Z", re.DOTALL)
_UNFIT: Final = re.compile(r"Expected `(?P<wanted>.*)`, got `(?P<found>.*)`\Z", re.DOTALL)
_VALUE: Final = re.compile(r"Invalid (?:value|enum value) (?P<value>.*)\Z", re.DOTALL)
_KEY: Final = re.compile(r"\[(\d+)\]|\[\.\.\.\]|\.?([^.\[\]]+)")


def decode_graph(value: Any) -> tuple[Graph | None, list[Fault]]:
    """Return the graph in decoded JSON, or None and what is wrong with it: unknown fields, values that do not fit.

    It is well-formed, not yet checked.
    """
    if not isinstance(value, Mapping):
        return None, [_unfit("", "object", _name_of(value))]
    given = cast("dict[str, Any]", upgrade_graph(value))
    faults: list[Fault] = []
    for fault in _list_faults(given):
        faults.append(fault)
        if len(faults) == MAXIMUM_FAULTS:
            break
    if faults:
        return None, faults
    try:
        return msgspec.convert(given, Graph), []
    except msgspec.ValidationError as error:
        return None, [_fault_of("", str(error))]


def _list_faults(given: Mapping[str, Any]) -> Iterator[Fault]:
    for name in given:
        if name not in _LISTS and name not in _SINGLE and name != "steps":
            yield Fault("field_unknown", clip(name), {"name": clip(name)})
    for name in _REQUIRED:
        if name not in given:
            yield Fault("field_missing", name, {"name": name})
    for name, kind in _LISTS.items():
        items = given.get(name, [])
        if not isinstance(items, list | tuple):
            yield _unfit(name, "array", _name_of(items))
            continue
        for position, item in enumerate(cast("list[Any]", items)):
            yield from list_unreadable(f"{name}[{position}]", item, kind)
    for name, kind in _SINGLE.items():
        if name in given:
            yield from list_unreadable(name, given[name], kind)
    steps = given.get("steps", {})
    if not isinstance(steps, Mapping):
        yield _unfit("steps", "object", _name_of(steps))
        return
    for id, step in cast("Mapping[str, Any]", steps).items():
        yield from list_unreadable(f"steps.{clip(id)}", step, Step)


def list_unreadable(at: str, value: Any, kind: Any) -> Iterator[Fault]:
    """Yield what keeps JSON from being a `kind`: every field that it does not know, then the first value that does not fit."""
    left = value
    for _ in range(MAXIMUM_FAULTS):
        try:
            msgspec.convert(left, kind)
        except msgspec.ValidationError as error:
            fault = _fault_of(at, str(error))
            yield fault
            unknown = fault.code == "field_unknown"
            left = _without(left, _keys_of(str(error)), fault.values["name"]) if unknown else None
        except (RecursionError, OverflowError):
            yield Fault("part_unreadable", at, {"detail": "…"})
            return
        else:
            return
        if left is None:
            return


def _fault_of(at: str, message: str) -> Fault:
    found = _PLACE.match(message)
    assert found is not None
    said = found["said"]
    inside = (found["place"] or "").removeprefix(".")
    place = at if not inside else f"{at}{inside}" if inside.startswith("[") else f"{at}.{inside}"
    place = place.lstrip(".")
    if match := _UNKNOWN.match(said):
        name = clip(match["name"])
        return Fault("field_unknown", f"{place}.{name}".lstrip("."), {"name": match["name"]})
    if match := _MISSING.match(said):
        return Fault("field_missing", f"{place}.{match['name']}".lstrip("."), {"name": match["name"]})
    if match := _UNFIT.match(said):
        return _unfit(place, match["wanted"], match["found"])
    if match := _VALUE.match(said):
        return Fault("value_unknown", place, {"value": clip(match["value"].strip("'"))})
    return Fault("part_unreadable", place, {"detail": clip(said)})


def _unfit(at: str, wanted: str, found: str) -> Fault:
    return Fault("value_unfit", at, {"wanted": wanted, "found": found})


def _name_of(value: Any) -> str:
    return {"dict": "object", "list": "array", "NoneType": "null"}.get(
        type(value).__name__, type(value).__name__
    )


def _keys_of(message: str) -> list[str | int] | None:
    """Return the way to the object that a message is about; None where it does not say it exactly."""
    found = _PLACE.match(message)
    place = found["place"] if found is not None else None
    keys: list[str | int] = []
    for match in _KEY.finditer(place or ""):
        if match[1] is None and match[2] is None:
            return None
        keys.append(int(match[1]) if match[1] is not None else match[2])
    return keys


def _without(value: Any, keys: list[str | int] | None, name: str) -> Any:
    """Return the JSON without the field `name` of the object that `keys` lead to; None where they lead nowhere."""
    if keys is None:
        return None
    if not keys:
        if not isinstance(value, Mapping) or name not in value:
            return None
        return {key: item for key, item in cast("Mapping[str, Any]", value).items() if key != name}
    first, rest = keys[0], keys[1:]
    if isinstance(first, str) and isinstance(value, Mapping) and first in value:
        fields = cast("Mapping[str, Any]", value)
        inner = _without(fields[first], rest, name)
        return None if inner is None else {**fields, first: inner}
    if isinstance(first, int) and isinstance(value, list | tuple):
        items = list(cast("list[Any]", value))
        if first < len(items):
            items[first] = _without(items[first], rest, name)
            return None if items[first] is None else items
    return None
