"""The body of a call: read and inflated within its limit, whatever its headers say of it."""

import zlib
from typing import Final

from percorso.api.raw import Receive
from percorso.intake.errors import UnreadableError

_GZIP: Final = b"\x1f\x8b"


class DisconnectError(Exception):
    """The client went away before its body had arrived."""


async def read_body(receive: Receive, *, length: int | None, maximum: int) -> bytes:
    """Return the body, inflated if its first bytes say gzip; raises UnreadableError beyond `maximum` bytes.

    `length` is what the request announced, None for nothing: when so much has come, nobody is asked for more.
    Content-Type and Content-Encoding are ignored: browsers send text/plain to avoid a preflight.
    """
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.disconnect":
        raise DisconnectError
    if len(body) != length and message.get("more_body"):
        chunks = [body]
        size = len(body)
        while message.get("more_body"):
            message = await receive()
            if message["type"] == "http.disconnect":
                raise DisconnectError
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            if size > maximum:
                raise _too_large(maximum)
        body = b"".join(chunks)
    if len(body) > maximum:
        raise _too_large(maximum)
    return inflate(body, maximum=maximum) if body.startswith(_GZIP) else body


def inflate(body: bytes, *, maximum: int) -> bytes:
    """Return the inflated body; raises UnreadableError if it is broken or larger than `maximum` bytes."""
    pieces: list[bytes] = []
    size = 0
    while body:
        inflater = zlib.decompressobj(wbits=31)
        try:
            piece = inflater.decompress(body, maximum - size + 1)
        except zlib.error:
            raise UnreadableError(
                "broken_gzip", "The body begins like gzip and cannot be inflated."
            ) from None
        size += len(piece)
        if size > maximum:
            raise _too_large(maximum)
        if not inflater.eof:
            raise UnreadableError("broken_gzip", "The gzip of the body ends in the middle.")
        pieces.append(piece)
        body = inflater.unused_data
    return b"".join(pieces)


def _too_large(maximum: int) -> UnreadableError:
    return UnreadableError("too_large", f"The body is larger than {maximum // 1024} KB.")
