"""Which tests count as rare, and that knowing it changes no answer."""

from typing import Any
from uuid import UUID

from percorso.conditions import compile_sql
from percorso.conditions.model import All, AnyOf, Happened, Not, Pattern, Test, Value
from percorso.conditions.rarity import choose_rare, list_decisive_tests
from percorso.conditions.store import find_rare_tests
from percorso.db import Connection
from percorso.kit.ids import derive_id
from tests.conditions.histories import Person
from tests.conditions.population import WORKSPACE, ask_sql, store_people
from tests.conditions.subjects import NOW

ORDERED = Happened(Pattern(("completedOrder",)))
PEOPLE = 3_000


def lives_in(city: str) -> Test:
    return Test("attribute", "address.city", "text", "equals", (Value(city),))


MILAN, COMO = lives_in("Milano"), lives_in("Como")


def test_only_what_every_contact_must_meet_beside_what_happened_is_decisive() -> None:
    of_event = Test("event", "city", "text", "equals", (Value("Como"),))
    asked = All((All((MILAN, ORDERED)), AnyOf((COMO, ORDERED)), Not(COMO), of_event))
    assert list_decisive_tests(asked) == [MILAN]
    assert list_decisive_tests(All((MILAN, COMO))) == []
    assert list_decisive_tests(AnyOf((MILAN, ORDERED))) == []
    assert len(list_decisive_tests(All((*(lives_in(str(each)) for each in range(40)), ORDERED)))) == 16


def test_a_share_of_too_few_says_nothing() -> None:
    assert choose_rare([MILAN, COMO], 1_000, [40, 41]) == (MILAN,)
    assert choose_rare([MILAN], 500, [0]) == (MILAN,)
    assert choose_rare([MILAN], 499, [0]) == ()


async def store_citizens(tx: Connection) -> UUID:
    """Store contacts of whom one in a hundred lives in Como and the rest in Milan; return one of the few."""
    citizens = [
        Person(
            derive_id("citizen", number),
            {"address": {"city": "Milano" if number % 100 else "Como"}},
            {},
            frozenset(),
            frozenset(),
            {},
            {},
            (),
        )
        for number in range(PEOPLE)
    ]
    await store_people(tx, citizens)
    await tx.execute("ANALYZE contacts")
    return citizens[0].id


async def test_a_sample_tells_which_are_rare_and_the_answer_is_the_same(tx: Connection) -> None:
    citizen = await store_citizens(tx)

    async def find(*conditions: Any, workspace_id: UUID = WORKSPACE) -> tuple[Test, ...]:
        return await find_rare_tests(tx, workspace_id, All(conditions), now=NOW, time_zone="UTC")

    assert await find(MILAN, COMO, Not(ORDERED)) == (COMO,)
    assert await find(MILAN, COMO) == ()
    # Of another workspace's contacts nothing is known here.
    assert await find(COMO, ORDERED, workspace_id=derive_id("another")) == ()
    for rare in ((), (COMO,)):
        condition = compile_sql(
            All((COMO, Not(ORDERED))),
            now=NOW,
            time_zone="UTC",
            workspace_id=WORKSPACE,
            first_parameter=2,
            rare=rare,
        )
        found = await ask_sql(tx, condition)
        assert (found[citizen], sum(found.values())) == (True, PEOPLE // 100)
