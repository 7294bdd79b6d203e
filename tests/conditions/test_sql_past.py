"""Which facts the SQL evaluator counts: of a workspace, up to an offset, of contacts that are there, once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from percorso.conditions import compile_need_sql, compile_sql, list_needs, lower_simple
from percorso.conditions.fold import compile_match
from percorso.conditions.model import (
    Ago,
    All,
    AnyOf,
    Attribute,
    Condition,
    Happened,
    Membership,
    Not,
    Pattern,
    Value,
)
from percorso.conditions.sources import SetSource, get_set, register_set
from percorso.db import Connection
from percorso.kit.ids import bucket_of, derive_id
from percorso.log.model import Fact
from tests.conditions.generate import NOWS
from tests.conditions.histories import IDS, Historian, Person
from tests.conditions.population import WORKSPACE, ask_sql, store_facts, store_people
from tests.conditions.subjects import NOW
from tests.conditions.test_fold import fact

ORDERS = Pattern(("completedOrder",))


def person(number: int, *facts: Fact) -> Person:
    """Return someone who has these facts and nothing else."""
    id = derive_id("someone", number)
    own = tuple(
        msgspec.structs.replace(one, contact_id=id, bucket=bucket_of(id), workspace_id=WORKSPACE)
        for one in facts
    )
    return Person(id, {}, {}, frozenset(), frozenset(), {}, {}, own)


async def count_orders(tx: Connection, number: int, id: UUID, **scope: Any) -> bool:
    """Whether PostgreSQL counts exactly so many orders of a contact."""
    tree = Happened(ORDERS, operator="equals", operands=(Value(number),))
    condition = compile_sql(
        tree, now=NOW, time_zone="UTC", workspace_id=WORKSPACE, first_parameter=2, **scope
    )
    return (await ask_sql(tx, condition))[id]


async def test_facts_up_to_an_offset_count_and_those_that_the_worker_made_by_then(tx: Connection) -> None:
    own = msgspec.structs.replace(fact(offset=9), origin="worker")
    someone = person(1, fact(offset=3), fact(offset=4), fact(offset=5), own)
    await store_people(tx, [someone])
    bucket = bucket_of(someone.id)
    assert await count_orders(tx, 4, someone.id)
    assert await count_orders(tx, 3, someone.id, up_to={bucket: 4})
    assert await count_orders(tx, 1, someone.id, up_to={bucket: 2, (bucket + 1) % 256: 9})
    assert await count_orders(tx, 3, someone.id, up_to={bucket: 4}, buckets=[bucket])
    assert await count_orders(tx, 0, someone.id, buckets=[(bucket + 1) % 256])


async def test_facts_of_a_merged_contact_count_once(tx: Connection) -> None:
    gone, keeper = person(1, fact(offset=1), fact(offset=2)), person(2, fact(offset=1))
    carried = [
        msgspec.structs.replace(
            one,
            contact_id=keeper.id,
            bucket=bucket_of(keeper.id),
            offset=10 + one.offset,
            origin="job",
            context={"carried": {"contactId": str(gone.id), "offset": one.offset}},
        )
        for one in gone.facts
    ]
    await store_people(tx, [keeper])
    await store_facts(tx, [*gone.facts, *carried])
    assert await count_orders(tx, 3, keeper.id)


async def test_another_workspace_s_facts_and_contacts_are_out_of_reach(tx: Connection) -> None:
    someone = person(1, fact(offset=1))
    foreign = msgspec.structs.replace(someone.facts[0], offset=2, workspace_id=derive_id("other"))
    await store_people(tx, [someone])
    await store_facts(tx, [foreign])
    assert await count_orders(tx, 1, someone.id)


async def test_the_facts_that_a_need_reads_are_those_that_are_folded(tx: Connection) -> None:
    historian = Historian(4, NOWS[0])
    people = [historian.person(number, WORKSPACE) for number in range(30)]
    await store_people(tx, people)
    matched = 0
    for _ in range(40):
        tree: Condition = historian.happened("count", historian.any_window(), "at_least", {})
        (need,) = list_needs(tree, "Europe/Rome")
        condition = compile_need_sql(need, first_parameter=2)
        rows = await tx.fetch(
            f'SELECT contact_id, "offset" FROM facts WHERE workspace_id = $1 AND {condition.text}',
            WORKSPACE,
            *condition.parameters,
        )
        matches = compile_match(need, lower=lower_simple)
        expected = {
            (one.contact_id, one.offset) for someone in people for one in someone.facts if matches(one)
        }
        assert {(row["contact_id"], row["offset"]) for row in rows} == expected, repr(need)
        matched += len(expected)
    assert matched


def test_patterns_that_are_asked_twice_are_read_once() -> None:
    tree = AnyOf(
        (
            Happened(ORDERS, Ago(7, "days")),
            Not(Happened(ORDERS, Ago(30, "days"), operands=(Value(3),))),
            Happened(ORDERS, measure="sum", path="amount"),
        )
    )
    joins = compile_sql(tree, now=NOW, time_zone="UTC", workspace_id=WORKSPACE).joins
    assert joins.count("FROM facts") == 1
    read, kept = joins.split(" HAVING ")
    assert read.count("FILTER") == 2
    assert kept.count(" OR ") == 2


@pytest.mark.parametrize(
    "leaf",
    [
        Happened(ORDERS, operator="less_than", operands=(Value(3),)),
        Happened(ORDERS, operator="not_equals", operands=(Value(3),)),
        Happened(ORDERS, measure="average", path="amount", operands=(Value(3),)),
        Happened(ORDERS, operands=(Attribute("points"),)),
    ],
)
def test_whom_a_leaf_may_want_is_not_left_out_of_a_reading(leaf: Happened) -> None:
    wanted = Happened(ORDERS, operands=(Value(5),))
    for tree, left_out in ((wanted, True), (AnyOf((wanted, leaf)), False)):
        joins = compile_sql(tree, now=NOW, time_zone="UTC", workspace_id=WORKSPACE).joins
        assert ("HAVING" in joins) is left_out


def test_nobody_is_judged_twice_where_all_of_a_reading_are_wanted() -> None:
    for leaf, kept in ((Happened(ORDERS), False), (Happened(ORDERS, operands=(Value(2),)), True)):
        joins = compile_sql(leaf, now=NOW, time_zone="UTC", workspace_id=WORKSPACE).joins
        assert ("HAVING" in joins) is kept
    windows = AnyOf(
        (Happened(ORDERS, Ago(7, "days")), Happened(ORDERS, Ago(9, "days"), operands=(Value(2),)))
    )
    assert "HAVING" in compile_sql(windows, now=NOW, time_zone="UTC", workspace_id=WORKSPACE).joins


async def test_whom_one_leaf_of_a_reading_wants_is_kept_though_another_does_not(tx: Connection) -> None:
    buyers = [
        person(1, *(fact(offset=offset, amount=1) for offset in range(3))),
        person(2, fact(amount=90)),
        person(3, fact(offset=1, amount=1), fact(offset=2, amount=1)),
    ]
    await store_people(tx, buyers)
    often, much = (
        Happened(ORDERS, operands=(Value(3),)),
        Happened(ORDERS, measure="sum", path="amount", operands=(Value(80),)),
    )
    for tree, wanted in (
        (AnyOf((often, much)), [True, True, False]),
        (All((often, Not(much))), [True, False, False]),
    ):
        condition = compile_sql(tree, now=NOW, time_zone="UTC", workspace_id=WORKSPACE, first_parameter=2)
        answers = await ask_sql(tx, condition)
        assert "HAVING" in condition.joins
        assert [answers[buyer.id] for buyer in buyers] == wanted


def test_what_happened_at_all_is_looked_up_where_all_must_meet_it_and_no_other_leaf_reads_it() -> None:
    ordered, visited = Happened(ORDERS, Ago(7, "days")), Happened(Pattern(("viewedPage",)))

    def read(tree: Condition) -> tuple[int, int]:
        """Return how often facts are looked up of a contact, and how often they are joined."""
        condition = compile_sql(tree, now=NOW, time_zone="UTC", workspace_id=WORKSPACE)
        return condition.text.count("EXISTS"), condition.joins.count("JOIN")

    assert read(ordered) == (1, 0)
    assert read(All((All((ordered,)), Not(visited)))) == (2, 0)
    assert read(AnyOf((ordered, visited))) == (0, 2)
    assert read(Not(All((ordered,)))) == (0, 1)
    assert read(All((ordered, Not(Happened(ORDERS, Ago(9, "days")))))) == (0, 1)
    assert read(All((visited, AnyOf((ordered,))))) == (1, 1)
    assert read(Happened(ORDERS, operands=(Value(2),))) == (0, 1)


async def test_a_window_passes_over_partitions_received_before_it(tx: Connection) -> None:
    someone = person(1, *(fact(timedelta(days=40 * count), offset=9 - count) for count in range(6)))
    await store_people(tx, [someone])
    condition = compile_sql(
        Happened(ORDERS, Ago(30, "days")), now=NOW, time_zone="UTC", workspace_id=WORKSPACE
    )
    plan = await tx.fetch(
        f"EXPLAIN SELECT count(*) FROM contacts {condition.joins} WHERE {condition.text}",
        *condition.parameters,
    )
    text = "\n".join(row[0] for row in plan)
    assert "facts_202501" in text or "facts_202502" in text
    assert "facts_202408" not in text
    assert "facts_202412" not in text


def test_what_looks_back_is_asked_of_one_workspace() -> None:
    register_set("group", SetSource(table="group_members", id_column="group_id"))
    with pytest.raises(ValueError, match="one workspace"):
        compile_sql(All((Happened(ORDERS),)), now=NOW, time_zone="UTC")
    with pytest.raises(ValueError, match="one workspace"):
        compile_sql(Membership("group", IDS[0]), now=NOW, time_zone="UTC")


def test_a_set_has_one_source() -> None:
    source = SetSource(table="group_members", id_column="group_id")
    register_set("group", source)
    register_set("group", source)
    assert get_set("group") == source
    with pytest.raises(ValueError, match="have a source already"):
        register_set("group", SetSource(table="others", id_column="group_id"))
    with pytest.raises(ValueError, match="does not name"):
        register_set("group", SetSource(table="facts; DROP TABLE facts", id_column="group_id"))
