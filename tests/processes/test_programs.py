"""When a program is started again, and how long it may take."""

from pathlib import Path

import pytest

from percorso.config import read_config
from percorso.processes.programs import Program, allow_start, count_death, list_programs, pause_after


@pytest.mark.parametrize(("deaths", "seconds"), [(1, 0.2), (2, 0.4), (3, 0.8), (5, 3.2), (6, 5), (60, 5)])
def test_the_pause_grows_to_five_seconds(deaths: int, seconds: float) -> None:
    assert pause_after(deaths) == seconds


@pytest.mark.parametrize(("lived", "deaths"), [(0.0, 4), (29.9, 4), (30.0, 1), (9000.0, 1)])
def test_a_life_of_half_a_minute_makes_the_count_begin_again(lived: float, deaths: int) -> None:
    assert count_death(3, lived_seconds=lived) == deaths


@pytest.mark.parametrize(("deaths", "seconds"), [(0, 15), (1, 30), (2, 60), (9, 60)])
def test_a_slow_start_is_given_more_time_each_time(deaths: int, seconds: float) -> None:
    assert allow_start(deaths) == seconds


def read_programs(folder: Path, *, api: int, worker: int) -> list[Program]:
    return list_programs(
        read_config(
            {
                "PERCORSO_DATA": str(folder),
                "PERCORSO_API_PROCESSES": str(api),
                "PERCORSO_WORKER_PROCESSES": str(worker),
            }
        )
    )


def test_each_process_is_a_program_of_its_own(tmp_path: Path) -> None:
    programs = read_programs(tmp_path, api=3, worker=2)
    assert [program.name for program in programs] == [
        "api", "api-2", "api-3", "worker", "worker-2", "courier"
    ]  # fmt: skip
    assert {program.command for program in programs[:3]} == {programs[0].command}
    # Timers and upkeep are the first one's, imports the other's.
    assert [program.command[-2:] for program in programs[3:5]] == [
        ("worker", "--helped"),
        ("worker", "--beside"),
    ]
    alone = read_programs(tmp_path, api=1, worker=1)
    assert [program.name for program in alone] == ["api", "worker", "courier"]
    assert alone[1].command[-1] == "worker"
