"""One supervised program: started, listened to, killed when silent, started again."""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from percorso.kit.tether import tethered_command
from percorso.processes.programs import (
    HEARTBEAT_VARIABLE,
    Program,
    allow_start,
    count_death,
    pause_after,
)
from percorso.processes.silence import Silence, read_waited
from percorso.telemetry import get_log

log = get_log(__name__)

_TICK = 0.5


class Child:
    """Keeps one program running until told to stop."""

    def __init__(self, program: Program, *, environment: Mapping[str, str], log_folder: Path | None) -> None:
        self.program = program
        self.started = asyncio.Event()
        """Set when the program sent its first heartbeat, or at once if it sends none."""
        self._environment = environment
        self._log_folder = log_folder
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self._heard = False

    @property
    def process_id(self) -> int | None:
        """The id of the running process, None between two lives."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def run(self) -> None:
        """Keep the program running; returns after `stop`, when it has ended."""
        deaths = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            code = await self._live(allow_start(deaths))
            if self._stopping.is_set():
                return
            deaths = count_death(deaths, lived_seconds=time.monotonic() - began)
            pause = pause_after(deaths)
            log.warning("program ended", program=self.program.name, code=code, again_in_seconds=pause)
            try:
                await asyncio.wait_for(self._stopping.wait(), pause)
            except TimeoutError:
                continue

    async def stop(self, *, patience_seconds: float) -> None:
        """End the program: politely, after `patience_seconds` by force."""
        self._stopping.set()
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), patience_seconds)
        except TimeoutError:
            log.warning("program did not end and was killed", program=self.program.name)
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _live(self, start_seconds: float) -> int:
        """Start the program once and return its exit code."""
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        try:
            process = await self._spawn(writing)
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        self._process = process
        loop = asyncio.get_running_loop()
        loop.add_reader(reading, self._hear, reading)
        watching = loop.create_task(self._watch(process, start_seconds))
        try:
            return await process.wait()
        finally:
            watching.cancel()
            loop.remove_reader(reading)
            os.close(reading)

    async def _spawn(self, heartbeat: int) -> asyncio.subprocess.Process:
        output = self._open_log()
        try:
            return await asyncio.create_subprocess_exec(
                *tethered_command(list(self.program.command), last_signal=signal.SIGKILL),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={
                    **os.environ,
                    **self._environment,
                    HEARTBEAT_VARIABLE: str(heartbeat),
                    **self.program.environment,
                },
                pass_fds=(heartbeat,),
                start_new_session=True,
            )
        finally:
            if output is not None:
                output.close()

    def _open_log(self) -> IO[bytes] | None:
        if self._log_folder is None:
            return None
        self._log_folder.mkdir(parents=True, exist_ok=True)
        return (self._log_folder / f"{self.program.name}.log").open("ab")

    def _hear(self, descriptor: int) -> None:
        if os.read(descriptor, 4096):
            self._heard = True
            self.started.set()
        else:
            asyncio.get_running_loop().remove_reader(descriptor)

    async def _watch(self, process: asyncio.subprocess.Process, start_seconds: float) -> None:
        """Kill the program when it has been silent for too long.

        Silence is counted in our own ticks, so that a machine that slept blames nobody, and without the time that
        the program waited for a processor: one that starves would only starve again.
        """
        if not self.program.beats:
            self.started.set()
            return
        self._heard = False
        silence = Silence(start_seconds)
        while True:
            await asyncio.sleep(_TICK)
            if self._heard:
                self._heard = False
                silence.hear(self.program.silence_seconds)
            elif silence.is_too_long(_TICK, read_waited(process.pid)):
                log.warning(
                    "program is silent and was killed", program=self.program.name, seconds=silence.seconds
                )
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                return
