"""The SQL evaluator: a tree becomes joins and one boolean expression over rows of contacts or facts.

Every leaf is true or false, never unknown, so that NOT is the law's "not". What happened is summed up once per
pattern, in a join on the contact, so that the plan is the same under AND, OR and NOT.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from percorso.conditions.check import check_condition
from percorso.conditions.evaluate import list_leaves
from percorso.conditions.model import (
    All,
    AnyOf,
    Condition,
    Leaf,
    Not,
    PastLeaf,
    StandingLeaf,
    Test,
)
from percorso.conditions.needs import Need
from percorso.conditions.sql_binding import Binding
from percorso.conditions.sql_past import FactScope, PastCompiler, read_by
from percorso.conditions.sql_standing import StandingCompiler
from percorso.conditions.sql_tests import Column, TestCompiler


class SqlCondition(msgspec.Struct, frozen=True):
    """A boolean expression, never null, the joins that it needs, and the values of its parameters in order.

    `SELECT … FROM contacts {joins} WHERE contacts.workspace_id = … AND {text}`; a join never adds or takes a row.
    """

    text: str
    parameters: tuple[Any, ...]
    joins: str = ""


def compile_sql(
    tree: Condition,
    *,
    now: datetime,
    time_zone: str,
    workspace_id: UUID | None = None,
    captured: dict[str, Any] | None = None,
    attributes: Column | None = "contacts.attributes",
    event: Column | None = None,
    first_parameter: int = 1,
    buckets: Sequence[int] | None = None,
    up_to: Mapping[int, int] | None = None,
    rare: Sequence[Test] = (),
) -> SqlCondition:
    """Return the expression that holds for the rows for which `compile_condition` holds.

    `attributes` and `event` are the jsonb columns of the sources; a source without one is null in every row.
    Parameters are numbered from `first_parameter`. A tree that looks back or at standings is asked of `contacts` and
    needs `workspace_id`; `buckets` are those that the query is about (None: all), `up_to` the offset in each bucket
    up to which facts count (None: all there are). `rare` are tests that few contacts meet, as `find_rare_tests` says;
    the rows are the same, found in another way. Raises ConditionError with every fault of the tree.
    """
    check_condition(tree)
    binding = Binding(first_parameter)
    tests = TestCompiler(
        binding,
        now=now,
        time_zone=time_zone,
        captured=captured or {},
        attributes=attributes,
        event=event,
    )
    scope = FactScope(workspace_id, None if buckets is None else tuple(buckets), up_to)
    past = PastCompiler(tests, scope, lambda tests, tree: _Compiler(tests).compile(tree))
    standing = StandingCompiler(binding, workspace_id)
    text = _Compiler(tests, past, standing, _list_alone(tree), rare).compile_all(tree)
    joins = " ".join((*past.joins(), *standing.joins))
    asks = any(not isinstance(leaf, Test) for leaf in list_leaves(tree))
    if asks and (workspace_id is None or attributes is None):
        raise ValueError("What looks back or at standings is asked of the contacts of one workspace.")
    return SqlCondition(text, tuple(binding.parameters), joins)


def _list_alone(tree: Condition) -> frozenset[bytes]:
    """Return what tells facts that one leaf of the tree reads only."""
    read = Counter(read_by(leaf) for leaf in list_leaves(tree) if isinstance(leaf, PastLeaf))
    return frozenset(key for key, leaves in read.items() if key is not None and leaves == 1)


def compile_need_sql(need: Need, *, first_parameter: int = 1) -> SqlCondition:
    """Return the expression that holds for the rows of `facts` that `compile_match` takes for this need."""
    binding = Binding(first_parameter)
    tests = TestCompiler(
        binding,
        # What depends on now is left to judging.
        now=datetime.min,  # noqa: DTZ901
        time_zone=need.time_zone or "UTC",
        captured={},
        attributes=None,
        event="facts.properties",
    )
    past = PastCompiler(
        tests, FactScope(None, None, None), lambda tests, tree: _Compiler(tests).compile(tree)
    )
    return SqlCondition(past.match(need), tuple(binding.parameters))


class _Compiler:
    """Writes a tree; without `past` and `standing`, of tests alone."""

    def __init__(
        self,
        tests: TestCompiler,
        past: PastCompiler | None = None,
        standing: StandingCompiler | None = None,
        alone: frozenset[bytes] = frozenset(),
        rare: Sequence[Test] = (),
    ) -> None:
        self.tests = tests
        self.past = past
        self.standing = standing
        self.alone = alone
        self.rare = rare

    def compile_all(self, tree: Condition) -> str:
        """Return the expression of a tree that every row must meet."""
        if isinstance(tree, All) and tree.conditions:
            return f"({' AND '.join(self.compile_all(condition) for condition in tree.conditions)})"
        if isinstance(tree, Not) and isinstance(tree.condition, PastLeaf):
            return f"(NOT {self.compile_all(tree.condition)})"
        if isinstance(tree, Test):
            return self.tests.test(tree, rare=tree in self.rare)
        if isinstance(tree, PastLeaf) and read_by(tree) in self.alone:
            assert self.past is not None, "a tree that looks back is asked of contacts"
            return self.past.compile_alone(tree)
        return self.compile(tree)

    def compile(self, tree: Condition) -> str:
        """Return the expression of a tree."""
        if isinstance(tree, Not):
            return f"(NOT {self.compile(tree.condition)})"
        if not isinstance(tree, All | AnyOf):
            return self.leaf(tree)
        if not tree.conditions:
            return "true" if isinstance(tree, All) else "false"
        joint = " AND " if isinstance(tree, All) else " OR "
        return f"({joint.join(self.compile(condition) for condition in tree.conditions)})"

    def leaf(self, leaf: Leaf) -> str:
        """Return the expression of a leaf."""
        if isinstance(leaf, Test):
            return self.tests.test(leaf)
        assert self.past is not None, "a checked tree has tests alone inside another leaf"
        assert self.standing is not None, "both or none"
        if isinstance(leaf, StandingLeaf):
            return self.standing.compile(leaf)
        return self.past.compile(leaf)
