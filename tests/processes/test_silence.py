"""A program that could not speak is not taken for one that would not."""

import os
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.processes.silence import Silence, read_waited

TICK = 0.5


def last(allowed: float, waiting: float | None) -> float:
    """Return how long a program may be silent that waits for a processor for this share of the time."""
    silence = Silence(allowed)
    for tick in range(1, 1000):
        if silence.is_too_long(TICK, None if waiting is None else 100 + tick * TICK * waiting):
            return silence.seconds
    pytest.fail("it never ends")


@pytest.mark.parametrize(
    ("waiting", "seconds"), [(None, 7.0), (0.0, 7.0), (0.25, 9.5), (0.5, 13.5), (0.9, 14.0), (1.0, 14.0)]
)
def test_time_spent_waiting_for_a_processor_is_taken_off(waiting: float | None, seconds: float) -> None:
    assert last(7.0, waiting) == seconds


@given(waiting=st.floats(0, 1), allowed=st.integers(1, 60))
def test_silence_ends_between_what_is_allowed_and_twice_that(waiting: float, allowed: int) -> None:
    assert allowed <= last(allowed, waiting) <= 2 * allowed


def test_whoever_speaks_begins_anew() -> None:
    silence = Silence(30.0)
    assert not silence.is_too_long(20.0, None)
    silence.hear(7.0)
    assert not silence.is_too_long(6.5, None)
    assert silence.is_too_long(0.5, None)


def test_the_system_says_how_long_a_process_waited() -> None:
    if not os.path.exists("/proc/self/schedstat"):
        assert read_waited(os.getpid()) is None
        return
    core = min(os.sched_getaffinity(0))
    spin = f"import os; os.sched_setaffinity(0, {{{core}}})\nwhile True: pass"
    rivals = [subprocess.Popen([sys.executable, "-c", spin]) for _ in range(3)]
    try:
        deadline = time.monotonic() + 30
        while min(read_waited(rival.pid) or 0.0 for rival in rivals) < 0.2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        for rival in rivals:
            rival.kill()
            rival.wait()
    assert read_waited(rivals[0].pid) is None
