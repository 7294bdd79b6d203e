"""Which tests few contacts meet: what PostgreSQL cannot know of values within jsonb, and what the best plan hangs on.

Of a value in jsonb the planner guesses that one in two hundred has it. Told so, it looks up what each of these few
did, one by one; where in truth every other contact has it (a gender, a country), that took nine times as long as
reading what happened once and for all (spec 2.6: the answer while typing). So a test counts as rare only if a sample
says so. Pure.
"""

from collections.abc import Sequence
from typing import Final

from percorso.conditions.evaluate import list_leaves
from percorso.conditions.model import All, Condition, PastLeaf, Test

SAMPLED: Final = 2_000
"""Contacts that are looked at to judge how rare a test is met."""

FEWEST: Final = 500
"""Contacts of which a share says nothing when there are fewer of them."""

RARE: Final = 0.04
"""The share of contacts up to which looking up each of them is quicker than reading all that happened.

Measured with 500,000 contacts and ten million facts of a year: 0.4 to 0.9 of the time at 3.2 %, 2 to 9 times at 50 %.
"""

_MOST: Final = 16
"""Tests that are judged: each costs a reading of the sample."""


def list_decisive_tests(tree: Condition) -> list[Test]:
    """Return the tests of the profile that every contact must meet, of a tree that asks what happened as well."""
    if not any(isinstance(leaf, PastLeaf) for leaf in list_leaves(tree)):
        return []
    return _list_required(tree)[:_MOST]


def choose_rare(tests: Sequence[Test], people: int, meeting: Sequence[int]) -> tuple[Test, ...]:
    """Return the tests that few meet, by how many of so many sampled people meet each."""
    if people < FEWEST:
        return ()
    return tuple(test for test, met in zip(tests, meeting, strict=True) if met <= people * RARE)


def _list_required(tree: Condition) -> list[Test]:
    if isinstance(tree, All):
        return [test for condition in tree.conditions for test in _list_required(condition)]
    return [tree] if isinstance(tree, Test) and tree.source == "attribute" else []
