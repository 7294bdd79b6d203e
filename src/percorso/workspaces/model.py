"""Users, keys, sessions and what they may do: pure values and decisions."""

from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

import msgspec

Role = Literal["owner", "admin", "editor", "viewer"]
"""What a user may do in a workspace, most first."""

Language = Literal["it", "en"]
"""A language that the application speaks."""

Permission = Literal[
    "workspace.read",
    "contacts.read",
    "contacts.write",
    "contacts.erase",
    "contacts.download",
    "journeys.read",
    "journeys.write",
    "journeys.publish",
    "content.write",
    "messages.read",
    "events.read",
    "keys.write",
    "audit.read",
    "workspace.write",
]
"""One thing that may be allowed; also the scope of that name of a key."""

KeyKind = Literal["server", "browser"]
"""Where a key is kept: a server's may subscribe people, a browser's can be read by anyone and may only ask."""

TRACK: Final = "track"
"""The scope that lets a key send tracking calls."""

_READS: Final[frozenset[Permission]] = frozenset(
    {"workspace.read", "contacts.read", "journeys.read", "messages.read", "events.read"}
)
_EDITS: Final[frozenset[Permission]] = frozenset(
    {"contacts.write", "journeys.write", "journeys.publish", "content.write"}
)
_ADMINISTERS: Final[frozenset[Permission]] = frozenset(
    {"keys.write", "workspace.write", "audit.read", "contacts.erase", "contacts.download"}
)

MAY: Final[dict[Role, frozenset[Permission]]] = {
    "viewer": _READS,
    "editor": _READS | _EDITS,
    "admin": _READS | _EDITS | _ADMINISTERS,
    "owner": _READS | _EDITS | _ADMINISTERS,
}
"""What each role may do."""

NARROWED_NEVER: Final[frozenset[Permission]] = _ADMINISTERS | frozenset[Permission]({"journeys.publish"})
"""What no member holds who is narrowed to lists or nodes, whatever their role: it concerns the whole workspace.

A published journey acts on whoever meets its start, on any list, and tells others of them.
"""

ALL_SCOPES: Final[tuple[str, ...]] = (TRACK, *sorted(MAY["owner"]))
"""Every scope that a server's key can hold."""

SESSION_LASTS: Final = timedelta(days=30)
"""How long a session lasts at most, in real time."""
SESSION_IDLES: Final = timedelta(days=7)
"""How long a session may go without a request."""

THROTTLE_WINDOW: Final = timedelta(minutes=15)
"""The span in which failed attempts to sign in are counted."""
FAILURES_PER_EMAIL: Final = 8
"""Failed attempts for one email in the window; the next is refused unread."""
FAILURES_PER_ADDRESS: Final = 40
"""Failed attempts from one network address in the window, whatever the emails."""


class Workspace(msgspec.Struct, frozen=True):
    """One brand's settings."""

    id: UUID
    name: str
    time_zone: str
    currency: str
    language: Language


class User(msgspec.Struct, frozen=True):
    """A person who signs in."""

    id: UUID
    email: str
    name: str
    language: Language


class Narrowing(msgspec.Struct, frozen=True):
    """What of a workspace a member sees; None: all lists, all nodes."""

    lists: tuple[UUID, ...] | None
    nodes: tuple[UUID, ...] | None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is taken away."""
        return self.lists is None and self.nodes is None


WHOLE: Final = Narrowing(None, None)
"""The narrowing of whoever is not narrowed."""


class Member(msgspec.Struct, frozen=True):
    """A user of a workspace with the role held there, and what it is narrowed to."""

    id: UUID
    email: str
    name: str
    language: Language
    role: Role
    narrowing: Narrowing
    created_at: datetime


class Session(msgspec.Struct, frozen=True):
    """One browser signed in to one workspace, with the role that its user holds there now."""

    user: User
    workspace: Workspace
    role: Role
    csrf_token: str
    seen_at: datetime
    narrowing: Narrowing = WHOLE

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the role allows here, less what a narrowed member never holds."""
        return MAY[self.role] if self.narrowing.is_whole else MAY[self.role] - NARROWED_NEVER


class OpenSession(msgspec.Struct, frozen=True):
    """A session in force, as its user sees it in a list; `id` says nothing of its token."""

    id: UUID
    token_hash: bytes
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


class ApiKey(msgspec.Struct, frozen=True):
    """A key in force or revoked. The token itself is shown once and never stored."""

    id: UUID
    workspace_id: UUID
    node_id: UUID
    name: str
    kind: KeyKind
    scopes: tuple[str, ...]
    prefix: str
    created_at: datetime
    revoked_at: datetime | None


class Setup(msgspec.Struct, frozen=True):
    """What the first-run set-up made."""

    workspace_id: UUID
    node_id: UUID
    list_id: UUID
    user_id: UUID


def may_try_again(*, email_failures: int, address_failures: int) -> bool:
    """Whether an attempt to sign in is looked at, given the failures counted in the window."""
    return email_failures < FAILURES_PER_EMAIL and address_failures < FAILURES_PER_ADDRESS


class EventSettings(msgspec.Struct, frozen=True):
    """How strict a workspace is, and after how many minutes a basket or visit counts as abandoned; None: never."""

    strict: bool
    cart_minutes: int | None
    session_minutes: int | None
