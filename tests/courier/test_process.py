"""The process: goes on until told to stop, whatever its database does meanwhile."""

import asyncio
from uuid import UUID

import msgspec

from percorso.courier.main import run
from percorso.db import Database
from tests.support.scene import add_contact, plan, read_message, ready_message


class Settings(msgspec.Struct, frozen=True):
    public_url: str = "http://localhost:8000"
    secret: str = "a secret of 32 characters or more"
    private_hosts: tuple[str, ...] = ()


async def wait_for_state(database: Database, message_id: UUID, state: str) -> None:
    async with asyncio.timeout(60):
        while (await read_message(database, message_id))["state"] != state:
            await asyncio.sleep(0.05)


async def test_it_carries_what_comes_until_it_is_stopped(database: Database) -> None:
    scene, _, first = await ready_message(database)
    stop = asyncio.Event()
    courier = asyncio.create_task(run(database, Settings(), stop))
    await wait_for_state(database, first, "accepted")
    async with database.transaction("test.commit") as connection:
        second = await plan(connection, scene, await add_contact(connection, scene))
    await wait_for_state(database, second, "accepted")

    stop.set()
    await asyncio.wait_for(courier, 30)


async def test_it_goes_on_when_its_connections_were_cut(database: Database) -> None:
    scene, _, first = await ready_message(database)
    stop = asyncio.Event()
    courier = asyncio.create_task(run(database, Settings(), stop))
    await wait_for_state(database, first, "accepted")
    async with database.connection() as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        contact_id = await add_contact(connection, scene)
        second = await plan(connection, scene, contact_id)
    await wait_for_state(database, second, "accepted")

    stop.set()
    await asyncio.wait_for(courier, 30)
