"""docs/reference/conditions.md says what the code knows: every operator with its operands, no other."""

import re
from pathlib import Path
from typing import get_args

from percorso.conditions import MAX_CONDITIONS, MAX_DEPTH
from percorso.conditions.check_tests import MAX_YEARS
from percorso.conditions.messages import READINGS
from percorso.conditions.model import Leaf, Measure, MessageAction
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


def test_the_reference_names_every_kind_and_measure() -> None:
    kinds = {kind for leaf in get_args(Leaf) if (kind := leaf.__struct_config__.tag) != "test"}
    rows = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    assert kinds | set(get_args(MessageAction)) <= rows
    assert {measure for measure in get_args(Measure) if f"`{measure}`" not in PAGE} == set()


def test_the_reference_says_by_which_facts_a_message_came_to_something() -> None:
    for action, reading in READINGS.items():
        (row,) = re.findall(rf"^\| `{action}` \| [^|]+ \| ([^|]+) \|$", PAGE, re.MULTILINE)
        assert [name for name in reading.events if f"`{name}`" not in row] == []
        assert ("without" in row) is reading.without, action
