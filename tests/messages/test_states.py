"""Every move of a message, one test each; and that there are no others."""

from datetime import UTC, datetime, timedelta
from typing import get_args
from uuid import UUID

import msgspec
import pytest

from percorso.channels.model import Accepted, Doubtful, NotMarked, Refused, Temporary, Withdrawn
from percorso.consent.gate import Standing
from percorso.deliverability.model import Destination, DomainWait
from percorso.deliverability.retries import LOOK_AGAIN, RETRY_AFTER, decide_wait
from percorso.messages.hold import Situation, decide_hold, fail
from percorso.messages.model import FOLLOWS, Message, State, may_follow
from percorso.messages.result import (
    LIFETIME,
    Change,
    Tries,
    decide_doubt,
    decide_result,
    next_retry,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MESSAGE = Message(
    bucket=7,
    id=UUID(int=7),
    workspace_id=UUID(int=1),
    contact_id=UUID(int=263),
    list_id=UUID(int=2),
    journey_id=UUID(int=3),
    version=1,
    run_id=UUID(int=4),
    step="benvenuto",
    visit=1,
    channel="email",
    template_id=UUID(int=5),
    message_class="marketing",
    values={},
    expires_at=None,
    attempt=1,
)
ORDER = msgspec.structs.replace(MESSAGE, message_class="transactional")
SUBSCRIBED = Standing(
    is_marked=False, has_address=True, suppressions=frozenset(), status="subscribed", consent=None
)
INSIDE = Situation("active", is_awaited=True)


def decided(change: Change | None) -> tuple[set[State], State, str | None, str | None, str | None]:
    """Return what a change says: from where, to where, why, which fact, which result."""
    assert change is not None
    assert all(may_follow(source, change.state) for source in change.sources)
    return set(change.sources), change.state, change.reason, change.fact, change.attempt


def test_marked_becomes_accepted_when_the_provider_took_it() -> None:
    change = decide_result(MESSAGE, Accepted("250 ok"), Tries(), NOW)
    assert decided(change) == ({"marked"}, "accepted", None, "campaignSent", "accepted")
    assert change is not None
    assert change.keeps_mark


def test_marked_becomes_failed_when_it_was_refused() -> None:
    change = decide_result(MESSAGE, Refused("550 no"), Tries(), NOW)
    assert decided(change) == ({"claimed", "marked"}, "failed", "refused", "messageFailed", "refused")


def test_marked_becomes_due_after_a_temporary_refusal() -> None:
    change = decide_result(MESSAGE, Temporary("450 later"), Tries(), NOW)
    assert decided(change) == ({"claimed", "marked"}, "due", "refused_for_now", None, "temporary")
    assert change is not None
    assert change.due_at is not None
    assert timedelta(minutes=4.5) <= change.due_at - NOW <= timedelta(minutes=5.5)


def test_marked_becomes_due_when_its_mark_was_withdrawn() -> None:
    change = decide_result(MESSAGE, Withdrawn("late"), Tries(), NOW)
    assert decided(change) == ({"marked"}, "due", "mark_withdrawn", None, "withdrawn")
    assert change is not None
    assert not change.keeps_mark


def test_marked_becomes_unknown_in_doubt() -> None:
    change = decide_result(MESSAGE, Doubtful("lost"), Tries(), NOW)
    assert decided(change) == ({"marked"}, "unknown", "no_answer", "messageUnknown", "unknown")


def test_a_transactional_message_in_doubt_stays_marked_until_it_is_judged() -> None:
    assert decide_result(ORDER, Doubtful("lost"), Tries(), NOW) is None


def test_judged_late_marketing_is_unknown() -> None:
    assert decided(decide_doubt(MESSAGE, Tries())) == (
        {"marked"},
        "unknown",
        "no_answer",
        "messageUnknown",
        "unknown",
    )


def test_judged_late_a_transactional_message_is_due_once_more_and_then_unknown() -> None:
    assert decided(decide_doubt(ORDER, Tries())) == ({"marked"}, "due", "no_answer", None, "unknown")
    assert decide_doubt(ORDER, Tries(unknown=1)).state == "unknown"


def test_a_refused_mark_says_nothing_by_itself() -> None:
    assert decide_result(MESSAGE, NotMarked(), Tries(), NOW) is None


def test_claimed_becomes_failed_when_it_cannot_be_filled() -> None:
    assert decided(fail("render", "Liquid")) == (
        {"claimed"},
        "failed",
        "render",
        "messageFailed",
        "refused",
    )


def test_claimed_becomes_due_while_its_journey_is_paused() -> None:
    change = decide_hold(MESSAGE, SUBSCRIBED, Situation("paused", is_awaited=True), now=NOW)
    assert decided(change) == ({"claimed"}, "due", "journey_paused", None, None)


@pytest.mark.parametrize(
    ("standing", "situation", "expires_in", "reason"),
    [
        ({"is_marked": True}, INSIDE, None, "erased"),
        ({"has_address": False}, INSIDE, None, "no_address"),
        ({"suppressions": frozenset({"manual"})}, INSIDE, None, "suppressed"),
        ({"status": None}, INSIDE, None, "not_subscribed"),
        ({"status": "pending"}, INSIDE, None, "not_subscribed"),
        ({"status": "unsubscribed"}, INSIDE, None, "not_subscribed"),
        ({"consent": False}, INSIDE, None, "no_consent"),
        ({}, Situation("active", is_awaited=False), None, "removed"),
        ({}, Situation("archived", is_awaited=True), None, "journey_archived"),
        ({}, INSIDE, timedelta(0), "too_late"),
        ({"status": None}, INSIDE, timedelta(seconds=-1), "too_late"),
    ],
)
def test_claimed_becomes_skipped_and_says_why(
    standing: dict[str, object], situation: Situation, expires_in: timedelta | None, reason: str
) -> None:
    message = MESSAGE
    if expires_in is not None:
        message = msgspec.structs.replace(MESSAGE, expires_at=NOW + expires_in)
    change = decide_hold(message, msgspec.structs.replace(SUBSCRIBED, **standing), situation, now=NOW)
    assert decided(change) == ({"claimed"}, "skipped", reason, "messageSkipped", None)


def test_a_message_that_nothing_stops_may_leave() -> None:
    allowed = msgspec.structs.replace(SUBSCRIBED, consent=True)
    for standing in (SUBSCRIBED, allowed):
        assert decide_hold(MESSAGE, standing, INSIDE, now=NOW) is None


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        ({"status": None}, None),
        ({"status": "unsubscribed", "consent": False}, None),
        ({"suppressions": frozenset({"manual", "complaint", "soft_bounces"})}, None),
        ({"suppressions": frozenset({"hard_bounce"})}, "suppressed"),
        ({"suppressions": frozenset({"erasure"})}, "suppressed"),
        ({"is_marked": True}, "erased"),
        ({"has_address": False}, "no_address"),
    ],
)
def test_a_transactional_message_is_stopped_by_little(
    standing: dict[str, object], reason: str | None
) -> None:
    change = decide_hold(ORDER, msgspec.structs.replace(SUBSCRIBED, **standing), INSIDE, now=NOW)
    assert (change.reason if change else None) == reason


