"""When a receiving domain is tried again: the table of cases, and the laws over all of them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.deliverability.model import Destination, DomainWait, Refusal
from percorso.deliverability.retries import (
    LOOK_AGAIN,
    PAUSED_FOR,
    RETRY_AFTER,
    decide_wait,
    put_off_until,
    vary,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PLACE = Destination(UUID(int=1), "relay", "example.com")
HOUR = timedelta(hours=1)


def known(**more: Any) -> DomainWait:
    """A domain that refused twice, and whose second wait is just over."""
    wait = DomainWait(
        destination=PLACE,
        step=2,
        since=NOW - HOUR,
        next_at=NOW,
        paused_at=None,
        reply="450 busy",
        replied_at=NOW - HOUR,
    )
    return msgspec.structs.replace(wait, **more)


WAITING = known(next_at=NOW + HOUR)
PAUSED = known(paused_at=NOW - HOUR)
BOTH = known(next_at=NOW + HOUR, paused_at=NOW - HOUR)


@pytest.mark.parametrize(
    ("before", "refusal", "step", "pause", "paused_at"),
    [
        (None, "later", 1, RETRY_AFTER[0], None),
        (known(), "later", 3, RETRY_AFTER[2], None),
        (known(step=5), "later", 6, RETRY_AFTER[5], None),
        (known(step=40), "later", 41, RETRY_AFTER[5], None),
        (None, "policy", 1, PAUSED_FOR, NOW),
        (known(), "policy", 3, PAUSED_FOR, NOW),
        (WAITING, "policy", 3, PAUSED_FOR, NOW),
        (PAUSED, "policy", 3, PAUSED_FOR, NOW - HOUR),
        (PAUSED, "later", 3, PAUSED_FOR, NOW - HOUR),
    ],
)
def test_one_more_no_makes_the_domain_wait_longer(
    before: DomainWait | None, refusal: Refusal, step: int, pause: timedelta, paused_at: datetime | None
) -> None:
    wait = decide_wait(before, PLACE, refusal, reply="no", now=NOW)

    assert wait == DomainWait(
        destination=PLACE,
        step=step,
        since=before.since if before else NOW,
        next_at=NOW + vary(pause, PLACE.id, step - 1),
        paused_at=paused_at,
        reply="no",
        replied_at=NOW,
    )


@pytest.mark.parametrize(("before", "refusal"), [(WAITING, "later"), (BOTH, "later"), (BOTH, "policy")])
def test_an_answer_to_a_try_begun_before_the_wait_says_nothing_new(
    before: DomainWait, refusal: Refusal
) -> None:
    assert decide_wait(before, PLACE, refusal, reply="no", now=NOW) == before


@given(st.uuids(), st.integers(0, 1000))
def test_a_pause_varies_by_a_tenth_and_is_always_the_same(key: UUID, step: int) -> None:
    assert 0.9 <= vary(HOUR, key, step) / HOUR < 1.1
    assert vary(HOUR, key, step) == vary(HOUR, key, step)


@given(st.lists(st.tuples(st.sampled_from(["later", "policy"]), st.integers(0, 10 * 3600)), min_size=1))
def test_a_wait_never_becomes_shorter_whatever_is_answered(answers: list[tuple[Refusal, int]]) -> None:
    now, wait = NOW, None
    for refusal, seconds in answers:
        before, wait = wait, decide_wait(wait, PLACE, refusal, reply="no", now=now)
        assert wait.next_at > now
        assert before is None or (wait.step >= before.step and wait.next_at >= min(before.next_at, now))
        assert before is None or before.paused_at is None or wait.paused_at == before.paused_at
        now += timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("waits", "ends", "until"),
    [
        (2 * LOOK_AGAIN, (), LOOK_AGAIN),
        (LOOK_AGAIN / 2, (), LOOK_AGAIN / 2),
        (HOUR, (None, timedelta(minutes=1)), timedelta(minutes=1)),
        (HOUR, (timedelta(0), None), LOOK_AGAIN),
    ],
)
def test_a_message_is_looked_at_again_soon_and_when_its_time_is_over(
    waits: timedelta, ends: tuple[timedelta | None, ...], until: timedelta
) -> None:
    moments = [None if end is None else NOW + end for end in ends]
    assert put_off_until(NOW + waits, NOW, *moments) == NOW + until
