"""What `percorso up` promises about its processes (trust T8), each killed for real."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

T8_SECONDS = 15

T = TypeVar("T")


class Life:
    """One supervisor in a process of its own."""

    def __init__(self, folder: Path, *programs: str) -> None:
        environment = {**os.environ, "PERCORSO_DATA": str(folder), "PYTHONWARNINGS": "ignore"}
        environment.pop("PERCORSO_DATABASE_URL", None)
        # No port is listened to, so any that is free will do.
        environment["PORT"] = str(_free_port())
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.processes.supervised", "supervise", *(programs or ["idle"])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            cwd=Path(__file__).parents[2],
            text=True,
        )
        self.ids = self._read()

    def _read(self) -> dict[str, int | None]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the supervisor ended"
        ids: dict[str, int | None] = json.loads(line)
        return ids

    def ask(self) -> dict[str, int | None]:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self._read()

    def await_other(self, name: str) -> int:
        """Return the id of the process that took the place of the first one called `name`."""

        def other() -> int | None:
            found = self.ask()[name]
            return found if found != self.ids[name] else None

        return until(other)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()


def until(look: Callable[[], T | None], seconds: float = T8_SECONDS) -> T:
    """Return what `look` finds, looking until it does; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    pytest.fail(f"not within {seconds} s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_alive(process_id: int | None) -> bool:
    """Return whether a process exists and is no zombie."""
    try:
        status = Path(f"/proc/{process_id}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


@pytest.fixture
def life(data_folder: Path) -> Iterator[Life]:
    life = Life(data_folder)
    yield life
    life.end()


@pytest.mark.parametrize("name", ["idle", "database"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_killed_or_paused_process_is_replaced(life: Life, name: str, number: signal.Signals) -> None:
    first = life.ids[name]
    assert first is not None
    os.kill(first, number)
    assert is_alive(life.await_other(name))
    until(lambda: not is_alive(first))


def test_stopping_ends_every_process_even_one_that_refuses(data_folder: Path) -> None:
    life = Life(data_folder, "idle", "stubborn")
    began = time.monotonic()
    life.process.terminate()
    assert life.process.wait(30) == 0
    assert time.monotonic() - began <= 10
    assert [name for name, process_id in life.ids.items() if is_alive(process_id)] == []
    life.end()


def test_nothing_outlives_a_supervisor_that_is_killed(life: Life) -> None:
    life.process.kill()
    life.process.wait()
    until(lambda: not any(is_alive(process_id) for process_id in life.ids.values()))


def test_data_of_a_killed_supervisor_is_served_again(life: Life) -> None:
    life.process.kill()
    life.process.wait()
    second = Life(life.folder)
    assert is_alive(second.ids["database"])
    second.end()


def test_a_folder_in_use_is_said_to_be(life: Life) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "percorso", "migrate", "--json"],
        env={**os.environ, "PERCORSO_DATA": str(life.folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert json.loads(answer.stdout)["error"]["code"] == "folder_in_use"
