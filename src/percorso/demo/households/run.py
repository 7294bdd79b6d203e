"""`percorso demo --data complete-journey`: a database and an API of its own, the year through it, the result."""

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any, Final

import aiohttp
import msgspec
from rich.progress import Progress

from percorso.config import Config
from percorso.db import Database
from percorso.demo.client import Client, await_answer
from percorso.demo.households.load import Load, Result, describe_pace, read_result
from percorso.demo.households.orders import Household, Order, list_households, list_orders, read_tables
from percorso.demo.set_up import Brand, set_up
from percorso.processes.programs import percorso_program
from percorso.processes.supervisor import Supervisor
from percorso.telemetry import configure_logs

HOUSEHOLDS: Final = Brand("Complete Journey", "Households", "hello@grocer.example.com", "en", "UTC", "USD")
"""The workspace of the data; its calendar is that of the data, which names no zone."""


async def run_households(config: Config, *, quiet: bool) -> dict[str, Any]:
    """Load the whole year and return what came of it; a signal stops it, and the next start goes on there."""
    if config.database_url is None:
        config = msgspec.structs.replace(config, data_folder=config.data_folder / "complete-journey")
    configure_logs(process="demo", level="warning", form=config.log_format)
    tables = await asyncio.to_thread(read_tables)
    households, orders = list_households(tables), await asyncio.to_thread(list_orders, tables)
    supervisor = Supervisor(config, programs=(), any_clock=True, log_folder=config.data_folder / "logs")
    supervisor.stop_on_signals()
    loading = asyncio.create_task(_load(supervisor, households, orders, quiet=quiet))
    stopping = asyncio.create_task(supervisor.wait_for_signal())
    try:
        await asyncio.wait((loading, stopping), return_when=asyncio.FIRST_COMPLETED)
        if not loading.done():
            raise KeyboardInterrupt
        return to_lines(loading.result())
    finally:
        for task in (loading, stopping):
            task.cancel()
        await asyncio.gather(loading, stopping, return_exceptions=True)
        await supervisor.stop()


async def _load(
    supervisor: Supervisor, households: list[Household], orders: list[Order], *, quiet: bool
) -> Result:
    await supervisor.start()
    config = supervisor.config
    async with AsyncExitStack() as stack:
        database = await Database.open(config.required_database_url, maximum=10, name="percorso demo")
        stack.push_async_callback(database.close)
        access, _ = await set_up(database, config.data_folder, HOUSEHOLDS)
        supervisor.add(percorso_program("api"))
        session = await stack.enter_async_context(
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        )
        url = f"http://127.0.0.1:{config.port}"
        await await_answer(session, url, log_folder=config.data_folder / "logs")
        client = Client(session, url, api_key=access.api_key, write_key=access.write_key)
        progress = stack.enter_context(Progress(disable=quiet, transient=True))
        task = progress.add_task("The year 2017", total=1.0)
        first, last = orders[0].at, orders[-1].received_at

        def report(moment: datetime) -> None:
            progress.update(
                task, completed=describe_pace(moment, first, last), description=f"{moment:%d %B %Y}"
            )

        load = Load(database, client, list_id=access.list_id, public_url=config.public_url)
        await load.run(households, orders, report)
        return await read_result(database)


def to_lines(result: Result) -> dict[str, Any]:
    """Return what is printed: events accepted, runs by outcome, messages by state, revenue."""
    return {
        "events": result.events,
        "runs": sum(result.runs.values()),
        **{f"runs_{outcome}": count for outcome, count in sorted(result.runs.items())},
        "messages": sum(result.messages.values()),
        **{f"messages_{state}": count for state, count in sorted(result.messages.items())},
        "revenue": f"{result.revenue:.2f}",
    }
