"""What is owed to somebody is sent once whatever dies meanwhile, and never to who was erased."""

from typing import Any
from uuid import UUID

import pytest

from percorso.contacts.store import get_contact
from percorso.db.failpoints import Failpoints
from percorso.privacy.erasure import erase_contact
from percorso.worker.apply import apply_all
from percorso.worker.erasing import empty_all
from percorso.worker.main import settle
from percorso.worker.noticing import plan_all
from tests.support.world import World
from tests.worker.test_notices import ASKED, open_world, read_names, set_list


class _CrashError(BaseException):
    """Stands for a process that died."""


async def ask(world: World, user: str) -> None:
    """Let somebody new subscribe, with nothing of it applied yet."""
    traits = {"email": f"{user}@example.com"}
    calls = [
        {"type": "identify", "userId": user, "traits": traits},
        {
            "type": "track",
            "userId": user,
            "event": "campaignSubscribed",
            "properties": {"channel": "email", **ASKED},
        },
    ]
    assert (await world.client_of(world.write_key).post("/v1/batch", {"batch": calls})).status == 200


async def settle_dying(world: World, monkeypatch: pytest.MonkeyPatch, nth: int) -> bool:
    """Let a process die at the nth pass of the commit point of notices, and another go on; return whether it died."""
    passed = 0

    def crash(_: Failpoints, point: str, moment: str) -> None:
        nonlocal passed
        passed += point == "worker.notices"
        if passed == nth:
            passed += 1
            raise _CrashError

    has_died = False
    with monkeypatch.context() as dying:
        dying.setattr(Failpoints, "pass_point", crash)
        try:
            await settle(world.database)
        except _CrashError:
            has_died = True
    await world.drain()
    return has_died


@pytest.mark.parametrize("opt_in", ["double", "single"])
async def test_dying_once_at_each_commit_of_notices_sends_each_once(
    database: Any, monkeypatch: pytest.MonkeyPatch, opt_in: str
) -> None:
    world = await open_world(database, opt_in=opt_in)
    welcome = await world.email_template("Benvenuta")
    await set_list(world, welcome_template_id=UUID(welcome), has_welcome=True)
    deaths = 0
    for nth in range(1, 100):
        await ask(world, f"p{nth}")
        has_died = await settle_dying(world, monkeypatch, nth)
        sent = [mail.recipient for mail in await world.mailbox()]
        assert sorted(sent) == sorted(f"p{number}@example.com" for number in range(1, nth + 1))
        if not has_died:
            break
        deaths += 1
    assert deaths >= 2, "before the commit, and after it"
    assert (await read_names(world)).count("messagePlanned") == deaths + 1


@pytest.mark.parametrize("stage", ["nothing is applied", "the status is applied", "the message is planned"])
@pytest.mark.parametrize("first", ["notices", "erasure"])
async def test_who_is_erased_is_sent_nothing_that_was_owed(database: Any, stage: str, first: str) -> None:
    world = await open_world(database, opt_in="double")
    await ask(world, "ada")
    if stage != "nothing is applied":
        await apply_all(database)
    if stage == "the message is planned":
        await plan_all(database)
    async with database.connection() as connection:
        (row,) = await connection.fetch("SELECT contact_id FROM notices")
    async with database.snapshot() as connection:
        contact = await get_contact(connection, row["contact_id"])
    assert contact is not None
    async with database.transaction("test.commit") as connection:
        assert await erase_contact(connection, contact)
    await apply_all(database)
    for step in (plan_all, empty_all) if first == "notices" else (empty_all, plan_all):
        await step(database)
    await world.drain()
    assert await world.mailbox() == []
    async with database.connection() as connection:
        for table in ("notices", "messages", "statuses", "contacts"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table
        dump = await connection.fetch("SELECT facts::text AS row FROM facts")
    assert not [row["row"] for row in dump if "ada@example.com" in row["row"]]
