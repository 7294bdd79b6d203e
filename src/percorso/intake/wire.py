"""The calls as JSON: typed decoding, and splitting a batch whose events cannot all be decoded. Pure."""

import re
from datetime import datetime
from typing import Any, Final, cast

import msgspec

from percorso.intake.errors import RejectedError, UnreadableError

Scalar = str | int | float


class WireCall(msgspec.Struct, rename="camel", gc=False):
    """One call as it is sent; what is not named here is not used."""

    type: str | None = None
    event: str | None = None
    name: str | None = None
    category: str | None = None
    user_id: Scalar | None = None
    anonymous_id: Scalar | None = None
    previous_id: Scalar | None = None
    group_id: Scalar | None = None
    message_id: Scalar | None = None
    timestamp: datetime | None = None
    original_timestamp: datetime | None = None
    sent_at: datetime | None = None
    properties: dict[str, Any] | None = None
    traits: dict[str, Any] | None = None
    context: dict[str, Any] | None = None


class WireBatch(msgspec.Struct, rename="camel"):
    """A batch with its events unread, so that a bad one harms no other."""

    batch: list[msgspec.Raw]
    write_key: str | None = None
    sent_at: Any = None
    context: dict[str, Any] | None = None


class WireKey(msgspec.Struct, rename="camel"):
    """The key in the body of a single call."""

    write_key: str | None = None


_decode_call: Final = msgspec.json.Decoder(WireCall).decode
_decode_batch: Final = msgspec.json.Decoder(WireBatch).decode
_decode_key: Final = msgspec.json.Decoder(WireKey).decode
_decode_any: Final = msgspec.json.Decoder().decode
_decode_text: Final = msgspec.json.Decoder(str).decode

_MOMENTS: Final = ("timestamp", "originalTimestamp", "sentAt")
# A text without its end runs to the end of the body: looked for again at each quote, it would cost a square.
_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)
_UNDECODABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")

_TYPES: Final = re.compile(r"`([a-z| ]+)`")
_JSON_TYPES: Final = {"str": "string", "int": "number", "float": "number", "bool": "boolean"}
"""Types of values as the decoder calls them, and as JSON does."""

MAXIMUM_DEPTH: Final = 64
"""How deep the JSON of one call may be nested."""


def decode_batch(body: bytes) -> WireBatch:
    """Return the batch in `body`, its events unread; raises UnreadableError."""
    try:
        return _decode_batch(body)
    except msgspec.ValidationError as error:
        raise UnreadableError("invalid_batch", f"The body is not a batch: {error}.") from None
    except _UNDECODABLE:
        # Valid JSON may hold what the decoder refuses even unread: a lone surrogate, a thousand brackets.
        members = split_object(body)
    if "batch" not in members:
        raise UnreadableError("invalid_batch", "The body is not a batch: it has no `batch`.")
    return WireBatch(
        batch=[msgspec.Raw(item) for item in split_array(members["batch"])],
        write_key=_find_text(members.get("writeKey")),
        sent_at=_find_text(members.get("sentAt")),
    )


def find_write_key(body: bytes) -> str | None:
    """Return the `writeKey` in the body of a single call, None if it has none; raises UnreadableError."""
    try:
        return _decode_key(body).write_key
    except msgspec.ValidationError as error:
        raise UnreadableError("invalid_call", f"The body is not a call: {error}.") from None
    except _UNDECODABLE:
        return _find_text(split_object(body).get("writeKey"))


def decode_call(raw: bytes) -> WireCall:
    """Return the call in `raw`; raises RejectedError with the reason."""
    try:
        return _decode_call(raw)
    except msgspec.ValidationError:
        return _decode_leniently(raw)
    except UnicodeDecodeError:
        raise RejectedError("not_utf8", "It holds bytes that are not UTF-8.") from None
    except RecursionError:
        raise RejectedError("too_deep", f"It is nested deeper than {MAXIMUM_DEPTH} levels.") from None
    except msgspec.DecodeError as error:
        if _SURROGATE.search(raw):
            raise RejectedError(
                "lone_surrogate", "It holds half of a character (a lone surrogate), or is not JSON."
            ) from None
        raise RejectedError("invalid_json", f"It is not JSON: {error}.") from None


