"""What a try comes to, and when the next one is (trust §1). Pure."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final, cast

import msgspec

from percorso.channels.web.client import Answered, Reply
from percorso.conditions.codec import measure_json_depth
from percorso.journeys.calls.model import Call, Change, Unread
from percorso.kit.storable import holds_nul

RETRIES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
)
"""How long after a try that came to nothing the next one is; the last goes on for ever."""

LIFETIME: Final = timedelta(days=5)
"""How long after its first try a call is tried."""

GONE: Final = 410
"""The receiver wants no more of this: nothing is tried again."""

_DEEPEST: Final = 64
_LONGEST_WAIT: Final = timedelta(days=366)


def decide_change(call: Call, reply: Reply, *, now: datetime, real: datetime) -> Change:
    """Return what this try comes to: `now` is product time; `real` is what dates in answers are held against."""
    if not isinstance(reply, Answered):
        if reply.reason in ("forbidden", "invalid"):
            return Change(state="failed", reason=f"address_{reply.reason}", is_failure=True)
        return try_again(call, reply.reason, now=now)
    if 200 <= reply.status < 300:
        answer, unread = read_answer(reply.body)
        return Change(state="answered", status=reply.status, answer=answer, unread=unread)
    if reply.status == GONE:
        return Change(state="failed", status=reply.status, reason=str(reply.status), is_failure=True)
    wait = read_retry_after(reply.retry_after, real=real)
    return try_again(call, str(reply.status), now=now, status=reply.status, wait=wait)


def try_again(
    call: Call, reason: str, *, now: datetime, status: int | None = None, wait: timedelta | None = None
) -> Change:
    """Return when the call is tried again, not before `wait` is over; or that its time is over."""
    pause = RETRIES[min(call.failures, len(RETRIES) - 1)]
    due_at = now + max(pause, wait or pause)
    if due_at > call.give_up_at:
        return Change(state="failed", status=status, reason=reason, is_failure=True)
    return Change(state="due", status=status, reason=reason, due_at=due_at, is_failure=True)


def read_retry_after(header: str | None, *, real: datetime) -> timedelta | None:
    """Return how long the receiver asks to wait (RFC 9110 §10.2.3), at most a year; None where it asks nothing legible."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:12]), _LONGEST_WAIT.total_seconds()))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(moment - real, timedelta()), _LONGEST_WAIT)


def read_answer(body: bytes | None) -> tuple[dict[str, Any] | None, Unread | None]:
    """Return the JSON object that was answered; or None, and why where there was something that is none.

    What the database cannot hold is none either: NUL, half a surrogate pair, what is nested without end.
    """
    if body is None:
        return None, "too_large"
    if not body.strip():
        return None, None
    if measure_json_depth(body) > _DEEPEST or holds_nul(body):
        return None, "not_json"
    try:
        answer: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None, "not_json"
    return (cast("dict[str, Any]", answer), None) if isinstance(answer, dict) else (None, "not_json")
