"""Conditions, read from their JSON and judged in the plainest way."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

NEGATIVE = {
    "is_not_null": "is_null",
    "is_not_empty": "is_empty",
    "not_equals": "equals",
    "not_contains": "contains",
    "not_like": "like",
    "not_one_of": "one_of",
    "contains_none": "contains_any",
}
MISSING = object()


def look_up(holder: Any, path: str) -> Any:
    """Return what lies at a dotted path, MISSING where nothing does; `name[]` is every item of a list."""
    name, _, rest = path.partition(".")
    if name.endswith("[]"):
        items = look_up(holder, name.removesuffix("[]"))
        if not isinstance(items, list):
            return MISSING
        found = [look_up(item, rest) if rest else item for item in items]
        found = [item for item in found if item is not MISSING and item is not None]
        return [inner for item in found for inner in item] if "[]" in rest else found
    if not isinstance(holder, dict) or name not in holder:
        return MISSING
    return look_up(holder[name], rest) if rest else holder[name]


class Circumstances:
    """What a condition is judged in: the profile, the event at hand, what was captured, the moment."""

    def __init__(self, profile: Any, event: Any, captured: Any, now: datetime) -> None:
        self.sources = {"attribute": profile, "event": event}
        self.captured = captured
        self.now = now

    def read(self, source: str, path: str) -> Any:
        if source == "captured":
            return self.captured.get(path, MISSING)
        return look_up(self.sources[source], path)

    def operand(self, operand: dict[str, Any]) -> Any:
        kind = operand["kind"]
        if kind == "value":
            return operand["value"]
        return self.read(kind, operand["name"] if kind == "captured" else operand["path"])


def holds(tree: dict[str, Any] | None, here: Circumstances) -> bool:
    """Whether a condition holds; none at all always does."""
    if tree is None:
        return True
    kind = tree["kind"]
    if kind == "and":
        return all(holds(part, here) for part in tree.get("conditions", []))
    if kind == "or":
        return any(holds(part, here) for part in tree.get("conditions", []))
    if kind == "not":
        return not holds(tree["condition"], here)
    operator = tree["operator"]
    if operator in NEGATIVE:
        return not holds({**tree, "operator": NEGATIVE[operator]}, here)
    left = here.read(tree["source"], tree["path"])
    rights = [here.operand(operand) for operand in tree.get("operands", [])]
    fold = str if tree.get("caseSensitive") else str.lower
    judge = {
        "any": _any,
        "text": _text,
        "number": _number,
        "boolean": _boolean,
        "list": _list,
        "datetime": _moment,
    }
    return judge[tree["type"]](operator, left, rights, fold, tree, here)


def _any(operator: str, left: Any, _rights: Any, _fold: Any, _tree: Any, _here: Any) -> bool:
    if operator == "is_null":
        return left is MISSING
    return left is None or left == "" or left == [] or left == {}


def _boolean(operator: str, left: Any, _rights: Any, _fold: Any, _tree: Any, _here: Any) -> bool:
    return left is (operator == "is_true")


def _text(operator: str, left: Any, rights: Any, fold: Any, _tree: Any, _here: Any) -> bool:
    if not isinstance(left, str):
        return False
    left, right = fold(left), rights[0]
    if operator == "one_of":
        wanted = right if isinstance(right, list) else [right]
        return left in [fold(item) for item in wanted if isinstance(item, str)]
    if not isinstance(right, str):
        return False
    right = fold(right)
    return {
        "equals": left == right,
        "starts_with": left[: len(right)] == right,
        "ends_with": left[len(left) - len(right) :] == right and len(right) <= len(left),
        "contains": right in left,
    }[operator]


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(operator: str, left: Any, rights: Any, _fold: Any, _tree: Any, _here: Any) -> bool:
    if not all(is_number(value) for value in (left, *rights)):
        return False
    one, *others = (Decimal(str(value)) for value in (left, *rights))
    if operator == "between":
        return others[0] <= one <= others[1]
    other = others[0]
    return {
        "equals": one == other,
        "less_than": one < other,
        "at_most": one <= other,
        "more_than": one > other,
        "at_least": one >= other,
    }[operator]


def _same(one: Any, other: Any, fold: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return fold(one) == fold(other)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return is_number(one) and is_number(other) and Decimal(str(one)) == Decimal(str(other))


def _list(operator: str, left: Any, rights: Any, fold: Any, _tree: Any, _here: Any) -> bool:
    if not isinstance(left, list) or rights[0] is MISSING or rights[0] is None:
        return False
    if operator.startswith("length"):
        return _number(operator.removeprefix("length_"), len(left), rights, None, None, None)
    wanted = rights[0] if isinstance(rights[0], list) else [rights[0]]
    met = [any(_same(item, each, fold) for item in left) for each in wanted]
    return any(met) if operator == "contains_any" else all(met)


def _moment(operator: str, left: Any, rights: Any, _fold: Any, tree: Any, here: Circumstances) -> bool:
    if not isinstance(left, str):
        return False
    try:
        moment = datetime.fromisoformat(left)
    except ValueError:
        return False
    if operator in ("before", "after"):
        other = datetime.fromisoformat(rights[0])
        return moment < other if operator == "before" else moment > other
    ago = here.now - moment
    amount = timedelta(**{tree["unit"]: rights[0]})
    if operator == "less_than_before_now":
        return timedelta(0) <= ago < amount
    assert operator == "more_than_before_now"
    return ago > amount
