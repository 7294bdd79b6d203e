"""docs/reference/conditions.md says what the code knows: every operator with its operands, no other."""

import re
from pathlib import Path

from percorso.conditions import MAX_CONDITIONS, MAX_DEPTH
from percorso.conditions.check_tests import MAX_YEARS
from percorso.conditions.operators import OPERATORS
from percorso.conditions.paths import MAX_LENGTH, MAX_NAMES

PAGE = (Path(__file__).parents[2] / "docs/reference/conditions.md").read_text()


def test_the_reference_lists_every_operator_with_its_operands() -> None:
    rows = re.findall(r"^\| (\w+) \| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)
    written = {(type, operator): operands for type, operator, operands, _ in rows}
    known = {
        (type, operator): ", ".join(meaning.operands) or "–"
        for type, operators in OPERATORS.items()
        for operator, meaning in operators.items()
    }
    assert written == known
    for type, operator, _, holds in rows:
        negates = OPERATORS[type][operator].negates  # pyright: ignore[reportArgumentType]
        assert holds.startswith(f"not `{negates}`") is (negates is not None), operator


def test_the_reference_tells_the_limits() -> None:
    assert f"At most {MAX_CONDITIONS} tests, {MAX_DEPTH} levels" in PAGE
    assert f"At most {MAX_NAMES} names, {MAX_LENGTH} characters" in PAGE
    assert f"at most {MAX_YEARS} years" in PAGE
