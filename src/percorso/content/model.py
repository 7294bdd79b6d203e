"""A template as kept, what fills it, and what comes out: pure values."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

Language = Literal["it", "en"]
"""In which language dates, numbers, money and our own words are written."""


Kind = Literal["email", "sms", "push"]
"""What a template is a message of."""


class Link(msgspec.Struct, frozen=True):
    """One place of a version that leads somewhere. `url` is as the author wrote it and may hold Liquid."""

    position: int
    url: str
    tracked: bool = True


class Design(msgspec.Struct, frozen=True, kw_only=True):
    """What an author hands in. `html` and `subject` are empty for SMS; an empty `body` of an email is derived.

    Of a push, `subject` is its title, which may be empty, `link` where it leads, `image` the address of its picture.
    """

    kind: Kind
    template_class: Literal["marketing", "transactional"] = "marketing"
    subject: str = ""
    html: str = ""
    body: str = ""
    link: str = ""
    image: str = ""


class TemplateVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version as kept: inlined and checked, with its links."""

    template_id: UUID
    number: int
    workspace_id: UUID
    list_id: UUID
    name: str
    kind: Kind
    template_class: Literal["marketing", "transactional"]
    subject: str
    html: str
    body: str
    link: str = ""
    image: str = ""
    links: tuple[Link, ...] = ()


class Locale(msgspec.Struct, frozen=True, kw_only=True):
    """How values are written: language, IANA zone, currency (ISO 4217), and the product time of rendering."""

    language: Language
    time_zone: str
    currency: str
    now: datetime


class PublicUrls(msgspec.Struct, frozen=True, kw_only=True):
    """The addresses of one message. `links` are by position, tracked ones only; `pixel` is None without tracking.

    A link that could be tracked and is not here leads where its author pointed. `confirm` is empty where nothing is to
    be confirmed.
    """

    unsubscribe: str
    preferences: str
    view_online: str
    confirm: str = ""
    pixel: str | None = None
    links: dict[int, str] = {}


class Filling(msgspec.Struct, frozen=True, kw_only=True):
    """What a template may read: see `docs/reference/personalisation.md`."""

    contact: dict[str, Any]
    event: dict[str, Any] | None
    run: dict[str, Any]
    list: dict[str, Any]
    locale: Locale


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """One message filled in: what the contact gets. `link` and `image` are of a push, empty where it has none."""

    subject: str
    html: str
    text: str
    link: str = ""
    image: str = ""
