"""The storm's faults: kill -9 and SIGSTOP of each process of one `percorso up`, and kill -9 of PostgreSQL."""

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, NamedTuple

VICTIMS: Final = ("api", "worker", "courier", "postgres")
_STOP_SECONDS: Final = 14.0
_FOUND_SECONDS: Final = 30.0


class Fault(NamedTuple):
    """What is done to whom."""

    victim: str
    signal: signal.Signals

    @property
    def cuts_calls(self) -> bool:
        """Whether calls that are in flight then cannot be acknowledged, so that clients send them again."""
        return self.victim in ("api", "postgres")

    @property
    def leaves_doubts(self) -> bool:
        """Whether messages being handed over may be left with a mark and no result."""
        return self.victim in ("courier", "postgres")

    @property
    def interval_seconds(self) -> float:
        """How long events are sent around the fault: until well after its victim is replaced."""
        return 24.0 if self.signal is signal.SIGSTOP else 13.0


def plan_faults(*, seed: int) -> list[Fault]:
    """Return each kill and each stop once, in an order that the seed decides; PostgreSQL is only killed.

    Those that may leave doubts come first: the others go on while doubts wait for their 660 s.
    """
    faults = [Fault(victim, signal.SIGKILL) for victim in VICTIMS]
    faults += [Fault(victim, signal.SIGSTOP) for victim in VICTIMS if victim != "postgres"]
    random.Random(seed).shuffle(faults)
    return sorted(faults, key=lambda fault: not fault.leaves_doubts)


def find_processes(supervisor: int, victim: str) -> list[int]:
    """Return the process ids of a victim among the supervisor's descendants, the oldest first."""
    return [pid for pid in _list_descendants(supervisor) if _is_victim(pid, victim)]


async def strike(supervisor: int, fault: Fault, until_in_flight: Callable[[], Awaitable[None]]) -> None:
    """Do a fault to all processes of a kind at once, while a call is in flight; stopped ones go on after 14 s."""
    async with asyncio.timeout(_FOUND_SECONDS):
        while not (pids := find_processes(supervisor, fault.victim)):
            await asyncio.sleep(0.1)
    await until_in_flight()
    for pid in pids:
        _send(pid, fault.signal)
    if fault.signal is signal.SIGSTOP:
        await asyncio.sleep(_STOP_SECONDS)
        for pid in pids:
            _send(pid, signal.SIGCONT)


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        # The supervisor was faster and has replaced it.
        return


def _is_victim(pid: int, victim: str) -> bool:
    command = _read_command(pid)
    if victim == "postgres":
        return bool(command) and command[0].endswith("postgres") and "-D" in command
    return "percorso" in command and command[command.index("percorso") + 1 :][:1] == [victim]


def _list_descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            children.setdefault(parent, []).append(int(folder.name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        mine = sorted(children.get(waiting.pop(0), []))
        found += mine
        waiting += mine
    return found


def _read_command(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []
