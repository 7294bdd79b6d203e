"""One reading of the facts of a pattern, grouped by contact, that several leaves share."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final

from percorso.conditions.measures import compare
from percorso.conditions.model import Operand, Value
from percorso.conditions.windows import Bounds

COUNT: Final = "count(*)"
"""How facts are counted."""

WriteBounds = Callable[[Bounds], list[str]]
"""Writes what bounds ask of a fact, as expressions that must all hold."""


class Aggregate:
    """A subquery called `name` over the facts of `source` that meet `conditions`: a column per measure and window."""

    def __init__(self, name: str, source: str, conditions: list[str]) -> None:
        self.name = name
        self.source = source
        self.conditions = conditions
        self._columns: list[tuple[str, Bounds]] = []
        self._asked = 0
        self._of_all: set[str] = set()
        self._wanted: list[tuple[str, Callable[[str], str]]] = []

    def column(self, measure: str, bounds: Bounds) -> str:
        """Return the name of the column that holds a measure over a window, null for whom nothing was read."""
        self._asked += 1
        if (measure, bounds) not in self._columns:
            self._columns.append((measure, bounds))
        return self._name(self._columns.index((measure, bounds)))

    def want(self, column: str, test: Callable[[str], str], *, of_all: bool = False) -> str:
        """Return the test of a column that was asked for, which must be false of null and read nothing else.

        Where every column that is asked for is wanted so, contacts whom no test admits are left out of the reading:
        each test is as false of them when they are joined as if nothing had been read. `of_all`: if the measure
        is COUNT, the test admits everybody of whom a fact was read.
        """
        if of_all:
            self._of_all.add(column)
        self._wanted.append((column, test))
        return test(column)

    def join(self, occurred: WriteBounds, within: WriteBounds) -> str:
        """Return the join to the contacts; `occurred` bounds a moment, `within` its partition as well."""
        windows = {bounds for _, bounds in self._columns}
        measures: dict[str, str] = {}
        for place, (measure, bounds) in enumerate(self._columns):
            inside = occurred(bounds) if len(windows) > 1 else []
            filtered = f" FILTER (WHERE {' AND '.join(inside)})" if inside else ""
            measures[self._name(place)] = f"{measure}{filtered}"
        columns = [f"{measure} AS {name.removeprefix(self.name + '.')}" for name, measure in measures.items()]
        having = ""
        everybody = any(measures[column] == COUNT for column in self._of_all)
        if len(self._wanted) == self._asked and not everybody:
            tests = dict.fromkeys(test(measures[column]) for column, test in self._wanted)
            having = f" HAVING {' OR '.join(tests)}"
        return (
            f"LEFT JOIN (SELECT facts.bucket, facts.contact_id, {', '.join(columns)} FROM {self.source}"  # noqa: S608
            f" WHERE {' AND '.join([*self.conditions, *within(unite(windows))])}"
            f" GROUP BY facts.bucket, facts.contact_id{having}) AS {self.name}"
            f" ON {self.name}.bucket = contacts.bucket AND {self.name}.contact_id = contacts.id"
        )

    def _name(self, place: int) -> str:
        return f"{self.name}.m{place + 1}"


def unite(windows: set[Bounds]) -> Bounds:
    """Return the smallest bounds that hold all of these windows."""
    lows: list[datetime] = []
    highs: list[datetime] = []
    for bounds in windows:
        lows += [bounds.low] if bounds.low is not None else []
        highs += [bounds.high] if bounds.high is not None else []
    return Bounds(
        min(lows) if len(lows) == len(windows) and lows else None,
        max(highs) if len(highs) == len(windows) and highs else None,
    )


def may_hold_of_nothing(operator: str, operands: tuple[Operand, ...], none: Decimal | None) -> bool:
    """Return whether a measure that is `none` where nothing happened may compare so; what an operand is not known yet."""
    known = constants(operands)
    return len(known) < len(operands) or compare(operator, none, known)


def constants(operands: tuple[Operand, ...]) -> tuple[Decimal, ...]:
    """Return the operands that are constants, as numbers."""
    return tuple(Decimal(repr(operand.value)) for operand in operands if isinstance(operand, Value))
