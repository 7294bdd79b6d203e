"""Which programs there are, and how long to wait before one that died is started again."""

import sys
from collections.abc import Mapping

import msgspec

from percorso.config import Config

HEARTBEAT_VARIABLE = "PERCORSO_HEARTBEAT"
"""Holds the number of the file descriptor that a program writes its heartbeats to."""

SILENCE_SECONDS = 7.0
"""A program that sent no heartbeat for so long is stuck or stopped, and is killed (T8: 15 s in all)."""

START_SECONDS = 60.0
"""How long all programs together may take to their first heartbeats."""

_FIRST_START_SECONDS = 15.0

_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 5.0
_HEALTHY_SECONDS = 30.0


class Program(msgspec.Struct, frozen=True):
    """A command line that the supervisor keeps running."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = {}
    """What is set besides the supervisor's own environment and settings."""
    beats: bool = True
    """Whether it sends heartbeats; one that does not is only watched for its end."""
    silence_seconds: float = SILENCE_SECONDS
    """How long it may be silent, once it was heard, before it is killed."""


def percorso_program(*arguments: str) -> Program:
    """Return the program that runs `percorso` with these arguments, named after the first."""
    return Program(name=arguments[0], command=(sys.executable, "-m", "percorso", *arguments))


def list_programs(config: Config) -> list[Program]:
    """Return what `percorso up` keeps running: `api`, `api-2`, … that share one port, `worker`, those beside it, `courier`."""
    api, worker, courier = (percorso_program(name) for name in ("api", "worker", "courier"))
    beside = percorso_program("worker", "--beside")
    if config.worker_processes > 1:
        worker = percorso_program("worker", "--helped")
    return [
        api,
        *_number(api, config.api_processes),
        worker,
        *_number(beside, config.worker_processes),
        courier,
    ]


def _number(program: Program, processes: int) -> list[Program]:
    """Return the program as its second, third … process."""
    return [
        msgspec.structs.replace(program, name=f"{program.name}-{number}")
        for number in range(2, processes + 1)
    ]


def pause_after(deaths: int) -> float:
    """Return the seconds to wait before the start after the nth death in a row: 0.2, 0.4, … at most 5."""
    return min(_FIRST_PAUSE * 2.0 ** (deaths - 1), _LONGEST_PAUSE)


def allow_start(deaths: int) -> float:
    """Return the seconds to the first heartbeat before a start counts as stuck: 15, 30, at most 60.

    A program that was stopped while starting costs little; one on a slow machine still comes up.
    """
    return min(_FIRST_START_SECONDS * 2.0**deaths, START_SECONDS)


def count_death(deaths: int, *, lived_seconds: float) -> int:
    """Return the number of deaths in a row after one more; a life of 30 s makes the count begin again."""
    return 1 if lived_seconds >= _HEALTHY_SECONDS else deaths + 1
