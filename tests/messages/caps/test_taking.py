"""The cap is counted and taken in the mark, whoever marks, dies or takes back: never more, the highest first."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from percorso.courier.journal import Journal
from percorso.db import Connection, Database
from percorso.db.clock import read_product_time, set_clock
from percorso.kit.ids import bucket_of
from percorso.messages.actions import Marked, claim_messages, plan_messages
from percorso.messages.caps.actions import read_rooms, set_caps
from percorso.messages.caps.model import CapChannel, CapRule, find_period
from percorso.messages.caps.store import unite_caps
from percorso.messages.model import Message, NewMessage
from percorso.messages.result import Change
from tests.support.scene import NOW, Scene, add_contact, set_scene

ADDRESS = {"email": "maria@example.com", "sms": "+393331234567"}
HELD = Change(sources=frozenset({"marked"}), state="due", reason="mark_withdrawn", attempt="withdrawn")
ACCEPTED = Change(
    sources=frozenset({"marked"}), state="accepted", keeps_mark=True, fact="campaignSent", attempt="accepted"
)
REFUSED = Change(
    sources=frozenset({"marked"}), state="failed", reason="refused", fact="messageFailed", attempt="refused"
)


async def plan(
    connection: Connection,
    scene: Scene,
    contact_id: UUID,
    *,
    priority: int = 0,
    channel: Literal["email", "sms"] = "email",
    message_class: Literal["marketing", "transactional"] = "marketing",
) -> UUID:
    """Plan a message of no journey, due now."""
    id = uuid4()
    now = await read_product_time(connection)
    new = NewMessage(
        bucket=bucket_of(contact_id), id=id, workspace_id=scene.workspace_id, contact_id=contact_id,
        list_id=scene.list_id, journey_id=None, version=None, run_id=None, step=None, visit=None, channel=channel,
        template_id=scene.email_template, message_class=message_class, values={}, planned_at=now, due_at=now,
        priority=priority,
    )  # fmt: skip
    await plan_messages(connection, [new])
    return id


class Stage:
    """A workspace with caps, one contact, and couriers that mark what they hold."""

    def __init__(self, database: Database, scene: Scene, contact_id: UUID) -> None:
        self.database = database
        self.scene = scene
        self.contact_id = contact_id
        self.couriers = [uuid4(), uuid4()]
        self.journals = [
            Journal(database, courier_id=id, provider="test", patience=1) for id in self.couriers
        ]

    @classmethod
    async def open(cls, database: Database, *rules: CapRule) -> "Stage":
        async with database.transaction("test.commit") as connection:
            scene = await set_scene(connection)
            contact_id = await add_contact(connection, scene)
            await set_caps(connection, scene.workspace_id, rules, caller="test", present=NOW)
        return cls(database, scene, contact_id)

    async def plan(self, **said: Any) -> UUID:
        async with self.database.transaction("test.commit") as connection:
            return await plan(connection, self.scene, said.pop("contact_id", self.contact_id), **said)

    async def claim(self, courier: int, size: int = 100) -> list[Message]:
        async with self.database.transaction("courier.claim") as connection:
            now = await read_product_time(connection)
            return await claim_messages(
                connection, courier_id=self.couriers[courier], provider="test", now=now, real=now, size=size
            )

    async def mark(self, courier: int, messages: Sequence[Message]) -> set[UUID]:
        asked = [
            Marked(
                message=message, address=ADDRESS[message.channel], subject="", rendered={}, template_version=1
            )
            for message in messages
        ]
        answers = await asyncio.gather(*(self.journals[courier].mark(one) for one in asked))
        return {message.id for message, passed in zip(messages, answers, strict=True) if passed}

    async def tell(self, courier: int, message: Message, change: Change) -> bool:
        return await self.journals[courier].tell(message, change)

    async def advance(self, by: timedelta) -> None:
        async with self.database.transaction("test.commit") as connection:
            await set_clock(connection, product_at=await read_product_time(connection) + by, rate=0)

    async def let_go(self) -> None:
        async with self.database.transaction("test.commit") as connection:
            await connection.execute(
                "UPDATE messages SET state = 'due', claimed_by = NULL, claimed_until = NULL WHERE state = 'claimed'"
            )

    async def counted(self) -> dict[tuple[UUID, str], list[datetime]]:
        async with self.database.connection() as connection:
            rows = await connection.fetch("SELECT contact_id, channel, taken FROM caps")
        return {(row["contact_id"], row["channel"]): sorted(row["taken"]) for row in rows}

    async def recount(self) -> dict[tuple[UUID, str], list[datetime]]:
        """Return what may have left, as the messages' own rows tell it."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(
                "SELECT contact_id, channel, array_agg(marked_at ORDER BY marked_at) AS taken FROM messages"
                " WHERE class = 'marketing' AND marked_at IS NOT NULL GROUP BY contact_id, channel"
            )
        return {(row["contact_id"], row["channel"]): list(row["taken"]) for row in rows}


