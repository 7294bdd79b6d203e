"""LIKE: what PostgreSQL documents, and no pattern that takes long."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.conditions.like import compile_like


def as_expression(pattern: str) -> str:
    """Return the pattern as a regular expression: the naive way, which backtracks."""
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    means = {"%": ".*", "_": "."}
    return "".join(means.get(part) or re.escape(part.removeprefix("\\") or part) for part in parts)


@given(text=st.text("ab%_\\\n", max_size=12), pattern=st.text("ab%_\n", max_size=8))
def test_like_is_what_the_naive_way_says(text: str, pattern: str) -> None:
    expected = re.fullmatch(as_expression(pattern), text, re.DOTALL) is not None
    assert compile_like(pattern)(text) is expected


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("100\\%", "100%", True),
        ("100\\%", "1000", False),
        ("a\\_b", "axb", False),
        ("\\a", "a", True),
        ("", "", True),
    ],
)
def test_a_backslash_takes_the_next_character_literally(pattern: str, text: str, expected: bool) -> None:
    assert compile_like(pattern)(text) is expected


def test_a_hostile_pattern_takes_steps_in_proportion_to_the_text() -> None:
    assert compile_like("%a" * 100 + "%b")("a" * 20_000) is False
