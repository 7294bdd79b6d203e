"""What the goal of an experiment may ask."""

import pytest

from percorso.conditions.model import All, AnyOf, Captured, Condition, Membership, Not, Test
from percorso.journeys.check import check_graph
from percorso.journeys.check_ways import is_of_event
from percorso.journeys.graph import Experiment, Measure, RandomPath
from tests.journeys.build import CONTACT, days, make_graph, of_event, of_profile

HOLDS = of_profile("a", "equals", "b")
IN_GROUP = Membership("group", CONTACT)


@pytest.mark.parametrize(
    ("condition", "may"),
    [
        (of_event("amount", "equals", "10"), True),
        (All((HOLDS, Not(AnyOf((HOLDS,))))), True),
        (Test("captured", "cart", "text", "is_null"), False),
        (Not(Test("event", "cart", "text", "equals", (Captured("cart"),))), False),
        (IN_GROUP, False),
    ],
)
def test_a_goal_asks_what_can_be_judged_afterwards(condition: Condition, may: bool) -> None:
    assert is_of_event(condition) == may


def test_a_goal_that_looks_back_is_a_fault_of_the_graph() -> None:
    step = Experiment((RandomPath("a", 50), RandomPath("b", 50)), Measure("ordered", days(1), Not(IN_GROUP)))
    assert [(fault.code, fault.at) for fault in check_graph(make_graph({"it": step}))] == [
        ("goal_too_wide", "steps.it.goal.condition")
    ]
