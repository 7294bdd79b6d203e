"""The server of the screenshots: a demo shop of our own."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import asyncpg

from percorso.db import load_queries
from percorso.db.running import find_running_url
from percorso.kit.tether import tethered_command

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120.0
"""Seconds until something must be there to show."""


@dataclass
class Server:
    """Where to look and how to sign in; stops what was started for it when left."""

    url: str
    email: str
    password: str
    process: subprocess.Popen[str] | None = None
    folder: Path | None = field(default=None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def speak(self, language: str) -> None:
        """Let the lists of a demo of ours speak this language: their public pages do; no other server is touched."""
        if self.folder is not None:
            # A thread of its own: this one's event loop belongs to the browser's driver.
            with ThreadPoolExecutor(1) as thread:
                thread.submit(asyncio.run, set_list_language(self.folder, language)).result()

    def await_return(self) -> None:
        """Return as soon as the server answers; exit with what it said last if it does not."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if is_answering(self.url):
                return
            time.sleep(0.5)
        ended = None if self.process is None else self.process.poll()
        state = "runs" if ended is None else f"ended with {ended}"
        sys.exit(f"{self.url} answers no more; its process {state}.\n{self.last_words()}")

    def last_words(self) -> str:
        """Return the end of each log of a demo of ours."""
        logs = sorted(self.folder.rglob("*.log")) if self.folder is not None else []
        return "\n".join(f"{log.name}: {log.read_text(errors='replace')[-1500:]}" for log in logs)


async def set_list_language(folder: Path, language: str) -> None:
    """Make all lists of the demo on this folder speak a language."""
    connection = await asyncpg.connect(find_running_url(folder))
    try:
        await load_queries("tools").execute(connection, "set_list_language", language=language)
    finally:
        await connection.close()


def free_port() -> int:
    """Return a port of loopback that nobody listens to."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


def serve_demo() -> Server:
    """Return a demo shop on a folder of its own, once it has printed how to sign in."""
    folder = Path(tempfile.mkdtemp(prefix="percorso-screens-"))
    # The embedded server may run as another user; where it could not get in, its data would outlive the folder.
    folder.chmod(0o711)
    environment = {**os.environ, "PERCORSO_DATA": str(folder), "PORT": str(free_port())}
    environment.pop("PERCORSO_DATABASE_URL", None)
    process = subprocess.Popen(
        # Tethered: a demo that outlives a run that was killed would take the next one's processor.
        tethered_command([f"{sys.prefix}/bin/percorso", "demo"]),
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    said: dict[str, str] = {}
    for line in process.stdout or ():
        key, _, value = line.strip().partition(": ")
        said[key] = value
        if {"url", "email", "password"} <= said.keys():
            break
    server = Server(said["url"], said["email"], said["password"], process, folder)
    wait_until_answering(server)
    return server


def is_answering(url: str) -> bool:
    """Whether a server answers at an address, and well."""
    try:
        with urllib.request.urlopen(url, timeout=15):
            return True
    except OSError:
        return False


def wait_until_answering(server: Server) -> None:
    """Return when the server answers; exit with a sentence if it does not."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if is_answering(server.url):
            return
        time.sleep(0.2)
    sys.exit(f"{server.url} does not answer")
