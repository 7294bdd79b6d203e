"""The few shapes of answer that public pages give."""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Final

from percorso.api.language import choose_language
from percorso.api.pages.html import STYLE, render_page
from percorso.api.pages.texts import TEXTS
from percorso.api.raw import Header, Scope, Send, send_answer

_STYLE_HASH: Final = b64encode(sha256(STYLE.encode()).digest()).decode()
_CLOSED: Final[tuple[Header, ...]] = (
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-robots-tag", b"noindex, nofollow"),
)
_PAGE: Final[tuple[Header, ...]] = (
    (b"content-type", b"text/html; charset=utf-8"),
    (
        b"content-security-policy",
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'".encode(),
    ),
    *_CLOSED,
)
_MESSAGE: Final[tuple[Header, ...]] = (
    (b"content-type", b"text/html; charset=utf-8"),
    (
        b"content-security-policy",
        b"sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src https: http: data:; "
        b"style-src 'unsafe-inline'; font-src https:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    ),
    *_CLOSED,
)
_PATH: Final = re.compile(r"[\w/.~-]+", re.ASCII)
_GIF: Final = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)


async def send_page(send: Send, html: str, status: int = 200) -> None:
    """Send one of our own pages."""
    await send_answer(send, status, html.encode(), _PAGE)


async def send_message_page(send: Send, html: str, *, path: str) -> None:
    """Send a message as it was sent, shut in: it runs nothing and belongs to no origin.

    Its links to `path`, this very page, are not shown: whoever is here need not be led here.
    """
    # A token holds nothing that a style sheet could take for more than letters; anything else is left alone.
    hiding = f'<style>a[href$="{path}"] {{ display: none; }}</style>' if _PATH.fullmatch(path) else ""
    await send_answer(send, 200, (html + hiding).encode(), _MESSAGE)


async def send_redirect(send: Send, url: str) -> None:
    """Send the visitor on."""
    await send_answer(send, 302, b"", ((b"location", url.encode()), *_CLOSED))


async def send_pixel(send: Send) -> None:
    """Send the transparent image, which says nothing about the token that it was asked with."""
    await send_answer(send, 200, _GIF, ((b"content-type", b"image/gif"), *_CLOSED))


async def send_invalid(scope: Scope, send: Send) -> None:
    """Send the one answer to every token that is no good, in the browser's language: no list is known."""
    asked: bytes | None = dict(scope["headers"]).get(b"accept-language")
    language = choose_language(None if asked is None else asked.decode("latin-1"))
    said = TEXTS[language]
    html = render_page(
        language=language, brand="", heading=said["invalid"], paragraphs=[said["invalid_detail"]]
    )
    await send_page(send, html, 404)
