"""The one PostgreSQL of a test run, shared by all its workers, with a migrated template to clone.

The first worker that needs it starts `tests/server_host.py`, which ends when the process that began the run
does: it reads a named pipe that only that process holds open, so even kill -9 leaves nothing behind.
`PERCORSO_TEST_DATABASE_URL` names another server to use instead (a superuser's address).
"""

import asyncio
import fcntl
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from percorso.db import migrate

RUN_FOLDER = "PERCORSO_TEST_RUN"
"""The environment variable through which workers find the folder of their run."""

OTHER_SERVER = "PERCORSO_TEST_DATABASE_URL"

_MEMORY = Path("/dev/shm")
_ENOUGH = 4 << 30
"""Bytes that must be free in memory for clusters to be laid there."""


def choose_cluster_parent() -> Path:
    """Return the folder in which clusters that are thrown away are quickest, which others may walk into.

    Each clone makes 750 files and removes them. ext4 keeps clear of inode numbers that were given back within
    the last seconds and looks at each of them for every new file (`recently_deleted` in fs/ext4/ialloc.c): a
    clone that takes 20 ms by itself took 500 ms in the middle of a run.
    """
    if os.access(_MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(_MEMORY).free >= _ENOUGH:
        return _MEMORY
    return Path(tempfile.gettempdir())


class TestRun:
    """One run of pytest, seen from the process that began it."""

    __test__ = False

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="percorso-tests-", dir=choose_cluster_parent()))
        # The embedded server may run as another user, who must be able to walk in here.
        self.folder.chmod(0o711)
        os.environ[RUN_FOLDER] = str(self.folder)
        os.mkfifo(self.folder / "alive")
        self._alive = os.open(self.folder / "alive", os.O_RDWR)

    def end(self) -> None:
        """Wait until the server is gone, and remove what the run left."""
        if OTHER_SERVER in os.environ and (self.folder / "url").exists():
            asyncio.run(_drop_all((self.folder / "url").read_text(), prefix=_prefix(self.folder)))
        os.close(self._alive)
        deadline = time.monotonic() + 20
        while (self.folder / "hosted").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        shutil.rmtree(self.folder, ignore_errors=True)


class TestServer:
    """The run's server, seen from one worker."""

    __test__ = False

    def __init__(self, url: str, *, prefix: str, worker: str) -> None:
        self._url = url
        self._prefix = prefix
        self._worker = worker
        self._counter = itertools.count(1)

    @property
    def template(self) -> str:
        """The name of the migrated, empty database that clones are made of."""
        return f"{self._prefix}_template"

    def url(self, database: str) -> str:
        """Return the address of a database of this server."""
        parts = urlsplit(self._url)
        return urlunsplit(parts._replace(path=f"/{database}"))

    def make_database(self, template: str | None = None) -> str:
        """Make a database, migrated and empty unless another template is named; return its name."""
        name = f"{self._prefix}_{self._worker}_{next(self._counter)}"
        asyncio.run(_create(self._url, name, template or self.template))
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database, cutting off whoever is still connected."""
        asyncio.run(_execute(self._url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


def find_server(worker: str) -> TestServer:
    """Return the run's server, started and with its template if this worker is the first to ask."""
    folder = Path(os.environ[RUN_FOLDER])
    url_file = folder / "url"
    with _locked(folder / "lock"):
        if not url_file.exists():
            url = os.environ.get(OTHER_SERVER) or _start_host(folder)
            server = TestServer(url, prefix=_prefix(folder), worker=worker)
            asyncio.run(_create(url, server.template, "template1"))
            asyncio.run(migrate(server.url(server.template)))
            url_file.write_text(url)
    return TestServer(url_file.read_text(), prefix=_prefix(folder), worker=worker)


def _prefix(folder: Path) -> str:
    return folder.name.replace("-", "_").lower()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _start_host(folder: Path) -> str:
    """Start the host in a session of its own and return the address that it prints."""
    (folder / "hosted").touch()
    with (folder / "host.log").open("ab") as log:
        host = subprocess.Popen(
            [sys.executable, "-m", "tests.server_host", str(folder)],
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            text=True,
        )
    assert host.stdout is not None
    with host.stdout:
        url = host.stdout.readline().strip()
    if not url:
        raise RuntimeError(f"The test server did not start: {(folder / 'host.log').read_text()}")
    # It outlives this worker on purpose; without this, its Popen object would warn about that.
    host.returncode = 0
    return url


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _create(url: str, name: str, template: str) -> None:
    await _execute(url, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')


async def _drop_all(url: str, *, prefix: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for row in await connection.fetch("SELECT datname FROM pg_database"):
            if row["datname"].startswith(prefix):
                await connection.execute(f'DROP DATABASE "{row["datname"]}" WITH (FORCE)')
    finally:
        await connection.close()
