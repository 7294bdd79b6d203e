"""Cursors of pages: the sort key of the last row shown, so that rows arriving in between shift nothing."""

import base64
import binascii
from typing import TypeVar

import msgspec

from percorso.reports.errors import CursorError

Key = TypeVar("Key")

PAGE = 50
"""Rows of a page."""


def write_cursor(key: object) -> str:
    """Return the cursor for a sort key: JSON in base64 for URLs."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def read_cursor(cursor: str | None, key: type[Key]) -> Key | None:
    """Return the sort key in a cursor, None for the first page; raises CursorError."""
    if not cursor:
        return None
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(data, type=key)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        raise CursorError from None
