"""The two evaluators agree on what happened and where contacts stand: windows × operators × quantities."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from percorso.conditions import compile_condition, compile_sql, list_faults
from percorso.conditions.model import Ago, Condition
from percorso.conditions.store import read_lowering
from percorso.db import Connection
from tests.conditions.generate import NOWS, ZONES
from tests.conditions.histories import (
    ACTIONS,
    MEASURES,
    NUMBER_OPERATORS,
    UNITS,
    WINDOWS,
    Historian,
)
from tests.conditions.population import WORKSPACE, ask_sql, see, store_people
from tests.conditions.report import LEAST_CASES, write_report

PEOPLE = 60
STANDINGS = ("group", "segment", "status", "consent", "identity")
Cell = tuple[str, str, str]
Asked = tuple[Cell, Condition, dict[str, Any]]


def list_asked(historian: Historian) -> Iterator[Asked]:
    """Give trees for every cell: quantity × window × operator, and windows by unit."""
    for window in WINDOWS:
        for measure in MEASURES:
            for operator in NUMBER_OPERATORS:
                captured: dict[str, Any] = {}
                leaf = historian.happened(measure, historian.window(window), operator, captured)
                yield (measure, window, operator), leaf, captured
        for quantity, draw in (("first or last", historian.first_or_last), ("then", historian.followed)):
            for _ in range(10):
                captured = {}
                yield (quantity, window, "–"), draw(historian.window(window), captured), captured
        for action in ACTIONS * 3:
            captured = {}
            yield (
                ("message", window, action),
                historian.message(action, historian.window(window), captured),
                captured,
            )
        for state in ("entered", "inside", "finished") * 2:
            yield ("journey", window, state), historian.journey(state, historian.window(window)), {}
        for unit in UNITS if window in ("less_than", "exactly", "more_than") else ():
            captured = {}
            leaf = historian.happened("count", historian.window(window, unit), "at_least", captured)
            yield ("count", window, unit), leaf, captured
    for kind in STANDINGS * 3:
        yield (kind, "–", "–"), historian.standing(kind), {}


async def compare_all(tx: Connection, seed: int, *, trees: int) -> Counter[tuple[Cell, bool]]:
    """Compare the evaluators for every cell, and for trees of several leaves; return the cases by outcome."""
    now, zone = NOWS[seed % len(NOWS)], ZONES[seed % len(ZONES)]
    historian, cases = Historian(seed, now), Counter[tuple[Cell, bool]]()
    people = [historian.person(number, WORKSPACE) for number in range(PEOPLE)]
    await store_people(tx, people)
    lower = await read_lowering(tx)
    asked = list(list_asked(historian))
    most = len(asked) + trees
    while len(asked) < most:
        # Trees grow out of trees; those beyond the limit of what may be asked are drawn again.
        some = [historian.pick(*asked) for _ in range(4)]
        captured = {name: value for _, _, values in some for name, value in values.items()}
        tree = historian.tree([leaf for _, leaf, _ in some])
        if not any(fault.severity == "error" for fault in list_faults(tree)):
            asked.append((("tree", "–", "–"), tree, captured))
    for cell, tree, captured in asked:
        condition = compile_sql(
            tree, now=now, time_zone=zone, workspace_id=WORKSPACE, captured=captured, first_parameter=2
        )
        by_sql = await ask_sql(tx, condition)
        judge = compile_condition(tree, lower=lower)
        for person in people:
            subject = see(person, [tree], lower, now=now, zone=zone, captured=captured)
            holds = judge(subject)
            assert by_sql[person.id] is holds, (
                f"{tree!r}\ncaptured {captured!r} now {now} in {zone}\n{person!r}"
            )
            cases[cell, holds] += 1
    return cases


def check_cells(cases: Counter[tuple[Cell, bool]]) -> None:
    """Raise unless each cell was tried often enough, and each quantity was both true and false in each window."""
    cells = sorted({cell for cell, _ in cases})
    write_report(
        "past",
        [f"{' '.join(cell):<40} {cases[cell, True]:>5} true {cases[cell, False]:>5} false" for cell in cells],
    )
    for cell in cells:
        count = cases[cell, True] + cases[cell, False]
        assert count >= LEAST_CASES, f"{' '.join(cell)}: only {count} cases"
    for quantity, window in {(cell[0], cell[1]) for cell in cells}:
        for holds in (True, False):
            same = sum(cases[cell, holds] for cell in cells if cell[:2] == (quantity, window))
            assert same, f"{quantity} {window} was never {holds}"


def test_windows_of_every_operator_are_drawn() -> None:
    drawn = {
        leaf.window.operator
        for _, leaf, _ in list_asked(Historian(1, NOWS[0]))
        if isinstance(getattr(leaf, "window", None), Ago)
    }
    assert drawn == {"less_than", "exactly", "more_than"}


async def test_postgresql_and_python_say_the_same_of_what_happened(tx: Connection) -> None:
    check_cells(await compare_all(tx, 20251122, trees=40))


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(20))
async def test_postgresql_and_python_say_the_same_of_many_pasts(tx: Connection, seed: int) -> None:
    await compare_all(tx, seed, trees=100)
