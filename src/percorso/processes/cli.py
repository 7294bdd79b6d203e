"""The commands that run processes, and the one that migrates."""

import asyncio

import click

from percorso.config import read_config
from percorso.db import migrate as migrate_database
from percorso.db.embedded import EmbeddedServer
from percorso.kit.output import json_option, print_result
from percorso.processes.shell import run_program
from percorso.processes.supervisor import Supervisor
from percorso.telemetry import configure_logs


@click.command()
@json_option
def up(*, as_json: bool) -> None:
    """Run everything until Ctrl-C: the database, unless PERCORSO_DATABASE_URL names one, api, worker, courier.

    The data folder is ./data, or PERCORSO_DATA; HTTP is served at PORT, 8000 unless given.
    """
    asyncio.run(_up(as_json=as_json))


async def _up(*, as_json: bool) -> None:
    config = read_config()
    configure_logs(process="up", level=config.log_level, form=config.log_format)
    supervisor = Supervisor(config)
    supervisor.stop_on_signals()
    starting = asyncio.create_task(supervisor.start())
    waiting = asyncio.create_task(supervisor.wait_for_signal())
    try:
        await asyncio.wait((starting, waiting), return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            await starting
            print_result({"url": config.public_url}, as_json=as_json)
            await supervisor.wait()
    finally:
        for task in (starting, waiting):
            task.cancel()
        await supervisor.stop()


@click.command()
@click.option(
    "--beside",
    "share",
    flag_value="run_beside",
    help="Only take imports in, and help another worker with what lies far behind.",
)
@click.option(
    "--helped", "share", flag_value="run_helped", help="Leave imports to the workers beside this one."
)
@json_option
def worker(*, share: str | None, as_json: bool) -> None:
    """Apply facts and due runs of the database of PERCORSO_DATABASE_URL, until SIGTERM or Ctrl-C."""
    _ = as_json
    run_program("worker", f"percorso.worker.main:{share or 'run'}")


@click.command()
@json_option
def courier(*, as_json: bool) -> None:
    """Hand over messages of the database of PERCORSO_DATABASE_URL, until SIGTERM or Ctrl-C."""
    _ = as_json
    run_program("courier", "percorso.courier.main:run")


@click.command()
@json_option
def migrate(*, as_json: bool) -> None:
    """Bring the schema up to date; repeating does nothing."""
    done = asyncio.run(_migrate())
    result = {"applied": done} if as_json else {"applied": ", ".join(done) or "nothing was missing"}
    print_result(result, as_json=as_json)


async def _migrate() -> list[str]:
    config = read_config()
    if config.database_url is not None:
        return await migrate_database(config.database_url)
    server = EmbeddedServer(config.data_folder)
    await server.start()
    try:
        return await migrate_database(server.url())
    finally:
        await server.stop()
