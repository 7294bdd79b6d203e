"""Holds the database, if it is ours, and all programs; ends them together."""

import asyncio
import signal
import socket
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from percorso.config import Config, ConfigError, to_environment
from percorso.db import Database, migrate
from percorso.db.clock import is_production_clock
from percorso.db.embedded import EmbeddedServer
from percorso.db.errors import EmbeddedServerError
from percorso.db.reach import is_dumb, reach_database
from percorso.processes.child import Child
from percorso.processes.programs import START_SECONDS, Program, count_death, list_programs, pause_after
from percorso.telemetry import get_log

log = get_log(__name__)

_PROGRAM_PATIENCE = 5.0
_DATABASE_PATIENCE = 2.0
_REACH_SECONDS = 60.0
_PROBE_SECONDS = 2.0
_PROBES = 3


class ProgramError(Exception):
    """Programs did not come up within 60 s; their own lines in the log say why."""

    code = "program_error"

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(f"Not running after 60 s: {', '.join(names)}. The log says why.")


class Supervisor:
    """One life of `percorso up`: `start`, then `wait`, then `stop` (≤ 10 s)."""

    def __init__(
        self,
        config: Config,
        *,
        programs: Sequence[Program] | None = None,
        log_folder: Path | None = None,
        any_clock: bool = False,
    ) -> None:
        """`programs` are those of `up` unless others are given."""
        self.config = config
        """As given; after `start` with the embedded database's address in it."""
        self.children: dict[str, Child] = {}
        self._programs = list_programs(config) if programs is None else programs
        self._log_folder = log_folder
        self._any_clock = any_clock
        self._server: EmbeddedServer | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._stop = asyncio.Event()

    @property
    def database_process_id(self) -> int | None:
        """The process id of the embedded PostgreSQL; None when it is down or another database is used."""
        return self._server.process_id if self._server is not None else None

    async def start(self) -> None:
        """Make the database answer and all programs run; returns when each has sent its first heartbeat.

        Call from the main thread. Raises ConfigError (port taken, clock not at rate 1), EmbeddedServerError,
        MigrationError, ProgramError, or what the driver raises when a given database cannot be reached within 60 s.
        """
        check_port_is_free(self.config.host, self.config.port)
        await self._start_database()
        url = self.config.required_database_url
        await migrate(url)
        if not self._any_clock:
            await _check_clock(url)
        environment = to_environment(self.config)
        for program in self._programs:
            self.add(program, environment=environment)
        await self._await_programs()

    async def _await_programs(self) -> None:
        """Return when every program has sent a heartbeat and HTTP is served, or raise ProgramError."""
        try:
            async with asyncio.timeout(START_SECONDS):
                for child in self.children.values():
                    await child.started.wait()
                if "api" in self.children:
                    await _await_listener(self.config.host, self.config.port)
        except TimeoutError:
            late = [name for name, child in self.children.items() if not child.started.is_set()] or ["api"]
            raise ProgramError(late) from None

    def add(self, program: Program, *, environment: dict[str, str] | None = None) -> Child:
        """Keep one more program running from now on."""
        child = Child(
            program, environment=environment or to_environment(self.config), log_folder=self._log_folder
        )
        self.children[program.name] = child
        self._tasks.append(asyncio.create_task(child.run()))
        return child

    def stop_on_signals(self) -> None:
        """Let SIGINT, SIGTERM and SIGHUP end `wait`."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self._stop.set)

    async def wait_for_signal(self) -> None:
        """Return when a signal asked to stop."""
        await self._stop.wait()

    async def wait(self) -> None:
        """Return when a signal asked to stop; raise what went wrong in the supervisor itself."""
        stopping = asyncio.create_task(self._stop.wait())
        done, _ = await asyncio.wait((stopping, *self._tasks), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        for task in done:
            task.result()

    async def stop(self) -> None:
        """End all programs at once, then the database; may be repeated."""
        await asyncio.gather(
            *(child.stop(patience_seconds=_PROGRAM_PATIENCE) for child in self.children.values())
        )
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            await self._server.stop(patience_seconds=_DATABASE_PATIENCE)

    async def _start_database(self) -> None:
        if self.config.database_url is not None:
            await reach_database(self.config.database_url, within_seconds=_REACH_SECONDS)
            return
        self._server = EmbeddedServer(self.config.data_folder)
        await self._server.start()
        self.config = msgspec.structs.replace(self.config, database_url=self._server.url())
        self._tasks.append(asyncio.create_task(self._keep_database(self._server)))

    async def _keep_database(self, server: EmbeddedServer) -> None:
        """Start the embedded PostgreSQL again whenever it ends, for as long as it takes (a full disk, say)."""
        deaths = 0
        while True:
            began = time.monotonic()
            probing = asyncio.create_task(_kill_when_dumb(server))
            code = await server.wait()
            probing.cancel()
            deaths = count_death(deaths, lived_seconds=time.monotonic() - began)
            log.warning("database ended", code=code, again_in_seconds=pause_after(deaths))
            await asyncio.sleep(pause_after(deaths))
            try:
                await server.start()
            except EmbeddedServerError as error:
                log.error("database did not start", error=str(error))
            else:
                log.info("database is back")


def check_port_is_free(host: str, port: int) -> None:
    """Raise ConfigError if something listens at `host`:`port` already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigError(
                "PORT", f"{host}:{port} cannot be used ({error.strerror}). Choose another, e.g. PORT=8001."
            ) from None


async def _await_listener(host: str, port: int) -> None:
    """Return when something accepts connections at `host`:`port`."""
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1" if host == "0.0.0.0" else host, port)  # noqa: S104
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return


async def _check_clock(url: str) -> None:
    database = await Database.open(url, maximum=1, name="percorso up")
    try:
        async with database.connection() as connection:
            if not await is_production_clock(connection):
                raise ConfigError(
                    "PERCORSO_DATABASE_URL" if "host=/" not in url else "PERCORSO_DATA",
                    "leads to data of a demo or test, whose clock does not go as the real one does. "
                    "Use `percorso demo` for it, or other data.",
                )
    finally:
        await database.close()


async def _kill_when_dumb(server: EmbeddedServer) -> None:
    """Kill the server when it does not even refuse connections, three times in a row: it stands still."""
    failed = 0
    while failed < _PROBES:
        # Doubt is followed up at once: with it, silence lasts for no more than seven seconds.
        await asyncio.sleep(0.25 if failed else 1)
        failed = failed + 1 if await is_dumb(server.socket, timeout_seconds=_PROBE_SECONDS) else 0
    log.warning("database is silent and is killed")
    server.kill()
