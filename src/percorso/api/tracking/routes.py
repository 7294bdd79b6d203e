"""The tracking calls as raw ASGI: read, take in, answer."""

import asyncio
from datetime import datetime
from typing import Any, Final

import msgspec

from percorso.api.raw import JSON, Application, Header, RawRoutes, Receive, Scope, Send, send_answer
from percorso.api.tracking.body import BODY_SECONDS, DisconnectError, Patience
from percorso.api.tracking.keys import Keys, read_authorization
from percorso.db import Database
from percorso.db.away import RETRY_AFTER_SECONDS, is_database_away
from percorso.intake.errors import OverloadError, RejectedError, SlowError, UnreadableError
from percorso.intake.gather import MACHINE_WRITERS, Gatherer
from percorso.intake.model import (
    MAXIMUM_BATCH_BYTES,
    MAXIMUM_CALL_BYTES,
    Call,
    CallType,
    Rejection,
    Source,
    Taking,
)
from percorso.intake.reading import Frame, read_call
from percorso.intake.wire import decode_batch, find_write_key, parse_moment
from percorso.telemetry import get_log

log = get_log(__name__)

MAXIMUM_EVENTS: Final = 2500
"""Events of the largest batch: shorter ones than 200 bytes on average are no events."""

_CALLS: Final[dict[str, CallType]] = {
    "identify": "identify", "i": "identify", "track": "track", "t": "track", "page": "page", "p": "page",
    "screen": "screen", "s": "screen", "group": "group", "g": "group", "alias": "alias", "a": "alias",
}  # fmt: skip
_BATCHES: Final = {"batch": False, "b": False, "import": True}

_CALLS_A_TURN: Final = 50  # half a millisecond

_ANYWHERE: Final[Header] = (b"access-control-allow-origin", b"*")
_SUCCESS: Final = b'{"success":true}'
_SUCCESS_START: Final = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-length", str(len(_SUCCESS)).encode()), JSON, _ANYWHERE],
}
_SUCCESS_BODY: Final = {"type": "http.response.body", "body": _SUCCESS}
_PREFLIGHT: Final[tuple[Header, ...]] = (
    _ANYWHERE,
    (b"access-control-allow-methods", b"POST, GET, OPTIONS"),
    (b"access-control-allow-headers", b"authorization, content-type, content-encoding"),
    (b"access-control-max-age", b"86400"),
)
_CLOSE: Final[Header] = (b"connection", b"close")
_RETRY_AFTER: Final[Header] = (b"retry-after", str(RETRY_AFTER_SECONDS).encode())


class _UnknownKeyError(Exception):
    pass


def create_tracking(
    database: Database, *, public_url: str, processes: int = 1, body_seconds: float = BODY_SECONDS
) -> RawRoutes:
    """Return the routes of the tracking API over an open database, for one of so many processes.

    A body that takes longer than `body_seconds` to arrive is answered with 408.
    """
    tracking = Tracking(database, public_url=public_url, processes=processes, body_seconds=body_seconds)
    exact: dict[str, Application] = {}
    for name, type in _CALLS.items():
        exact[f"/v1/{name}"] = tracking.call(type)
    for name, historical in _BATCHES.items():
        exact[f"/v1/{name}"] = tracking.batch(historical=historical)
    return RawRoutes(exact=exact, prefixes={"/v1/projects/": tracking.settings})


