"""What each answer comes to."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from percorso.channels.web.client import Answered, NotAnswered, Reply
from percorso.journeys.calls.model import Call, Change
from percorso.journeys.calls.retries import LIFETIME, decide_change, read_answer, read_retry_after

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
REAL = datetime(2031, 1, 1, tzinfo=UTC)


def call(failures: int = 0, since: timedelta = timedelta()) -> Call:
    return Call(
        bucket=7, id=UUID(int=1), workspace_id=UUID(int=2), contact_id=UUID(int=7), journey_id=UUID(int=3), version=1,
        run_id=UUID(int=4), step="call", visit=1, url="https://shop.example", body={}, attempt=failures + 1,
        failures=failures, give_up_at=NOW - since + LIFETIME,
    )  # fmt: skip


def decide(reply: Reply, failures: int = 0, since: timedelta = timedelta()) -> Change:
    return decide_change(call(failures, since), reply, now=NOW, real=REAL)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_an_answer(status: int) -> None:
    assert decide(Answered(status, b'{"a": 1}')) == Change(state="answered", status=status, answer={"a": 1})


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 408, 409, 422, 429, 500, 502, 503])
def test_every_other_answer_is_tried_again(status: int) -> None:
    assert decide(Answered(status, b"no")) == Change(
        state="due", status=status, reason=str(status), due_at=NOW + timedelta(seconds=5), is_failure=True
    )


def test_410_stops() -> None:
    assert decide(Answered(410, b"")) == Change(state="failed", status=410, reason="410", is_failure=True)


@pytest.mark.parametrize("reason", ["forbidden", "invalid"])
def test_an_address_that_may_not_be_called_stops(reason: str) -> None:
    reply = NotAnswered(reason)  # type: ignore[arg-type]
    assert decide(reply) == Change(state="failed", reason=f"address_{reason}", is_failure=True)


@pytest.mark.parametrize(
    ("failures", "pause"),
    [
        (0, {"seconds": 5}), (1, {"minutes": 5}), (2, {"minutes": 30}), (3, {"hours": 2}), (4, {"hours": 5}),
        (5, {"hours": 10}), (6, {"hours": 10}), (11, {"hours": 10}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("reason", ["timeout", "no_connection"])
def test_the_pauses_grow(failures: int, pause: dict[str, int], reason: str) -> None:
    reply = NotAnswered(reason)  # type: ignore[arg-type]
    due_at = NOW + timedelta(**pause)
    assert decide(reply, failures) == Change(state="due", reason=reason, due_at=due_at, is_failure=True)


def test_after_five_days_it_has_failed() -> None:
    reply = Answered(503, b"")
    assert decide(reply, 9, since=LIFETIME - timedelta(hours=10)).state == "due"
    late = decide(reply, 9, since=LIFETIME - timedelta(hours=10) + timedelta(seconds=1))
    assert late == Change(state="failed", status=503, reason="503", is_failure=True)


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120),
        ("1", 5),
        ("Wed, 01 Jan 2031 00:10:00 GMT", 600),
        ("Tue, 01 Jan 2030 00:00:00 GMT", 5),
        ("soon", 5),
    ],
)
def test_who_asks_to_wait_is_waited_for(asked: str, seconds: int) -> None:
    assert decide(Answered(429, b"", asked)).due_at == NOW + timedelta(seconds=seconds)


def test_who_asks_to_wait_beyond_the_five_days_gets_nothing_more() -> None:
    assert decide(Answered(429, b"", "99999999999999999999")).state == "failed"


@pytest.mark.parametrize("text", [None, "", "-1", "1.5", "١٢", "Wed, 99 Jan 2031 00:00:00 GMT"])
def test_an_illegible_wait_is_none(text: str | None) -> None:
    assert read_retry_after(text, real=REAL) is None


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (b"", (None, None)),
        (b"  \n", (None, None)),
        (None, (None, "too_large")),
        (b"ok", (None, "not_json")),
        (b"[1]", (None, "not_json")),
        (b'"text"', (None, "not_json")),
        (b'{"a": "\\u0000"}', (None, "not_json")),
        (b'{"a": "\\ud800"}', (None, "not_json")),
        (b'{"a": 1e131073}', (None, "not_json")),
        (b'{"a": "\xff"}', (None, "not_json")),
        (b'{"a":' * 65 + b"1" + b"}" * 65, (None, "not_json")),
        (b'{"a": {"b": [1, 2.5, null, true]}}', ({"a": {"b": [1, 2.5, None, True]}}, None)),
    ],
)
def test_what_can_be_read_of_an_answer(body: bytes | None, read: object) -> None:
    assert read_answer(body) == read
