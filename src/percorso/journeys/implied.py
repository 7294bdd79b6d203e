"""What can be said of conditions without knowing anybody: that one can never hold, or that one implies another. Pure.

Only what is certain is said: of tests joined by and, against constants. Silence means nothing.
"""

from collections.abc import Iterator
from typing import Any, Final, cast

import msgspec

from percorso.conditions.model import All, Condition, Not, Test, Value

_BOUNDS: Final = {
    "equals": ("is", "is"),
    "more_than": (">", None),
    "at_least": (">=", None),
    "less_than": (None, "<"),
    "at_most": (None, "<="),
}


class _Span(msgspec.Struct, frozen=True):
    """The numbers that a test admits."""

    low: float = float("-inf")
    high: float = float("inf")
    with_low: bool = True
    with_high: bool = True

    def meet(self, other: "_Span") -> "_Span":
        """Return what both admit."""
        low, with_low = max((self.low, not self.with_low), (other.low, not other.with_low))
        high, with_high = min((self.high, self.with_high), (other.high, other.with_high))
        return _Span(low, high, not with_low, with_high)

    @property
    def is_empty(self) -> bool:
        """Whether it admits no number."""
        return self.low > self.high or (self.low == self.high and not (self.with_low and self.with_high))

    def holds_all_of(self, other: "_Span") -> bool:
        """Whether it admits everything that the other does."""
        return self.meet(other) == other


def is_contradiction(condition: Condition | None) -> bool:
    """Whether the condition certainly never holds: two texts at once, a number both above and below."""
    tests = list(_conjuncts(condition))
    negated = {_key(inner.condition) for inner in tests if isinstance(inner, Not)}
    if any(_key(one) in negated for one in tests if not isinstance(one, Not)):
        return True
    spans: dict[tuple[str, str], _Span] = {}
    texts: dict[tuple[str, str], set[Any]] = {}
    for test in tests:
        if not isinstance(test, Test) or "[]" in test.path:
            continue
        place = (test.source, test.path)
        span = _span_of(test)
        if span is not None:
            spans[place] = spans.get(place, _Span()).meet(span)
        words = _texts_of(test)
        if words is not None:
            texts[place] = texts[place] & words if place in texts else words
    return any(span.is_empty for span in spans.values()) or any(not words for words in texts.values())


def implies(one: Condition | None, other: Condition | None) -> bool:
    """Whether `other` certainly holds wherever `one` does: every part of it is a part of `one`, or weaker than one."""
    parts = list(_conjuncts(one))
    return all(any(_part_implies(part, wanted) for part in parts) for wanted in _conjuncts(other))


def _part_implies(part: Condition, wanted: Condition) -> bool:
    if _key(part) == _key(wanted):
        return True
    if not (isinstance(part, Test) and isinstance(wanted, Test)) or "[]" in part.path:
        return False
    if (part.source, part.path) != (wanted.source, wanted.path):
        return False
    span, wide = _span_of(part), _span_of(wanted)
    if span is not None and wide is not None:
        return wide.holds_all_of(span)
    words, more = _texts_of(part), _texts_of(wanted)
    return words is not None and more is not None and words <= more


def _conjuncts(condition: Condition | None) -> Iterator[Condition]:
    if isinstance(condition, All):
        for inner in condition.conditions:
            yield from _conjuncts(inner)
    elif condition is not None:
        yield condition


def _span_of(test: Test) -> _Span | None:
    if test.type != "number" or test.operator not in _BOUNDS or not test.operands:
        return None
    operand = test.operands[0]
    number = operand.value if isinstance(operand, Value) else None
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    low, high = _BOUNDS[test.operator]
    return _Span(
        number if low else float("-inf"),
        number if high else float("inf"),
        low != ">",
        high != "<",
    )


def _texts_of(test: Test) -> set[Any] | None:
    """Return the texts that the test admits, in small letters where case does not matter."""
    if test.type != "text" or test.operator not in ("equals", "one_of") or test.case_sensitive:
        return None
    operand = test.operands[0] if test.operands else None
    given = operand.value if isinstance(operand, Value) else None
    words = cast("list[Any]", given) if isinstance(given, list) else [given]
    texts = {word.lower() for word in words if isinstance(word, str)}
    return texts if len(words) == sum(isinstance(word, str) for word in words) else None


def _key(condition: Condition) -> bytes:
    return msgspec.json.encode(condition)