class Tracking:
    """What the routes share: the keys, and the gatherer that stores."""

    def __init__(
        self, database: Database, *, public_url: str, processes: int = 1, body_seconds: float = BODY_SECONDS
    ) -> None:
        self._gatherer = Gatherer(database, writers=max(MACHINE_WRITERS // processes, 1))
        self._keys = Keys(database, self._gatherer)
        self._public_url = public_url
        self._reading = asyncio.Lock()
        self._patience = Patience(seconds=body_seconds)

    def call(self, type: CallType) -> Application:
        """Return the route of one call a request."""

        async def take(scope: Scope, receive: Receive) -> None:
            token, length = _read_headers(scope)
            body = await self._patience.read_body(receive, length=length, maximum=MAXIMUM_CALL_BYTES)
            token = token or find_write_key(body)
            source = await self._get_source(token)
            try:
                taking = Taking([read_call(body, Frame(source, type=type))], [])
            except RejectedError as error:
                await self._gatherer.take_in(Taking([], [_reject(source, error, body)]))
                raise UnreadableError(error.code, str(error)) from None
            await self._gatherer.take_in(taking)

        return _route(take)

    def batch(self, *, historical: bool) -> Application:
        """Return the route of many calls a request."""

        async def take(scope: Scope, receive: Receive) -> None:
            token, length = _read_headers(scope)
            body = await self._patience.read_body(receive, length=length, maximum=MAXIMUM_BATCH_BYTES)
            batch = decode_batch(body)
            source = await self._get_source(token or batch.write_key)
            if len(batch.batch) > MAXIMUM_EVENTS:
                raise UnreadableError("too_many", f"A batch may have {MAXIMUM_EVENTS} events.")
            sent_at: datetime | None = parse_moment(batch.sent_at, field="sentAt")
            frame = Frame(source, sent_at=sent_at, context=batch.context, historical=historical)
            async with self._reading:
                taking = await _read_batch([bytes(raw) for raw in batch.batch], frame)
            await self._gatherer.take_in(taking)

        return _route(take)

    async def settings(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer what a browser's client asks before it begins: where to send."""
        _, _, rest = scope["path"].partition("/v1/projects/")
        token, _, last = rest.partition("/")
        if last != "settings":
            await _send_failure(send, 404, "not_found", "Nothing is here.")
            return
        if await self._keys.find_source(token) is None:
            await _send_failure(send, 401, "unknown_key", "This write key is not in force.")
            return
        host = self._public_url.partition("://")[2]
        client = {"apiKey": token, "apiHost": f"{host}/v1", "protocol": self._public_url.partition(":")[0]}
        body = msgspec.json.encode({"integrations": {"Segment.io": client}})
        await send_answer(send, 200, body, (JSON, _ANYWHERE))

    async def _get_source(self, token: str | None) -> Source:
        source = None if token is None else await self._keys.find_source(token)
        if source is None:
            raise _UnknownKeyError
        return source


async def _read_batch(raws: list[bytes], frame: Frame) -> Taking:
    """Read the calls, letting others run in between: a group that holds heads must not wait for a long batch."""
    calls: list[Call] = []
    rejections: list[Rejection] = []
    for number, raw in enumerate(raws):
        if number % _CALLS_A_TURN == 0:
            await asyncio.sleep(0)
        try:
            calls.append(read_call(raw, frame))
        except RejectedError as error:
            rejections.append(_reject(frame.source, error, raw))
    return Taking(calls, rejections)


def _reject(source: Source, error: RejectedError, raw: bytes) -> Rejection:
    name = None if error.name is None else error.name.replace("\0", "")[:200]
    payload = raw.decode(errors="replace").replace("\0", "")
    return Rejection(source=source, code=error.code, reason=str(error), name=name, payload=payload)


def _read_headers(scope: Scope) -> tuple[str | None, int | None]:
    """Return the write key and the length of the body, each None where the headers say nothing of it."""
    token: str | None = None
    length: int | None = None
    for name, value in scope["headers"]:
        if name == b"authorization":
            token = read_authorization(bytes(value))
        elif name == b"content-length" and value.isdigit():
            length = int(value)
    return token, length


def _route(take: Any) -> Application:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            await _send_other(scope, send)
            return
        try:
            await take(scope, receive)
        except UnreadableError as error:
            await _send_failure(send, 400, error.code, str(error))
        except _UnknownKeyError:
            await _send_failure(
                send, 401, "unknown_key", "Give a write key in force, as the user of Basic or as `writeKey`."
            )
        except DisconnectError:
            return
        except SlowError as error:
            await _send_failure(send, 408, error.code, str(error), _CLOSE)
        except OverloadError as error:
            await _send_failure(send, 503, error.code, str(error), _RETRY_AFTER)
        except Exception as error:
            if not is_database_away(error):
                raise
            log.warning("database away", path=scope["path"], error=type(error).__name__)
            await _send_failure(
                send, 503, "database_away", "Nothing was acknowledged; send it again.", _RETRY_AFTER
            )
        else:
            await send(_SUCCESS_START)
            await send(_SUCCESS_BODY)

    return answer


async def _send_other(scope: Scope, send: Send) -> None:
    if scope["method"] == "OPTIONS":
        await send_answer(send, 204, b"", _PREFLIGHT)
    else:
        await _send_failure(send, 405, "method", "Send it by POST.", (b"allow", b"POST, OPTIONS"))


async def _send_failure(send: Send, status: int, code: str, sentence: str, *headers: Header) -> None:
    """Send what both Segment's and RudderStack's clients read of a failure: `code` and `message`."""
    body = msgspec.json.encode({"success": False, "code": code, "message": sentence})
    await send_answer(send, status, body, (JSON, _ANYWHERE, *headers))