DAILY = CapRule("email", "day", 2)


async def test_the_mark_counts_and_refuses_beyond_the_cap(database: Database) -> None:
    stage = await Stage.open(database, DAILY)
    for _ in range(3):
        await stage.plan()
    transactional = await stage.plan(message_class="transactional")
    text = await stage.plan(channel="sms")
    messages = await stage.claim(0)
    passed = await stage.mark(0, messages)
    assert {transactional, text} <= passed
    assert len(passed) == 4
    assert await stage.counted() == await stage.recount()
    async with database.connection() as connection:
        (left,) = [message for message in messages if message.id not in passed]
        rooms = await read_rooms(connection, [left], now=NOW)
    assert rooms[left.id].opens_at == find_period("day", NOW, "Europe/Rome")[1]


async def test_without_a_cap_marks_are_counted_and_a_cap_set_later_knows_them(database: Database) -> None:
    stage = await Stage.open(database)
    for _ in range(3):
        await stage.plan()
    assert len(await stage.mark(0, await stage.claim(0))) == 3
    async with database.transaction("test.commit") as connection:
        await set_caps(connection, stage.scene.workspace_id, [DAILY], caller="test", present=NOW)
    await stage.plan()
    assert await stage.mark(0, await stage.claim(0)) == set()
    await stage.let_go()
    await stage.advance(timedelta(days=1))
    assert len(await stage.mark(0, await stage.claim(0))) == 1


@pytest.mark.parametrize("change", [HELD, REFUSED])
async def test_a_place_goes_back_with_its_mark(database: Database, change: Change) -> None:
    stage = await Stage.open(database, CapRule("email", "month", 1))
    await stage.plan()
    (message,) = await stage.claim(0)
    assert await stage.mark(0, [message]) == {message.id}
    assert await stage.tell(0, message, change)
    # Telling it twice gives back one place.
    assert not await stage.tell(0, message, change)
    assert await stage.counted() == {}
    other = await stage.plan()
    again = await stage.claim(1)
    assert other in {one.id for one in again}
    assert len(await stage.mark(1, again)) == 1


async def test_what_was_accepted_keeps_its_place(database: Database) -> None:
    stage = await Stage.open(database, DAILY)
    await stage.plan()
    (message,) = await stage.claim(0)
    await stage.mark(0, [message])
    assert await stage.tell(0, message, ACCEPTED)
    assert await stage.counted() == {(stage.contact_id, "email"): [NOW]}


async def test_a_lower_one_leaves_the_last_place_to_a_higher_one_that_somebody_else_holds(
    database: Database,
) -> None:
    stage = await Stage.open(database, CapRule("email", "day", 1))
    low = await stage.plan(priority=1)
    (held,) = await stage.claim(0)
    assert held.id == low
    high = await stage.plan(priority=5)
    assert await stage.mark(0, [held]) == set()
    async with database.connection() as connection:
        room = (await read_rooms(connection, [held], now=NOW))[low]
    assert (room.left, room.rivals, room.opens_at) == (1, 1, None)
    assert await stage.mark(1, await stage.claim(1)) == {high}
    assert await stage.mark(0, [held]) == set()
    assert await stage.counted() == {(stage.contact_id, "email"): [NOW]}


async def test_a_higher_one_of_a_paused_journey_keeps_nobody_waiting(database: Database) -> None:
    stage = await Stage.open(database, CapRule("email", "day", 1))
    high = await stage.plan(priority=5)
    low = await stage.plan()
    async with database.transaction("test.commit") as connection:
        await connection.execute("UPDATE journeys SET state = 'paused'")
        await connection.execute(
            "UPDATE messages SET journey_id = $1 WHERE id = $2", stage.scene.journey_id, high
        )
    assert await stage.mark(0, await stage.claim(0)) == {low}


async def test_what_was_counted_for_two_who_are_one_is_counted_together(database: Database) -> None:
    stage = await Stage.open(database, CapRule("email", "day", 3))
    async with database.transaction("test.commit") as connection:
        other = await add_contact(connection, stage.scene)
    for contact_id in (stage.contact_id, other, other):
        await stage.plan(contact_id=contact_id)
    await stage.mark(0, await stage.claim(0))
    async with database.transaction("test.commit") as connection:
        await unite_caps(connection, other, stage.contact_id)
    assert (await stage.counted())[stage.contact_id, "email"] == [NOW] * 3
    await stage.plan()
    assert await stage.mark(0, await stage.claim(0)) == set()


