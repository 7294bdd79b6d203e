"""A ceiling is counted in the mark, whoever marks or takes back: never more, and the first kept back asks."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from percorso.courier.journal import Journal
from percorso.db import Database
from percorso.db.clock import read_product_time, set_clock
from percorso.messages.actions import Marked, claim_messages
from percorso.messages.ceilings.store import find_ceiling, forget_reached, write_ceiling
from percorso.messages.model import Message
from percorso.messages.result import Change
from tests.support.scene import NOW, Scene, add_contact, add_run, plan, set_scene

HELD = Change(sources=frozenset({"marked"}), state="due", reason="mark_withdrawn", attempt="withdrawn")
ACCEPTED = Change(
    sources=frozenset({"marked"}), state="accepted", keeps_mark=True, fact="campaignSent", attempt="accepted"
)


class Stage:
    """A journey with a ceiling, contacts with a message due each, and couriers that mark what they hold."""

    def __init__(self, database: Database, scene: Scene) -> None:
        self.database = database
        self.scene = scene
        self.couriers = [uuid4(), uuid4(), uuid4()]
        self.journals = [
            Journal(database, courier_id=id, provider="test", patience=1) for id in self.couriers
        ]
        self.now = NOW

    @classmethod
    async def open(cls, database: Database, most: int | None) -> "Stage":
        async with database.transaction("test.commit") as connection:
            scene = await set_scene(connection)
            await write_ceiling(connection, scene.workspace_id, scene.journey_id, most, forgets=False)
        return cls(database, scene)

    async def plan(self, count: int, *, transactional: bool = False) -> None:
        async with self.database.transaction("test.commit") as connection:
            for number in range(count):
                contact_id = await add_contact(connection, self.scene, email=f"{number}@example.com")
                run_id = await add_run(connection, self.scene, contact_id)
                await plan(
                    connection,
                    self.scene,
                    contact_id,
                    run_id=run_id,
                    message_class="transactional" if transactional else "marketing",
                )

    async def claim(self, courier: int, size: int = 100) -> list[Message]:
        async with self.database.transaction("courier.claim") as connection:
            now = await read_product_time(connection)
            return await claim_messages(
                connection, courier_id=self.couriers[courier], provider="test", now=now, real=now, size=size
            )

    async def mark(self, courier: int, messages: Sequence[Message]) -> set[UUID]:
        async with self.database.connection() as connection:
            rows = await connection.fetch("SELECT id, email FROM contacts")
        addresses = {row["id"]: row["email"] for row in rows}
        answers = await asyncio.gather(
            *(
                self.journals[courier].mark(
                    Marked(
                        message=message,
                        address=addresses[message.contact_id],
                        subject="",
                        rendered={},
                        template_version=1,
                    )
                )
                for message in messages
            )
        )
        return {message.id for message, passed in zip(messages, answers, strict=True) if passed}

    async def pass_time(self, by: timedelta) -> None:
        self.now += by
        async with self.database.transaction("test.commit") as connection:
            await set_clock(connection, product_at=self.now, rate=0)

    async def resume(self) -> None:
        async with self.database.transaction("test.commit") as connection:
            await forget_reached(connection, self.scene.journey_id)

    async def let_go(self) -> None:
        async with self.database.transaction("test.commit") as connection:
            await connection.execute(
                "UPDATE messages SET state = 'due', claimed_by = NULL, claimed_until = NULL WHERE state = 'claimed'"
            )

    async def standing(self) -> tuple[int, bool]:
        """Return how many are counted, and whether the journey asks."""
        async with self.database.connection() as connection:
            found = await find_ceiling(connection, self.scene.journey_id)
        assert found is not None
        return found.counted, found.reached_at is not None


async def test_couriers_that_mark_at_once_mark_as_many_as_may_leave_and_the_journey_asks(
    database: Database,
) -> None:
    stage = await Stage.open(database, 5)
    await stage.plan(9)
    held = [await stage.claim(courier, 3) for courier in range(3)]
    marked = await asyncio.gather(*(stage.mark(courier, held[courier]) for courier in range(3)))
    assert [len(messages) for messages in held] == [3, 3, 3]
    assert sum(len(ids) for ids in marked) == 5
    assert await stage.standing() == (5, True)


async def test_as_many_as_may_leave_do_not_make_it_ask_whatever_their_class(database: Database) -> None:
    stage = await Stage.open(database, 3)
    await stage.plan(1)
    await stage.plan(2, transactional=True)
    assert len(await stage.mark(0, await stage.claim(0))) == 3
    assert await stage.standing() == (3, False)


async def test_a_journey_without_a_ceiling_counts_nothing(database: Database) -> None:
    stage = await Stage.open(database, None)
    await stage.plan(3)
    assert len(await stage.mark(0, await stage.claim(0))) == 3
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM ceilings") == 0


async def test_what_the_gate_refuses_takes_no_room(database: Database) -> None:
    stage = await Stage.open(database, 2)
    await stage.plan(2)
    held = await stage.claim(0)
    async with database.transaction("test.commit") as connection:
        await connection.execute(
            "UPDATE statuses SET status = 'unsubscribed' WHERE contact_id = $1", held[0].contact_id
        )
    assert await stage.mark(0, held) == {held[1].id}
    assert await stage.standing() == (1, False)


async def test_a_higher_ceiling_lets_a_journey_that_is_on_go_on_and_a_paused_one_goes_on_asking(
    database: Database,
) -> None:
    stage = await Stage.open(database, 1)
    await stage.plan(2)
    await stage.mark(0, await stage.claim(0))
    assert await stage.standing() == (1, True)
    for most, forgets, asks in ((5, False, True), (1, True, True), (5, True, False)):
        async with database.transaction("test.commit") as connection:
            await write_ceiling(
                connection, stage.scene.workspace_id, stage.scene.journey_id, most, forgets=forgets
            )
        assert await stage.standing() == (1, asks)


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("mark"), st.integers(0, 2), st.integers(1, 4)),
        st.tuples(st.just("lose"), st.integers(0, 2), st.integers(1, 2)),
        st.tuples(st.just("send"), st.integers(0, 2), st.integers(1, 2)),
        st.tuples(st.just("resume"), st.just(0), st.just(0)),
        st.tuples(st.just("pass"), st.just(0), st.sampled_from([1, 8, 24])),
    ),
    min_size=5,
    max_size=20,
)


async def test_never_more_than_so_many_of_a_day_since_somebody_let_it_go_on(database: Database) -> None:
    """What is counted is what stands marked of this day since the last resume; it asks from the first kept back on."""
    stage = await Stage.open(database, 1)
    await stage.plan(16)

    async def play(most: int, moves: list[tuple[str, int, int]]) -> None:
        async with database.transaction("test.commit") as connection:
            await connection.execute("DELETE FROM attempts")
            await connection.execute(
                "UPDATE messages SET state = 'due', due_at = $1, ended_at = NULL, marked_at = NULL,"
                " marked_real_at = NULL, claimed_by = NULL, claimed_until = NULL, reason = NULL",
                NOW,
            )
            scene = stage.scene
            await write_ceiling(connection, scene.workspace_id, scene.journey_id, most, forgets=False)
        stage.now = NOW
        await stage.pass_time(timedelta(0))
        await stage.resume()
        await _play(stage, most, moves)

    loop = asyncio.get_running_loop()

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(most=st.integers(1, 4), moves=MOVES)
    def law(most: int, moves: list[tuple[str, int, int]]) -> None:
        asyncio.run_coroutine_threadsafe(play(most, moves), loop).result()

    await asyncio.to_thread(law)


async def _play(stage: Stage, most: int, moves: list[tuple[str, int, int]]) -> None:
    """Play one interleaving; hold what is counted and asked against a naive count after each move."""
    marked: list[tuple[int, Message]] = []
    counted: set[UUID] = set()
    asks, day = False, NOW.date()
    for move, courier, number in moves:
        await stage.pass_time(timedelta(hours=number if move == "pass" else 0, seconds=1))
        if move == "mark":
            await stage.let_go()
            held = await stage.claim(courier, number)
            # Rome is an hour ahead: its day begins at 23:00 of UTC.
            today = (stage.now + timedelta(hours=1)).date()
            if held and today > day:
                counted, day = set(), today
            room = 0 if asks else most - len(counted)
            passed = await stage.mark(courier, held)
            assert len(passed) == min(len(held), room)
            asks = asks or len(held) > room
            marked += [(courier, message) for message in held if message.id in passed]
            counted |= passed
        elif move == "resume":
            await stage.resume()
            counted, asks = set(), False
        elif move != "pass":
            for holder, message in [one for one in marked if one[0] == courier][:number]:
                marked.remove((holder, message))
                assert await stage.journals[holder].tell(message, HELD if move == "lose" else ACCEPTED)
                if move == "lose":
                    counted.discard(message.id)
        assert await stage.standing() == (len(counted), asks)
