"""What all benches have in common: a database of their own, the form of the result, the two options."""

import asyncio
import os
import shutil
import socket
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import click
import msgspec
import uvloop

from percorso.db import Database, migrate
from percorso.db.clock import set_clock
from percorso.db.embedded import EmbeddedServer
from percorso.kit.output import print_result
from percorso.workspaces.actions import create_key, set_up_instance

_START_SECONDS: Final = 60.0


class Result(msgspec.Struct, kw_only=True):
    """What a bench prints."""

    bench: str
    figure: float
    """What was reached, in `unit`."""
    unit: str
    limit: float
    """What the machine reached in the same run doing only what `limit_is` says, in the same unit."""
    limit_is: str
    ratio: float
    """The share of the limit that is reached: figure / limit for rates, limit / figure for durations."""
    target: float
    """The figure that architecture §7 asks for on the development machine."""
    target_ratio: float | None = None
    """The ratio that it asks for, None where it asks for none."""
    more: dict[str, Any] = {}
    """What else helps to judge; printed beside the rest."""


class Ground(msgspec.Struct, frozen=True):
    """Where a bench runs: a database with one workspace, and the key to send with."""

    folder: Path
    url: str
    database: Database
    workspace_id: UUID
    node_id: UUID
    write_key: str


def rate_result(
    bench: str,
    *,
    figure: float,
    limit: float,
    limit_is: str,
    target: float,
    target_ratio: float,
    unit: str,
    more: dict[str, Any],
) -> Result:
    """Return the result of a bench whose figure is a rate."""
    return Result(
        bench=bench,
        figure=round(figure, 1),
        unit=unit,
        limit=round(limit, 1),
        limit_is=limit_is,
        ratio=round(figure / limit, 3),
        target=target,
        target_ratio=target_ratio,
        more=more,
    )


def progress(sentence: str) -> None:
    """Tell people on stderr what is going on."""
    click.echo(sentence, err=True)


def make_folder() -> Path:
    """Make a temporary folder that an embedded server keeps its data in, as whichever user it runs."""
    folder = Path(tempfile.mkdtemp(prefix="percorso-bench-"))
    # Where its user could not get in, its data would lie elsewhere and outlive the folder.
    folder.chmod(0o711)
    return folder


@asynccontextmanager
async def open_ground() -> AsyncGenerator[Ground]:
    """Lend a durable embedded database with a workspace in a temporary folder; both are gone afterwards."""
    folder = make_folder()
    server = EmbeddedServer(folder / "data")
    try:
        await server.start()
        url = server.url()
        await migrate(url)
        database = await Database.open(url, maximum=4, name="percorso bench", statement_timeout_seconds=600)
        try:
            yield await set_up_ground(folder, url, database)
        finally:
            await database.close()
    finally:
        await server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def set_up_ground(folder: Path, url: str, database: Database) -> Ground:
    """Make a workspace with one list and one key to send with, and return where they are."""
    present = datetime.now(UTC)
    async with database.transaction("workspaces.set_up") as connection:
        setup = await set_up_instance(
            connection,
            workspace_name="Bench",
            list_name="Bench",
            sender_address="bench@example.com",
            sms_sender=None,
            email="bench@example.com",
            name="Bench",
            password=os.urandom(16).hex(),
            language="en",
            time_zone="UTC",
            currency="EUR",
            present=present,
        )
        _, write_key = await create_key(
            connection,
            workspace_id=setup.workspace_id,
            name="bench",
            kind="server",
            scopes=("track",),
            present=present,
        )
    return Ground(folder, url, database, setup.workspace_id, setup.node_id, write_key)


async def stand_at(ground: Ground, moment: datetime) -> None:
    """Let product time be this moment, and stand still."""
    async with ground.database.transaction("bench.copy") as connection:
        await set_clock(connection, product_at=moment, rate=0)


def free_port() -> int:
    """Return a port of this machine that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def wait_for_port(port: int, *, seconds: float = _START_SECONDS) -> None:
    """Return when something listens at `port`; raises the last OSError after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)
        else:
            writer.close()
            await writer.wait_closed()
            return


def bench_command(name: str, sentence: str) -> Callable[[Callable[[bool], Awaitable[Result]]], click.Command]:
    """Make `percorso bench NAME` of a coroutine function that takes `quick` and returns the result."""

    def make(measure: Callable[[bool], Awaitable[Result]]) -> click.Command:
        @click.command(name, help=sentence)
        @click.option(
            "--quick", is_flag=True, help="At most 20 s of measuring after at most 120 s of set-up."
        )
        @click.option("--json", "as_json", is_flag=True, help="Print one JSON object on one line.")
        def command(*, quick: bool, as_json: bool) -> None:
            result: dict[str, Any] = msgspec.to_builtins(uvloop.run(_await(measure(quick))))
            more = result.pop("more")
            print_result({**result, **more}, as_json=as_json)

        return command

    return make


async def _await(measuring: Awaitable[Result]) -> Result:
    return await measuring
