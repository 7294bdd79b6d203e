"""What the recovery bench calls back, slowest and in doubt; and that its faults hit whom they name."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from percorso.bench.recovery import judge
from percorso.bench.recovery_faults import FAULTS, Fault, find_victims, strike
from percorso.bench.recovery_shop import Order

KILLED = Fault("courier", stops=False)


def test_it_is_back_when_an_order_placed_after_the_fault_has_its_message() -> None:
    orders = [
        Order("before", placed_at=97.0, arrived_at=112.5),
        Order("at once", placed_at=100.0, arrived_at=109.0),
        Order("later", placed_at=105.0, arrived_at=108.25),
        Order("in doubt", placed_at=99.0),
    ]
    cost = judge(KILLED, orders, {"in doubt"}, struck=100.0, load=1.26)
    assert (cost.fault, cost.back, cost.slowest, cost.doubts, cost.load) == (
        "courier killed",
        8.25,
        15.5,
        1,
        1.3,
    )


def test_what_never_comes_back_is_no_figure() -> None:
    with pytest.raises(RuntimeError, match="courier killed"):
        judge(KILLED, [Order("before", 97.0, 98.0), Order("after", 101.0)], set(), struck=100.0, load=0.0)


def test_every_process_is_killed_once_and_stopped_once() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) == 8
    assert {fault.victim for fault in FAULTS} == {"api", "worker", "courier", "postgres"}


@pytest.fixture
def courier() -> Iterator[subprocess.Popen[bytes]]:
    """A process whose command line says that it is a courier, and which says when it is there."""
    waiting = "import sys, time; sys.stdout.write('.'); sys.stdout.flush(); time.sleep(600)"
    process = subprocess.Popen([sys.executable, "-c", waiting, "percorso", "courier"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.read(1) == b"."
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_fault_hits_whom_it_names_and_lets_them_go_on(courier: subprocess.Popen[bytes]) -> None:
    assert find_victims(os.getpid(), "courier") == [courier.pid]
    with pytest.raises(RuntimeError, match="worker"):
        find_victims(os.getpid(), "worker")
    stopped = Fault("courier", stops=True)
    strike([courier.pid], stopped)
    assert os.WIFSTOPPED(os.waitpid(courier.pid, os.WUNTRACED)[1])
    stopped.wake([courier.pid])
    assert os.WIFCONTINUED(os.waitpid(courier.pid, os.WCONTINUED)[1])
    strike([courier.pid], KILLED)
    assert courier.wait(10) == -signal.SIGKILL
