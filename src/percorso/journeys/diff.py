"""What differs between two versions of a journey, in words (spec 3.10). Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, cast

import msgspec

from percorso.journeys.canonical import canonical_graph
from percorso.journeys.diff_words import FIELDS, KINDS, UNITS
from percorso.journeys.graph import Graph

Language = Literal["en", "it"]

_LISTS: Final = ("starts", "removals", "goals")
_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "added": ("Added: {what}.", "Aggiunto: {what}."),
    "removed": ("Removed: {what}.", "Tolto: {what}."),
    "moved": ("The order of the {what} changed.", "È cambiato l'ordine: {what}."),
    "changed": ("{what}: {field} was {before}, is {after}.", "{what}: {field} era {before}, è {after}."),
    "set": ("{what}: {field} is now {after}.", "{what}: {field} ora è {after}."),
    "cleared": (
        "{what}: {field} was {before}, is no longer said.",
        "{what}: {field} era {before}, non è più indicato.",
    ),
}
_LONGEST: Final = 120
"""Characters of a value in a sentence."""


class Difference(msgspec.Struct, frozen=True):
    """One difference. `part` is the list or name of the part, `kind` its kind, `label` what it is called.

    `field` is the way into it, from outside in; `before` and `after` are JSON values, None: nothing there.
    """

    change: Literal["added", "removed", "changed", "set", "cleared", "moved"]
    part: str
    kind: str
    label: str
    field: tuple[str, ...] = ()
    before: Any = None
    after: Any = None

    def say(self, language: Language) -> str:
        """Return the sentence in a language."""
        position = 0 if language == "en" else 1
        what = " ".join(
            word for word in (_kind(self.kind or self.part, position), self._quoted(position)) if word
        )
        return _SENTENCES[self.change][position].format(
            what=what[:1].upper() + what[1:] if self.field else what,
            field=", ".join(_name(name, position) for name in self.field),
            before=_value(self.before, position),
            after=_value(self.after, position),
        )

    def _quoted(self, position: int) -> str:
        if not self.label:
            return ""
        return f"“{self.label}”" if position == 0 else f"«{self.label}»"


def list_differences(before: Graph, after: Graph) -> list[Difference]:
    """Return what differs, in the order of the graph: what was taken away, added, then changed; empty: nothing."""
    old, new = canonical_graph(before), canonical_graph(after)
    found: list[Difference] = []
    for part in _LISTS:
        old_parts, new_parts = (_by_id(graph.get(part, ())) for graph in (old, new))
        found.extend(_compare_parts(part, old_parts, new_parts))
        kept = [id for id in old_parts if id in new_parts]
        if kept != [id for id in new_parts if id in old_parts]:
            found.append(Difference("moved", part, part, ""))
    found.extend(_compare_parts("steps", old["steps"], new["steps"]))
    for name in ("first", "removalHasPriority", "reentry", "rounds", "options", "notes"):
        if old.get(name) != new.get(name):
            found.extend(
                _compare(
                    (name,), old.get(name), new.get(name), Difference("changed", "journey", "journey", "")
                )
            )
    return found


def describe_differences(before: Graph, after: Graph, language: Language) -> list[str]:
    """Return what differs, a sentence each."""
    return [difference.say(language) for difference in list_differences(before, after)]


def _by_id(parts: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {part["id"]: part for part in parts}


def _compare_parts(
    part: str, old: Mapping[str, dict[str, Any]], new: Mapping[str, dict[str, Any]]
) -> Iterator[Difference]:
    for id, value in old.items():
        if id not in new:
            yield Difference("removed", part, _kind_of(part, value), value.get("name") or id, before=value)
    for id, value in new.items():
        if id not in old:
            yield Difference("added", part, _kind_of(part, value), value.get("name") or id, after=value)
    for id, value in new.items():
        if id in old and old[id] != value:
            whole = Difference("changed", part, _kind_of(part, value), old[id].get("name") or id)
            yield from _compare((), old[id], value, whole)


def _kind_of(part: str, value: Mapping[str, Any]) -> str:
    return f"{part}.{value['kind']}" if "kind" in value else part


def _compare(field: tuple[str, ...], old: Any, new: Any, whole: Difference) -> Iterator[Difference]:
    if old == new:
        return
    if _is_open(old) and _is_open(new) and field[-1:] != ("condition",):
        before, after = cast("dict[str, Any]", old), cast("dict[str, Any]", new)
        for name in dict.fromkeys((*before, *after)):
            yield from _compare((*field, name), before.get(name), after.get(name), whole)
        return
    change = "set" if old is None else "cleared" if new is None else "changed"
    yield msgspec.structs.replace(whole, change=change, field=field, before=old, after=new)


def _is_open(value: Any) -> bool:
    """Whether a value is compared field by field: an object that is not an amount of time."""
    return isinstance(value, dict) and not {"amount", "unit"} <= cast("dict[str, Any]", value).keys()


def _kind(kind: str, position: int) -> str:
    return KINDS[kind][position] if kind in KINDS else kind


def _name(field: str, position: int) -> str:
    return FIELDS[field][position] if field in FIELDS else field


def _value(value: Any, position: int) -> str:
    if value is None:
        return ("nothing", "nulla")[position]
    if isinstance(value, bool):
        return (("no", "no"), ("yes", "sì"))[value][position]
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        if fields.keys() == {"amount", "unit"}:
            return f"{fields['amount']} {UNITS[fields['unit']][position][fields['amount'] != 1]}"
    if isinstance(value, str):
        said = f"“{value}”" if position == 0 else f"«{value}»"
    else:
        said = msgspec.json.encode(value).decode()
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"
