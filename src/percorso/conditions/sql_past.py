"""The SQL evaluator of what happened: facts are summed up per contact, once per pattern, and joined to the contacts.

`received_at` is never before `occurred_at` (architecture §9.4): wherever a window has a beginning, receipt is bound
by it too, so that older partitions are not read.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Final, Literal
from uuid import UUID

import msgspec

from percorso.conditions.messages import MESSAGE_ID, Inside, Pairing
from percorso.conditions.model import (
    Attribute,
    Condition,
    FirstOrLast,
    Followed,
    Happened,
    Operand,
    PastLeaf,
    Pattern,
    Value,
    Window,
)
from percorso.conditions.needs import Need, expand, list_tests
from percorso.conditions.past import OWN_PLACES
from percorso.conditions.paths import is_list_path
from percorso.conditions.sql_aggregate import COUNT, Aggregate, constants, may_hold_of_nothing, unite
from percorso.conditions.sql_tests import TestCompiler, elements, is_scalar, scalar_key
from percorso.conditions.windows import Bounds, find_bounds

CompileTests = Callable[[TestCompiler, Condition], str]

_OPERATORS: Final = {
    "equals": "=",
    "less_than": "<",
    "at_most": "<=",
    "more_than": ">",
    "at_least": ">=",
}
_ANYTIME: Final = Bounds()
_PLACE: Final = f"(facts.\"offset\" + CASE facts.origin WHEN 'worker' THEN {OWN_PLACES} ELSE 0 END)"
"""What orders facts of one moment, as `Kept.place` does."""
_UNITS: Final = {"minutes": 1, "hours": 60, "days": 1440, "weeks": 10080}


_Side = tuple[Pattern, Bounds]
"""What a side of a sequence asks of a fact, and when."""


class FactScope(msgspec.Struct, frozen=True):
    """Which facts count: of a workspace, in these buckets (None: all), up to an offset in each (None: all).

    What the worker made itself was applied at its cause's place, whatever its offset.
    """

    workspace_id: UUID | None
    buckets: tuple[int, ...] | None
    up_to: Mapping[int, int] | None


class PastCompiler:
    """Writes leaves that look back, and gathers the joins that they need."""

    def __init__(self, tests: TestCompiler, scope: FactScope, compile_tests: CompileTests) -> None:
        self.tests = tests
        self.binding = tests.binding
        self.scope = scope
        self.compile_tests = compile_tests
        self.aggregates: dict[str, Aggregate] = {}
        self.others: list[str] = []
        self.facts = TestCompiler(
            tests.binding,
            now=tests.now,
            time_zone=tests.time_zone,
            captured=tests.captured,
            attributes="contacts.attributes",
            event="facts.properties",
        )

    def joins(self) -> list[str]:
        """Return the joins, in the order in which leaves asked for them."""
        return [
            *(aggregate.join(self._occurred, self._within) for aggregate in self.aggregates.values()),
            *self.others,
        ]

    def compile(self, leaf: PastLeaf) -> str:
        """Return the expression of a leaf, never null."""
        kernel = expand(leaf)
        match kernel:
            case Happened():
                return self._measure(kernel)
            case FirstOrLast():
                return self._one(kernel)
            case Followed():
                return self._sequence(kernel)
            case Pairing():
                return self._pairing(kernel)
            case Inside():
                entered, exited = self._count(kernel.entered), self._count(kernel.exited)
                return f"(coalesce({entered}, 0) > coalesce({exited}, 0))"

    def compile_alone(self, leaf: PastLeaf) -> str:
        """Return the expression of a leaf that all rows must meet and that reads facts which no other leaf reads.

        That something happened at all is then left to the planner: it looks facts up for the contacts that the other leaves
        leave over, or reads them all at once, whichever is less.
        """
        kernel = expand(leaf)
        if not isinstance(kernel, Happened) or not _is_at_all(kernel):
            return self.compile(leaf)
        conditions = self._scope() + self._match(kernel.pattern) + self._within(self._bounds(kernel.window))
        return (
            "EXISTS (SELECT FROM facts WHERE facts.bucket = contacts.bucket AND facts.contact_id = contacts.id"
            f" AND {' AND '.join(conditions)})"
        )

    def match(self, need: Need) -> str:
        """Return whether a fact counts for a need."""
        return " AND ".join(self._match(need.pattern) + self._within(Bounds(need.since, need.until)))

    def _match(self, pattern: Pattern) -> list[str]:
        """Return what a pattern asks of a fact."""
        events = list(pattern.events)
        if len(events) == 1:
            conditions = [f"facts.name = {self.binding.bind(events[0], 'text')}"]
        else:
            conditions = [f"facts.name = ANY ({self.binding.bind(events, 'text[]')})"]
        if pattern.contexts:
            is_text = "jsonb_typeof(facts.context -> 'type') = 'string'"
            context = f"(CASE WHEN {is_text} THEN facts.context ->> 'type' ELSE 'OTHER' END)"
            conditions.append(f"{context} = ANY ({self.binding.bind(list(pattern.contexts), 'text[]')})")
        if pattern.where is not None:
            conditions.append(self.compile_tests(self.facts, pattern.where))
        return conditions

    def _occurred(self, bounds: Bounds) -> list[str]:
        conditions: list[str] = []
        if bounds.low is not None:
            conditions.append(f"facts.occurred_at >= {self.binding.bind(bounds.low, 'timestamptz')}")
        if bounds.high is not None:
            conditions.append(f"facts.occurred_at < {self.binding.bind(bounds.high, 'timestamptz')}")
        return conditions

    def _within(self, bounds: Bounds) -> list[str]:
        """Return what a window asks of a fact, and of the partitions that it may lie in."""
        conditions = self._occurred(bounds)
        if bounds.low is not None:
            conditions.append(f"facts.received_at >= {self.binding.bind(bounds.low, 'timestamptz')}")
        return conditions

    def _scope(self) -> list[str]:
        conditions = [f"facts.workspace_id = {self.binding.bind(self.scope.workspace_id, 'uuid')}"]
        if self.scope.buckets is not None:
            buckets = self.binding.bind(list(self.scope.buckets), "smallint[]")
            conditions.append(f"facts.bucket = ANY ({buckets})")
        if self.scope.up_to is not None:
            offsets = [self.scope.up_to.get(bucket) for bucket in range(256)]
            until = f"({self.binding.bind(offsets, 'bigint[]')})[facts.bucket + 1]"
            conditions.append(f"(facts.\"offset\" <= {until} OR facts.origin = 'worker')")
        return conditions

    def _source(self, *trees: Condition | None) -> str:
        """Return where facts are read from; with their contacts, where a tree asks for the profile."""
        for test in (test for tree in trees if tree is not None for test in list_tests(tree)):
            operands = (isinstance(operand, Attribute) for operand in test.operands)
            if test.source == "attribute" or any(operands):
                return (
                    "facts JOIN contacts ON contacts.bucket = facts.bucket AND contacts.id = facts.contact_id"
                    " AND contacts.workspace_id = facts.workspace_id"
                )
        return "facts"

    def _bounds(self, window: Window) -> Bounds:
        return find_bounds(window, self.tests.now, self.tests.time_zone)

    def _join(self, subquery: str) -> str:
        name = self.binding.alias("past")
        self.others.append(
            f"LEFT JOIN ({subquery}) AS {name} ON {name}.bucket = contacts.bucket AND {name}.contact_id = contacts.id"
        )
        return name

    def _aggregate(self, pattern: Pattern, lateral: str = "") -> Aggregate:
        key = f"{msgspec.json.encode(pattern)!r}{lateral}"
        if key not in self.aggregates:
            name = self.binding.alias("past")
            conditions = self._scope() + self._match(pattern)
            self.aggregates[key] = Aggregate(name, self._source(pattern.where) + lateral, conditions)
        return self.aggregates[key]

    def _count(self, pattern: Pattern) -> str:
        return self._aggregate(pattern).column(COUNT, _ANYTIME)

    def _measure(self, leaf: Happened) -> str:
        bounds, path = self._bounds(leaf.window), leaf.path or ""
        if leaf.measure == "average":
            aggregate = self._aggregate(leaf.pattern)
            total = aggregate.column(self._numbers(path, "sum"), bounds)
            numbers = aggregate.column(self._numbers(path, "count"), bounds)
            return self._compare(total, leaf.operator, leaf.operands, times=f"nullif({numbers}, 0)")
        if leaf.measure == "count":
            aggregate, measure = self._aggregate(leaf.pattern), COUNT
        elif leaf.measure == "distinct":
            aggregate, measure = self._distinct(leaf.pattern, path)
        else:
            aggregate = self._aggregate(leaf.pattern)
            function: dict[str, Literal["sum", "min", "max"]] = {"minimum": "min", "maximum": "max"}
            measure = self._numbers(path, function.get(leaf.measure, "sum"))
        value = aggregate.column(measure, bounds)
        none = Decimal(0) if leaf.measure in ("count", "distinct", "sum") else None

        def test(value: str) -> str:
            return self._compare(value, leaf.operator, leaf.operands, none=none)

        if may_hold_of_nothing(leaf.operator, leaf.operands, none):
            return test(value)
        of_all = leaf.operator == "at_least" and constants(leaf.operands) <= (Decimal(1),)
        return aggregate.want(value, test, of_all=of_all)

    def _numbers(self, path: str, function: Literal["sum", "min", "max", "count"]) -> str:
        """Return an aggregate over the numbers at a path, each item of a list counting by itself."""
        value = self.facts.json("event", path)
        if not is_list_path(path):
            return f"{function}({self.facts.number_of(value, None)})"
        item = self.binding.alias("item")
        number = self.facts.number_of(f"{item}.value", None)
        inner = f"(SELECT {function}({number}) FROM {elements(value)} AS {item}(value))"  # noqa: S608
        return f"{'sum' if function == 'count' else function}({inner})"

    def _distinct(self, pattern: Pattern, path: str) -> tuple[Aggregate, str]:
        """Return where values at a path are told apart, and how they are counted there."""
        value, text, lateral = self.facts.json("event", path), self.facts.written("event", path), ""
        if is_list_path(path):
            lateral = f" CROSS JOIN LATERAL {elements(value)} AS distinct_item(value)"
            value, text = "distinct_item.value", "(distinct_item.value #>> '{}')"
        # Texts compare faster than jsonb, and byte by byte fastest.
        key = (
            f"CASE jsonb_typeof({value}) WHEN 'string' THEN 's' || lower({text})"
            f" WHEN 'number' THEN 'n' || trim_scale(({value})::numeric) WHEN 'boolean' THEN 'b' || ({value})::text END"
        )
        return self._aggregate(pattern, lateral), f'count(DISTINCT ({key}) COLLATE "C")'

    def _compare(
        self,
        value: str,
        operator: str,
        operands: tuple[Operand, ...],
        *,
        none: Decimal | None = None,
        times: str = "",
    ) -> str:
        """Return the comparison of a measure, which is `none` where nothing happened; an average's stays undivided."""
        if operator == "not_equals":
            return f"(NOT {self._compare(value, 'equals', operands, none=none, times=times)})"
        rights = [self.tests.number_operand(operand, None) for operand in operands]
        if times:
            rights = [f"{right} * {times}" for right in rights]
        if none is not None and may_hold_of_nothing(operator, operands, none):
            # Otherwise the join may as well leave them out of whom nothing is known.
            value = f"coalesce({value}, {none})"
        if operator == "between":
            return f"(({value} BETWEEN {rights[0]} AND {rights[1]}) IS TRUE)"
        return f"(({value} {_OPERATORS[operator]} {rights[0]}) IS TRUE)"

    def _one(self, leaf: FirstOrLast) -> str:
        order = "DESC" if leaf.which == "last" else "ASC"
        holds = self.compile_tests(self.facts, leaf.condition)
        conditions = self._scope() + self._match(leaf.pattern) + self._within(self._bounds(leaf.window))
        source = self._source(leaf.pattern.where, leaf.condition)
        name = self._join(
            f"SELECT DISTINCT ON (facts.bucket, facts.contact_id) facts.bucket, facts.contact_id, {holds} AS holds"  # noqa: S608
            f" FROM {source} WHERE {' AND '.join(conditions)} ORDER BY facts.bucket, facts.contact_id,"
            f" facts.occurred_at {order}, {_PLACE} {order}"
        )
        nothing = TestCompiler(
            self.binding,
            now=self.tests.now,
            time_zone=self.tests.time_zone,
            captured=self.tests.captured,
            attributes="contacts.attributes",
            event=None,
        )
        return f"coalesce({name}.holds, {self.compile_tests(nothing, leaf.condition)})"

    def _roles(self, path: str | None, first: _Side | None, then: _Side | None) -> str:
        """Return the facts of these sides of a sequence, and by which scalar they belong together; read in one go."""
        sides = [side for side in (first, then) if side is not None]
        names = self.binding.bind([event for pattern, _ in sides for event in pattern.events], "text[]")
        window = unite({bounds for _, bounds in sides})
        read = [*self._scope(), f"facts.name = ANY ({names})", *self._within(window)]
        key = ""
        if path is not None:
            value = self.facts.json("event", path)
            key = f", (SELECT {scalar_key('one')} FROM (SELECT {value}) AS one(value) WHERE {is_scalar('one')}) AS key"  # noqa: S608
        flags = [
            "false" if side is None else " AND ".join(self._match(side[0]) + self._occurred(side[1]))
            for side in (first, then)
        ]
        # OFFSET 0: each fact is judged once, before it is sorted.
        return (
            f"SELECT facts.bucket, facts.contact_id, facts.occurred_at, {_PLACE} AS place, {flags[0]} AS is_first,"  # noqa: S608
            f" {flags[1]} AS is_then{key} FROM {self._source(*(pattern.where for pattern, _ in sides))}"
            f" WHERE {' AND '.join(read)} OFFSET 0"
        )

    def _sequence(self, leaf: Followed) -> str:
        same, bounds = leaf.same, self._bounds(leaf.window)
        first, then = (leaf.first, bounds), (leaf.then, Bounds(bounds.low))
        if same is None or same.first == same.then:
            both = self._roles(same and same.first, first, then)
        else:
            apart = self._roles(same.first, first, None), self._roles(same.then, None, then)
            both = f"({apart[0]}) UNION ALL ({apart[1]})"
        keyed, key = (" AND both_roles.key IS NOT NULL", " both_roles.key,") if same else ("", "")
        # Of one fact that is both, the second side comes first: no fact follows itself.
        before = (
            "max(both_roles.occurred_at) FILTER (WHERE both_roles.is_first) OVER (PARTITION BY both_roles.bucket,"
            f"{key} both_roles.contact_id ORDER BY both_roles.occurred_at, both_roles.place,"
            " both_roles.is_first ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
        )
        within = ""
        if leaf.within is not None:
            length = timedelta(minutes=leaf.within.amount * _UNITS[leaf.within.unit])
            within = f" AND pair.occurred_at - pair.before <= {self.binding.bind(length, 'interval')}"
        name = self._join(
            "SELECT DISTINCT pair.bucket, pair.contact_id FROM (SELECT both_roles.bucket, both_roles.contact_id,"  # noqa: S608
            f" both_roles.occurred_at, both_roles.is_then, {before} AS before FROM ({both}) AS both_roles"
            f" WHERE (both_roles.is_first OR both_roles.is_then){keyed}) AS pair"
            f" WHERE pair.is_then AND pair.before IS NOT NULL{within}"
        )
        return f"({name}.contact_id IS NOT NULL)"

    def _pairing(self, leaf: Pairing) -> str:
        """Read what was sent and what was done in one go, a row per message; of each contact the last so many."""
        sent_bounds, action_bounds = self._bounds(leaf.sent_window), self._bounds(leaf.action_window)
        sent = " AND ".join(self._match(leaf.sent) + self._occurred(sent_bounds))
        action = " AND ".join(self._match(leaf.action) + self._occurred(action_bounds))
        message = f"facts.properties ->> '{MESSAGE_ID}'"
        # coalesce: the planner takes half of the rows to meet it, and not one in two hundred.
        named = f"coalesce(jsonb_typeof(facts.properties -> '{MESSAGE_ID}') = 'string' AND {message} <> '', false)"
        names = self.binding.bind([*leaf.sent.events, *leaf.action.events], "text[]")
        read = [
            *self._scope(),
            f"facts.name = ANY ({names})",
            *self._within(unite({sent_bounds, action_bounds})),
        ]
        # OFFSET 0: the properties are read here, and not carried through what sorts and groups.
        narrow = (
            f'SELECT facts.bucket, facts.contact_id, facts.occurred_at, {_PLACE} AS place, ({message}) COLLATE "C" AS id,'  # noqa: S608
            f" ({sent}) AS is_sent, ({action}) AS is_action FROM facts"
            f" WHERE {' AND '.join(read)} AND {named} OFFSET 0"
        )
        grouped = (
            "SELECT read.bucket, read.contact_id, count(*) FILTER (WHERE read.is_action) AS actions,"  # noqa: S608
            " min(read.occurred_at) FILTER (WHERE read.is_sent) AS sent_at,"
            f" min(read.place) FILTER (WHERE read.is_sent) AS place FROM ({narrow}) AS read"
            " WHERE read.is_sent OR read.is_action GROUP BY read.bucket, read.contact_id, read.id"
        )
        ranked = f"SELECT message.* FROM ({grouped}) AS message WHERE message.sent_at IS NOT NULL"  # noqa: S608
        if leaf.last is not None:
            ranked = (
                "SELECT numbered.* FROM (SELECT message.*, row_number() OVER (PARTITION BY message.bucket,"  # noqa: S608
                " message.contact_id ORDER BY message.sent_at DESC, message.place DESC) AS rank"
                f" FROM ({ranked}) AS message) AS numbered"
                f" WHERE numbered.rank <= {self.binding.bind(leaf.last, 'integer')}"
            )
        counted = "count(*) FILTER (WHERE sent.actions > 0)"
        if leaf.without:
            counted = "count(*) FILTER (WHERE sent.actions = 0)"
        elif leaf.actions:
            counted = "sum(sent.actions)"
        name = self._join(
            f"SELECT sent.bucket, sent.contact_id, {counted} AS counted, count(*) AS sent FROM ({ranked}) AS sent"  # noqa: S608
            " GROUP BY sent.bucket, sent.contact_id"
        )
        if leaf.every:
            return f"(({name}.counted = {name}.sent) IS TRUE)"
        return self._compare(f"{name}.counted", leaf.operator, leaf.operands, none=Decimal(0))


def _is_at_all(leaf: Happened) -> bool:
    return leaf.measure == "count" and leaf.operator == "at_least" and leaf.operands == (Value(1),)


def read_by(leaf: PastLeaf) -> bytes | None:
    """Return what tells the facts that a leaf sums up from others, None where it reads them in a way of its own."""
    kernel = expand(leaf)
    return msgspec.json.encode(kernel.pattern) if isinstance(kernel, Happened) else None