def _decode_leniently(raw: bytes) -> WireCall:
    """Return a call whose moments are written otherwise than in RFC 3339; raises RejectedError."""
    try:
        members = _decode_any(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RejectedError("invalid_value", f"It holds what cannot be read: {error}.") from None
    if not isinstance(members, dict):
        raise RejectedError("not_an_object", "It is not a JSON object.")
    members = cast("dict[str, Any]", members)
    event = members.get("event")
    name = event if isinstance(event, str) else None
    for field in _MOMENTS:
        members[field] = parse_moment(members.get(field), field=field, name=name)
    try:
        return msgspec.convert(members, WireCall)
    except msgspec.ValidationError as error:
        raise RejectedError("invalid_type", f"{say_types(str(error))}.", name=name) from None


def say_types(said: str) -> str:
    """Return what the decoder says of a value with the types called as JSON calls them."""
    about, at, place = said.partition(" - at ")
    return _TYPES.sub(lambda found: _in_json(found[1]), about) + at + place


def _in_json(types: str) -> str:
    return " or ".join(dict.fromkeys(_JSON_TYPES.get(one, one) for one in types.split(" | ")))


def parse_moment(value: Any, *, field: str, name: str | None = None) -> datetime | None:
    """Return the moment written in ISO 8601, None for none; raises RejectedError.

    `sentAt` only corrects a clock: one that cannot be read counts as not given.
    """
    if value is None or isinstance(value, datetime):
        return value
    if isinstance(value, str):
        if not value.strip():
            return None
        try:
            return datetime.fromisoformat(value.strip())
        except ValueError:
            pass
    if field == "sentAt":
        return None
    raise RejectedError(
        "invalid_date", f"`{field}` is not a date and time like 2026-05-10T10:00:00Z.", name=name
    )


def is_too_deep(raw: bytes) -> bool:
    """Whether this JSON is nested deeper than is stored."""
    depth = 0
    for token in _TOKEN.finditer(raw):
        depth += _step(token[0])
        if depth > MAXIMUM_DEPTH:
            return True
    return False


def split_object(body: bytes) -> dict[str, bytes]:
    """Return the members of a JSON object unread; raises UnreadableError unless its brackets fit."""
    parts = _split(body, b"{", b"}")
    members: dict[str, bytes] = {}
    for part in parts:
        match = re.match(rb'\s*("(?:[^"\\]|\\.)*")\s*:', part, re.DOTALL)
        key = None if match is None else _find_text(match[1])
        if match is None or key is None:
            raise _malformed()
        members[key] = part[match.end() :]
    return members


def split_array(text: bytes) -> list[bytes]:
    """Return the items of a JSON array unread; raises UnreadableError unless its brackets fit."""
    return _split(text, b"[", b"]")


def _split(text: bytes, opening: bytes, closing: bytes) -> list[bytes]:
    parts: list[bytes] = []
    depth, start, last = 0, 0, b""
    for token in _TOKEN.finditer(text):
        if last == closing and depth == 0:
            raise _malformed()
        last = token[0]
        if depth == 0 and last != opening:
            raise _malformed()
        depth += _step(last)
        if (depth == 1 and last == opening) and not start:
            start = token.end()
        elif (depth == 1 and last == b",") or (depth == 0 and last == closing):
            part = text[start : token.start()].strip()
            if part or parts or last == b",":
                parts.append(part)
            start = token.end()
    if depth != 0 or last != closing:
        raise _malformed()
    return parts


def _step(token: bytes) -> int:
    if token in (b"{", b"["):
        return 1
    return -1 if token in (b"}", b"]") else 0


def _find_text(text: bytes | None) -> str | None:
    try:
        return None if text is None else _decode_text(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _malformed() -> UnreadableError:
    return UnreadableError("malformed_json", "The body is not JSON.")
