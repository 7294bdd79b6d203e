"""Receiving domains that say no: everything for them waits, nothing else does, and nobody is forgotten."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from percorso.channels.email.smtp import Timeouts
from percorso.courier.main import hand_over_all
from percorso.db import Database
from percorso.db.clock import set_clock
from percorso.deliverability.model import DomainWait
from percorso.deliverability.store import list_waits, release_wait
from percorso.messages.result import LIFETIME
from tests.support.scene import NOW, Scene, add_contact, plan, read_facts, set_scene
from tests.support.smtp_sink import SmtpSink

FAST = Timeouts(connect=5, command=2, body=5, final=2)
BUSY, FULL, BLOCKED = "450 4.3.2 busy", "452 4.2.2 full", "550 5.7.1 blocked"


class Post:
    """A workspace whose contacts live at several domains, and a sink that answers for each of those."""

    def __init__(self, database: Database, sink: SmtpSink, scene: Scene) -> None:
        self.database, self.sink, self.scene, self.now = database, sink, scene, NOW
        self.says: dict[str, str | None] = {}
        self.asked: Counter[str] = Counter()
        self.on_asked: Callable[[str], None] = lambda _domain: None
        sink.answer_recipient = self._answer

    def _answer(self, recipient: str) -> str | None:
        domain = recipient.rpartition("@")[2]
        self.asked[domain] += 1
        self.on_asked(domain)
        return self.says.get(domain)

    async def write(self, *domains: str, **more: Any) -> list[UUID]:
        """Plan a message to a new contact at each of these domains."""
        async with self.database.transaction("test.commit") as connection:
            return [
                await plan(
                    connection,
                    self.scene,
                    await add_contact(connection, self.scene, email=f"anna@{domain}"),
                    due_in=self.now - NOW,
                    **more,
                )
                for domain in domains
            ]

    async def carry(self, *, until: datetime | None = None, slots: int = 1) -> None:
        """Let product time be `until` (else as it is), and hand over what is due."""
        self.now = until or self.now
        async with self.database.transaction("test.commit") as connection:
            await set_clock(connection, product_at=self.now, rate=0)
        await hand_over_all(self.database, provider=self.sink.provider(), timeouts=FAST, slots=slots)

    async def waits(self) -> list[DomainWait]:
        async with self.database.connection() as connection:
            return await list_waits(connection, self.scene.workspace_id, size=100)

    async def states(self, *ids: UUID) -> list[tuple[str, str | None]]:
        async with self.database.connection() as connection:
            rows = await connection.fetch("SELECT id, state, reason FROM messages")
        found = {row["id"]: (row["state"], row["reason"]) for row in rows}
        return [found[id] for id in ids]


async def open_post(database: Database, sink: SmtpSink) -> Post:
    async with database.transaction("test.commit") as connection:
        return Post(database, sink, await set_scene(connection))


async def test_one_no_keeps_everything_for_the_domain_and_nothing_else(database: Database) -> None:
    async with SmtpSink() as sink:
        post = await open_post(database, sink)
        post.says["busy.example"] = BUSY
        ids = await post.write(*["busy.example"] * 5, "other.example")
        await post.carry()

        assert post.asked == {"busy.example": 1, "other.example": 1}
        states = await post.states(*ids)
        assert Counter(states) == {
            ("due", "refused_for_now"): 1,
            ("due", "domain_waits"): 4,
            ("accepted", None): 1,
        }
        (wait,) = await post.waits()
        assert (wait.step, wait.paused_at, wait.reply) == (1, None, BUSY)

        post.says.clear()
        await post.carry(until=wait.next_at - timedelta(seconds=1))
        assert post.asked["busy.example"] == 1
        await post.carry(until=wait.next_at)
        assert set(await post.states(*ids)) == {("accepted", None)}
        assert await post.waits() == []


async def test_waiting_is_no_try_and_each_step_is_taken_once(database: Database) -> None:
    """Eight slots hear the same no at once: one step, and only what was really tried is in the journal."""
    async with SmtpSink() as sink:
        post = await open_post(database, sink)
        post.says["busy.example"] = BUSY
        await post.write(*["busy.example"] * 30)
        await post.carry(slots=8)
        (wait,) = await post.waits()
        assert wait.step == 1
        await post.carry(until=wait.next_at, slots=8)
        (wait,) = await post.waits()
        assert wait.step == 2
        async with database.connection() as connection:
            tries = await connection.fetchval("SELECT count(*) FROM attempts")
        assert tries == post.asked["busy.example"] < 30


async def test_a_refusal_by_policy_pauses_the_domain_and_suppresses_nobody(database: Database) -> None:
    async with SmtpSink() as sink:
        post = await open_post(database, sink)
        post.says["strict.example"] = BLOCKED
        ids = await post.write("strict.example", "strict.example")
        await post.carry()

        (wait,) = await post.waits()
        assert (wait.paused_at, wait.reply) == (NOW, BLOCKED)
        assert timedelta(hours=3.6) <= wait.next_at - NOW <= timedelta(hours=4.4)
        assert {state for state, _ in await post.states(*ids)} == {"due"}
        async with database.connection() as connection:
            assert await connection.fetchval("SELECT count(*) FROM suppressions") == 0

        post.says.clear()
        async with database.transaction("test.commit") as connection:
            assert await release_wait(connection, post.scene.workspace_id, wait.destination.id) == wait
        await post.carry(until=NOW + timedelta(minutes=5))
        # The one that was refused itself keeps its time; what only waited is seen within five minutes.
        assert Counter(await post.states(*ids)) == {
            ("accepted", None): 1,
            ("due", "refused_for_now"): 1,
        }
        await post.carry(until=wait.next_at)
        assert set(await post.states(*ids)) == {("accepted", None)}


async def test_a_full_mailbox_keeps_no_neighbour_waiting(database: Database) -> None:
    async with SmtpSink() as sink:
        post = await open_post(database, sink)
        says = iter([FULL])
        post.on_asked = lambda domain: post.says.__setitem__(domain, next(says, None))
        await post.write("mail.example", "mail.example", "mail.example")
        await post.carry()
        assert (len(sink.received), await post.waits()) == (2, [])


@pytest.mark.parametrize("message_class", ["marketing", "transactional"])
async def test_a_message_that_waited_for_its_whole_life_expires_with_its_reason(
    database: Database, message_class: Any
) -> None:
    async with SmtpSink() as sink:
        post = await open_post(database, sink)
        post.says["busy.example"] = BUSY
        ids = await post.write("busy.example", "busy.example", message_class=message_class)
        (brief,) = await post.write("busy.example", expires_in=timedelta(hours=7))
        end = NOW + LIFETIME[message_class]
        await post.carry()
        # Upkeep comes round: from now on each of them is known to wait.
        await post.carry()
        while post.now < end:
            waits = await post.waits()
            await post.carry(until=min(end, post.now + timedelta(hours=1), waits[0].next_at))
        assert [reason for _, reason in await post.states(*ids, brief)] == ["expired", "expired", "too_late"]
        failed = await read_facts(database, "messageFailed")
        assert [
            (f["properties"]["reason"], f["properties"]["class"], f["properties"]["reply"]) for f in failed
        ] == [("expired", "temporary", BUSY)] * 2
        assert len(await read_facts(database, "messageSkipped")) == 1
        assert sink.received == []


DOMAINS = ("a.example", "b.example", "c.example")
STEPS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(DOMAINS), max_size=3),
        st.fixed_dictionaries(
            {domain: st.sampled_from((None, None, BUSY, BLOCKED, FULL)) for domain in DOMAINS}
        ),
        st.sampled_from((1, 4, 16, 70, 250, 1500)),
        st.sampled_from((None, 30, 600)),
    ),
    min_size=2,
    max_size=8,
)


@given(steps=STEPS)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_nothing_is_said_to_a_waiting_domain_and_none_ends_without_its_reason(
    database_url: str, steps: list[tuple[list[str], dict[str, str | None], int, int | None]]
) -> None:
    """Whatever domains answer and whenever messages are planned: the law of trust §1 about retries."""
    asyncio.run(_walk(database_url, steps))


async def _walk(url: str, steps: list[tuple[list[str], dict[str, str | None], int, int | None]]) -> None:
    database = await Database.open(url, maximum=6)
    try:
        await _clear(database)
        async with SmtpSink() as sink:
            post = await open_post(database, sink)
            left_alone: dict[str, datetime] = {}

            def check(domain: str) -> None:
                assert post.now >= left_alone.get(domain, NOW), f"{domain} was to be left alone"

            post.on_asked = check
            planned: list[UUID] = []
            for domains, says, minutes, expires in steps:
                post.says = says
                life = None if expires is None else post.now - NOW + timedelta(minutes=expires)
                planned += await post.write(*domains, expires_in=life)
                await post.carry()
                left_alone = {wait.destination.domain: wait.next_at for wait in await post.waits()}
                await post.carry(until=post.now + timedelta(minutes=minutes))
                left_alone = {wait.destination.domain: wait.next_at for wait in await post.waits()}
            post.says = dict.fromkeys(DOMAINS, BUSY)
            for hours in (80, 90, 170):
                await post.carry(until=post.now + timedelta(hours=hours))
            ends = await post.states(*planned)
            assert {state for state, _ in ends} <= {"accepted", "failed", "skipped"}
            assert {reason for state, reason in ends if state == "failed"} <= {"expired"}
            assert {reason for state, reason in ends if state == "skipped"} <= {"too_late"}
            assert len(sink.received) == sum(state == "accepted" for state, _ in ends)
            told = await read_facts(database, "campaignSent", "messageFailed", "messageSkipped")
            assert len(told) == len(planned)
    finally:
        await database.close()


async def _clear(database: Database) -> None:
    async with database.transaction("test.commit") as connection:
        tables = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            " AND NOT relispartition AND relname NOT IN ('migrations', 'clocks', 'heads', 'cursors')"
        )
        await connection.execute(f"TRUNCATE {', '.join(row['relname'] for row in tables)} CASCADE")
