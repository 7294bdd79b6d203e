"""What came of handing one message over: the few outcomes that every channel tells apart."""

from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec


class Accepted(msgspec.Struct, frozen=True, tag=True):
    """The provider took it."""

    reply: str


class Temporary(msgspec.Struct, frozen=True, tag=True):
    """It has not left, and may be tried again later: 4xx, or a fault of the connection before the dot.

    `about` is what the answer says something of. domain: the receiving domain, or the way to it. policy: the domain
    refuses us (5.7.x). message: this message or its one mailbox, and nothing else.
    """

    reply: str
    about: Literal["domain", "policy", "message"] = "domain"


class Refused(msgspec.Struct, frozen=True, tag=True):
    """It has not left and will not: 5xx. `reason` is a word, `reply` what the provider said."""

    reply: str
    reason: str = "refused"


class NotMarked(msgspec.Struct, frozen=True, tag=True):
    """It has not left, because the mark was not given."""


class Withdrawn(msgspec.Struct, frozen=True, tag=True):
    """It has not left although it was marked: the mark could not be used in time."""

    reply: str


class Doubtful(msgspec.Struct, frozen=True, tag=True):
    """Nobody knows whether it left: the answer after the dot did not come whole."""

    reply: str


HandOver = Accepted | Temporary | Refused | NotMarked | Withdrawn | Doubtful

AskMark = Callable[[], Awaitable[bool]]
"""Asks for the mark: True once it is committed, False when the gate or another courier said no."""

MARK_SECONDS = 1.0
"""How old a mark may be when the dot is written; an older one is withdrawn (trust §1)."""