PLACE = Destination(MESSAGE.workspace_id, "relay", "example.com")


def test_retries_follow_the_schedule_within_a_tenth() -> None:
    for count in range(12):
        due_at = next_retry(MESSAGE, Tries(temporary=count, first_at=NOW), NOW)
        share = (due_at - NOW) / RETRY_AFTER[min(count, 5)]
        assert 0.9 <= share < 1.1
        assert due_at == next_retry(MESSAGE, Tries(temporary=count, first_at=NOW), NOW)


@pytest.mark.parametrize("message", [MESSAGE, ORDER])
def test_retries_end_with_the_lifetime(message: Message) -> None:
    now, known, steps = NOW, None, 0
    while True:
        tries = Tries(temporary=steps, first_at=NOW)
        change = decide_result(message, Temporary("450"), tries, now, destination=PLACE, known=known)
        assert change is not None
        assert change.wait is not None
        if change.state != "due":
            break
        assert change.due_at == change.wait.next_at
        known, now, steps = change.wait, change.wait.next_at, steps + 1
    lifetime = LIFETIME[message.message_class]
    assert lifetime - timedelta(hours=4.4) <= now - NOW <= lifetime
    assert decided(change) == ({"claimed", "marked"}, "failed", "expired", "messageFailed", "temporary")


