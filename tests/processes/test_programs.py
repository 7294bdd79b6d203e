"""When a program is started again, and how long it may take."""

import pytest

from percorso.processes.programs import allow_start, count_death, list_programs, pause_after


@pytest.mark.parametrize(("deaths", "seconds"), [(1, 0.2), (2, 0.4), (3, 0.8), (5, 3.2), (6, 5), (60, 5)])
def test_the_pause_grows_to_five_seconds(deaths: int, seconds: float) -> None:
    assert pause_after(deaths) == seconds


@pytest.mark.parametrize(("lived", "deaths"), [(0.0, 4), (29.9, 4), (30.0, 1), (9000.0, 1)])
def test_a_life_of_half_a_minute_makes_the_count_begin_again(lived: float, deaths: int) -> None:
    assert count_death(3, lived_seconds=lived) == deaths


@pytest.mark.parametrize(("deaths", "seconds"), [(0, 15), (1, 30), (2, 60), (9, 60)])
def test_a_slow_start_is_given_more_time_each_time(deaths: int, seconds: float) -> None:
    assert allow_start(deaths) == seconds


def test_each_process_that_answers_http_is_a_program_of_its_own() -> None:
    programs = list_programs(api_processes=3)
    assert [program.name for program in programs] == ["api", "api-2", "api-3", "worker", "courier"]
    assert {program.command for program in programs[:3]} == {programs[0].command}
    assert [program.name for program in list_programs(api_processes=1)] == ["api", "worker", "courier"]