ACTS = st.one_of(
    st.tuples(st.just("plan"), st.integers(0, 1), st.integers(0, 3)),
    st.tuples(st.just("claim"), st.integers(0, 1), st.integers(1, 3)),
    st.tuples(st.just("mark"), st.integers(0, 1), st.integers(0, 3)),
    st.tuples(st.just("tell"), st.integers(0, 1), st.integers(0, 2)),
    st.tuples(st.just("both"), st.just(0), st.just(0)),
    st.tuples(st.just("time"), st.just(0), st.integers(1, 40)),
)


async def test_never_more_than_the_cap_in_any_interleaving_and_the_highest_first(database: Database) -> None:
    rules = (CapRule("email", "day", 2), CapRule("email", "week", 3), CapRule("sms", "day", 1))
    stage = await Stage.open(database, *rules)

    async def play(acts: list[tuple[str, int, int]]) -> None:
        async with database.transaction("test.commit") as connection:
            for table in ("attempts", "messages", "caps"):
                await connection.execute(f"DELETE FROM {table}")
            await set_clock(connection, product_at=NOW, rate=0)
        await _Play(stage, rules).play(acts)

    loop = asyncio.get_running_loop()

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(ACTS, min_size=5, max_size=30))
    def law(acts: list[tuple[str, int, int]]) -> None:
        asyncio.run_coroutine_threadsafe(play(acts), loop).result()

    await asyncio.to_thread(law)


class _Play:
    """One interleaving of two couriers, with what must hold after each act."""

    def __init__(self, stage: Stage, rules: Sequence[CapRule]) -> None:
        self.stage = stage
        self.rules = rules
        self.held: list[list[Message]] = [[], []]
        self.marked: list[list[Message]] = [[], []]
        self.priorities: dict[UUID, tuple[str, int]] = {}

    async def play(self, acts: list[tuple[str, int, int]]) -> None:
        for what, who, number in acts:
            await self._act(what, who, number)
            counted = await self.stage.recount()
            assert await self.stage.counted() == counted
            self._check(counted)
        await self.stage.let_go()

    async def _act(self, what: str, who: int, number: int) -> None:
        if what == "plan":
            channel: CapChannel = "sms" if who else "email"
            id = await self.stage.plan(priority=number, channel=channel)
            self.priorities[id] = (channel, number)
        elif what == "claim":
            self.held[who] += await self.stage.claim(who, number)
        elif what == "mark":
            await self._mark(who, self.held[who][: number + 1])
        elif what == "both":
            await asyncio.gather(self._mark(0, self.held[0]), self._mark(1, self.held[1]))
        elif what == "tell" and self.marked[who]:
            message = self.marked[who].pop()
            await self.stage.tell(who, message, (HELD, REFUSED, ACCEPTED)[number])
        elif what == "time":
            await self.stage.advance(timedelta(hours=number))

    async def _mark(self, who: int, asked: list[Message]) -> None:
        if not asked:
            return
        waiting = await self._list_waiting()
        passed = await self.stage.mark(who, asked)
        self.marked[who] += [message for message in asked if message.id in passed]
        self.held[who] = [message for message in self.held[who] if message.id not in passed]
        for id in passed:
            channel, priority = self.priorities[id]
            higher = {
                other
                for other in waiting
                if self.priorities[other][0] == channel and self.priorities[other][1] > priority
            }
            # Whoever stood higher has left before, or still finds a place.
            still = higher & await self._list_waiting()
            assert len(still) <= await self._room(channel)

    async def _list_waiting(self) -> set[UUID]:
        async with self.stage.database.connection() as connection:
            rows = await connection.fetch("SELECT id FROM messages WHERE state IN ('due', 'claimed')")
        return {row["id"] for row in rows}

    async def _room(self, channel: str) -> int:
        taken = (await self.stage.recount()).get((self.stage.contact_id, channel), [])
        async with self.stage.database.connection() as connection:
            now = await read_product_time(connection)
        free: list[int] = []
        for rule in self.rules:
            if rule.channel == channel:
                since, until = find_period(rule.period, now, "Europe/Rome")
                free.append(rule.most - sum(since <= moment < until for moment in taken))
        return min(free)

    def _check(self, counted: dict[tuple[UUID, str], list[datetime]]) -> None:
        for (_, channel), taken in counted.items():
            for rule in self.rules:
                if rule.channel == channel:
                    for moment in taken:
                        since, until = find_period(rule.period, moment, "Europe/Rome")
                        assert sum(since <= other < until for other in taken) <= rule.most