def test_a_refusal_by_the_domain_makes_the_domain_wait_and_the_message_with_it() -> None:
    change = decide_result(MESSAGE, Temporary("450 busy"), Tries(), NOW, destination=PLACE)
    assert change is not None
    assert change.wait == decide_wait(None, PLACE, "later", reply="450 busy", now=NOW)
    assert change.due_at == change.wait.next_at

    blocked = Temporary("550 5.7.1", about="policy")
    change = decide_result(MESSAGE, blocked, Tries(), NOW, destination=PLACE, known=change.wait)
    assert decided(change)[1:3] == ("due", "refused_for_now")
    assert change is not None
    assert change.wait is not None
    assert (change.wait.paused_at, change.wait.step) == (NOW, 2)


@pytest.mark.parametrize(
    ("destination", "outcome"),
    [(PLACE, Temporary("452 4.2.2 full", about="message")), (None, Temporary("a fault of ours"))],
)
def test_what_is_about_one_message_keeps_no_other_waiting(
    destination: Destination | None, outcome: Temporary
) -> None:
    change = decide_result(MESSAGE, outcome, Tries(temporary=2, first_at=NOW), NOW, destination=destination)
    assert change is not None
    assert (change.wait, change.due_at) == (None, next_retry(MESSAGE, Tries(temporary=2), NOW))


KNOWN = DomainWait(
    destination=PLACE,
    step=3,
    since=NOW,
    next_at=NOW + timedelta(hours=1),
    paused_at=None,
    reply="450 busy",
    replied_at=NOW,
)


@pytest.mark.parametrize(
    ("retried_until", "expires_in", "state", "reason", "due_in"),
    [
        (None, None, "due", "domain_waits", LOOK_AGAIN),
        (timedelta(minutes=2), None, "due", "domain_waits", timedelta(minutes=2)),
        (None, timedelta(minutes=1), "due", "domain_waits", timedelta(minutes=1)),
        (timedelta(0), None, "failed", "expired", None),
        (None, timedelta(0), "skipped", "too_late", None),
    ],
)
def test_a_message_to_a_waiting_domain_waits_until_its_own_time_is_over(
    retried_until: timedelta | None,
    expires_in: timedelta | None,
    state: State,
    reason: str,
    due_in: timedelta | None,
) -> None:
    situation = msgspec.structs.replace(
        INSIDE,
        waits_until=KNOWN.next_at,
        reply=KNOWN.reply,
        retried_until=None if retried_until is None else NOW + retried_until,
    )
    message = msgspec.structs.replace(MESSAGE, expires_at=None if expires_in is None else NOW + expires_in)
    change = decide_hold(message, SUBSCRIBED, situation, now=NOW)
    assert change is not None
    assert (change.state, change.reason, change.attempt) == (state, reason, None)
    assert change.due_at == (None if due_in is None else NOW + due_in)
    assert change.reply == ("450 busy" if state == "failed" else None)


def test_a_message_whose_domain_waits_no_longer_may_leave() -> None:
    situation = msgspec.structs.replace(INSIDE, waits_until=NOW)
    assert decide_hold(MESSAGE, SUBSCRIBED, situation, now=NOW) is None


def test_there_are_no_other_moves() -> None:
    assert set(FOLLOWS) == set(get_args(State))
    back = {(one, other) for one, after in FOLLOWS.items() for other in after if other == "due"}
    assert back == {("planned", "due"), ("claimed", "due"), ("marked", "due")}
