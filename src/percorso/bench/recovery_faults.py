"""What the recovery bench does to the processes of one `percorso up`: kills them, or stops them (Linux)."""

import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

STOP_SECONDS: Final = 20.0
"""How long a stopped process stands still, unless somebody ends it before."""


class Fault(msgspec.Struct, frozen=True):
    """What is done to whom."""

    victim: str
    stops: bool

    @property
    def name(self) -> str:
        """How it is told, e.g. "api killed"."""
        return f"{self.victim} {'stopped' if self.stops else 'killed'}"

    def wake(self, process_ids: Sequence[int]) -> None:
        """Let those go on that still stand."""
        _send(process_ids, signal.SIGCONT)


KILLS: Final = tuple(Fault(victim, stops=False) for victim in ("api", "worker", "courier", "postgres"))
"""Each process killed once."""

FAULTS: Final = tuple(Fault(kill.victim, stops) for kill in KILLS for stops in (False, True))
"""Each process killed once, and stopped once."""


def strike(process_ids: Sequence[int], fault: Fault) -> None:
    """Do it to the first of them; PostgreSQL is stopped with all its backends, and killed as its postmaster alone."""
    hit = process_ids if fault.victim == "postgres" and fault.stops else process_ids[:1]
    _send(hit, signal.SIGSTOP if fault.stops else signal.SIGKILL)


def find_victims(supervisor: int, victim: str) -> list[int]:
    """Return the processes of that name among the supervisor's descendants, the first of them first."""
    found = [pid for pid in _list_descendants(supervisor) if _is_victim(pid, victim)]
    if not found:
        raise RuntimeError(f"There is no process {victim} to be found.")
    if victim == "postgres":
        found += [pid for pid in _list_descendants(found[0]) if pid not in found]
    return found


def _send(process_ids: Sequence[int], number: signal.Signals) -> None:
    for process_id in process_ids:
        try:
            os.kill(process_id, number)
        except ProcessLookupError:
            continue


def _is_victim(process_id: int, victim: str) -> bool:
    command = _read(process_id, "cmdline").rstrip("\0").split("\0")
    if victim == "postgres":
        return command[0].endswith("postgres") and "-D" in command
    return "percorso" in command and command[command.index("percorso") + 1 :][:1] == [victim]


def _list_descendants(process_id: int) -> Iterator[int]:
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        status = _read(int(folder.name), "stat").rpartition(")")[2].split()
        if status:
            children.setdefault(int(status[1]), []).append(int(folder.name))
    waiting = [process_id]
    while waiting:
        mine = sorted(children.get(waiting.pop(0), []))
        yield from mine
        waiting += mine


def _read(process_id: int, name: str) -> str:
    try:
        return Path(f"/proc/{process_id}/{name}").read_bytes().decode(errors="replace")
    except OSError:
        return ""
