"""How long a program has been silent: only time in which it could have spoken counts (decision 0002)."""

from pathlib import Path
from typing import Final

_MOST: Final = 2.0
"""Silence lasts at most this many times what is allowed, however little of the processor there was."""


class Silence:
    """The silence of one program, in the supervisor's own ticks.

    Time that the program spent waiting for a processor is not its fault and is taken off, up to the same again.
    """

    def __init__(self, allowed_seconds: float) -> None:
        self._allowed = allowed_seconds
        self._silent = 0.0
        self._waited_at: float | None = None

    @property
    def seconds(self) -> float:
        """How long it has lasted, waiting included."""
        return self._silent

    def hear(self, allowed_seconds: float) -> None:
        """Note that it spoke; from now on it may be silent for so long."""
        self._allowed, self._silent, self._waited_at = allowed_seconds, 0.0, None

    def is_too_long(self, tick_seconds: float, waited_seconds: float | None) -> bool:
        """Count one more tick and return whether that is too much.

        `waited_seconds`: how long the program has ever waited for a processor, None where nobody knows.
        """
        self._silent += tick_seconds
        waited = 0.0
        if waited_seconds is not None:
            if self._waited_at is None:
                self._waited_at = waited_seconds
            waited = waited_seconds - self._waited_at
        return self._silent >= min(self._allowed + waited, self._allowed * _MOST)


def read_waited(process_id: int) -> float | None:
    """Return the seconds that a process has waited for a processor since it began; None where the system does not say.

    Linux's /proc/PID/schedstat, second number, in nanoseconds (kernel documentation, scheduler/sched-stats).
    """
    try:
        return int(Path(f"/proc/{process_id}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return None
