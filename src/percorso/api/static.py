"""The built web application, from memory: a request can only name what was there at the start."""

import gzip
import hashlib
import mimetypes
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from percorso.api.raw import Header, Receive, Scope, Send, send_answer

SECURITY: Final[tuple[Header, ...]] = (
    (
        b"content-security-policy",
        b"default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        b"font-src 'self'; connect-src 'self'; frame-src 'self'; object-src 'none'; base-uri 'none'; "
        b"form-action 'self'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)
"""Headers of every page and file (`trust.md` §4): styles may be inline, because Mantine sets them; scripts not."""

_MISSING: Final = (
    b"<!doctype html><meta charset=utf-8><title>Percorso</title><p>The web application was not built. "
    b"Run <code>make web</code>.</p>"
)
_HTML: Final = (b"content-type", b"text/html; charset=utf-8")
_COMPRESSIBLE: Final = ("text/", "application/json", "application/manifest+json", "image/svg+xml")


class File(msgspec.Struct, frozen=True):
    """One file, ready to send."""

    body: bytes
    compressible: bool
    """Whether compression gains something."""
    etag: bytes
    headers: tuple[Header, ...]


class StaticFiles:
    """Serves `folder`; a path that names no file and has no ending is the application's first page."""

    def __init__(self, folder: Path) -> None:
        paths = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
        self._files = {f"/{path.relative_to(folder).as_posix()}": _load(path, folder) for path in paths}

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer GET and HEAD; whole, or 304 for who has it."""
        if scope["method"] not in ("GET", "HEAD"):
            await send_answer(send, 405, b"", (*SECURITY, (b"allow", b"GET, HEAD")))
            return
        path: str = scope["path"]
        file = self._files.get(path)
        if file is None and "." not in path.rpartition("/")[2]:
            file = self._files.get("/index.html")
            if file is None:
                await send_answer(send, 503, _MISSING, (_HTML, *SECURITY))
                return
        if file is None:
            await send_answer(send, 404, b"Nothing is here.", ((b"content-type", b"text/plain"), *SECURITY))
            return
        await _send_file(scope, send, file)


async def _send_file(scope: Scope, send: Send, file: File) -> None:
    asked = dict(scope["headers"])
    if asked.get(b"if-none-match") == file.etag:
        await send_answer(send, 304, b"", file.headers)
        return
    body, headers = file.body, file.headers
    if file.compressible and b"gzip" in asked.get(b"accept-encoding", b""):
        body, headers = _compress(body), (*headers, (b"content-encoding", b"gzip"))
    await send_answer(send, 200, body if scope["method"] == "GET" else b"", headers)


def _load(path: Path, folder: Path) -> File:
    body = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    # The build puts a hash of the content into every name below assets/.
    forever = path.relative_to(folder).parts[0] == "assets"
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'.encode()
    compressible = kind.startswith(_COMPRESSIBLE) or kind.endswith("javascript")
    if kind.startswith("text/") or kind.endswith("javascript"):
        kind += "; charset=utf-8"
    headers = (
        (b"content-type", kind.encode()),
        (b"etag", etag),
        (b"cache-control", b"public, max-age=31536000, immutable" if forever else b"no-cache"),
        (b"vary", b"accept-encoding"),
        *SECURITY,
    )
    return File(body=body, compressible=compressible and len(body) > 1024, etag=etag, headers=headers)


@cache
def _compress(body: bytes) -> bytes:
    """Return the body compressed, from memory when it was asked for before; the start does not wait for it."""
    return gzip.compress(body, 6, mtime=0)
