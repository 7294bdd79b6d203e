from datetime import timedelta

from percorso.jobs.model import TRIES, is_last_try, pause_after


def test_each_failure_waits_four_times_as_long_up_to_six_hours() -> None:
    assert [pause_after(tries) for tries in (1, 2, 3)] == [
        timedelta(seconds=seconds) for seconds in (1, 4, 16)
    ]
    assert pause_after(9) == timedelta(hours=6)
    assert pause_after(1000) == timedelta(hours=6)


def test_all_tries_together_take_more_than_a_day() -> None:
    assert sum((pause_after(tries) for tries in range(1, TRIES)), timedelta()) > timedelta(days=1)
    assert [is_last_try(TRIES - 1), is_last_try(TRIES), is_last_try(TRIES + 1)] == [False, True, True]
