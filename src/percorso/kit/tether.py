"""Starts a program that cannot outlive the one that started it.

Run as a script: `python -I -S tether.py PARENT_PID USER_ID SIGNAL PROGRAM [ARGUMENT …]`. Being a program of its
own instead of a `preexec_fn`, it is safe in a parent that has threads. On Linux the kernel sends SIGNAL
when the parent dies, even by kill -9; elsewhere a watcher stays beside the program and looks once a second.
"""

import ctypes
import os
import signal
import sys
import time

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def tethered_command(
    program: list[str], *, user_id: int | None = None, last_signal: signal.Signals = signal.SIGTERM
) -> list[str]:
    """Return the command line that runs `program` tethered to the calling process.

    `user_id` is the unprivileged user to become first (root only). `last_signal` is what the program gets
    when the caller dies. The caller's *thread* counts on Linux: start from one that lives as long as it should.
    """
    user = "-" if user_id is None else str(user_id)
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), user, str(int(last_signal)), *program]


def _become(user_id: int) -> None:
    """Give up root for good, groups included."""
    import pwd

    group_id = pwd.getpwuid(user_id).pw_gid
    os.setgroups([])
    os.setgid(group_id)
    os.setuid(user_id)


def _watch(parent_id: int, child_id: int, last_signal: int) -> int:
    """Wait for the child, passing on signals, and end it when the parent is gone; return its exit code."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, lambda received, _frame: os.kill(child_id, received))
    while True:
        done, status = os.waitpid(child_id, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if os.getppid() != parent_id:
            os.kill(child_id, last_signal)
            parent_id = os.getppid()
        time.sleep(1)


def main(arguments: list[str]) -> None:
    """Become the program named in `arguments`, tethered; does not return on Linux."""
    parent_id, user, last_signal, *program = arguments
    if user != "-":
        _become(int(user))
    if sys.platform == "linux":
        # After setuid: changing credentials clears the setting.
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(last_signal))
        if os.getppid() != int(parent_id):
            sys.exit("the parent died before the program started")
        os.execvp(program[0], program)
    child_id = os.fork()
    if child_id == 0:
        os.execvp(program[0], program)
    sys.exit(abs(_watch(int(parent_id), child_id, int(last_signal))))


if __name__ == "__main__":
    main(sys.argv[1:])
