"""The fifteen journeys that Percorso brings along (spec 3.2): whole graphs, with their messages in Italian and English.

Data, one YAML file each. A text written as `{it: …, en: …}` becomes the one of the language asked for. Graphs name
messages as `template:<key>`, pools as `pool:<key>` and groups as `group:<key>`: `percorso.journeys.portable` puts ids in.
"""

from functools import cache
from html import escape
from importlib import resources
from typing import Any, Final, Literal, cast

import msgspec
import yaml

Language = Literal["it", "en"]

KEYS: Final = (
    "thanks", "welcome-series", "birthday", "event-reminder", "abandoned-cart", "onboarding", "re-engagement",
    "best-customer", "cross-selling", "post-purchase-survey", "store-to-online", "app-adoption", "email-course",
    "welcome-by-preference", "newsletter-follow-up",
)  # fmt: skip
"""Which there are, in the order in which they are offered."""


class ReadyMessage(msgspec.Struct, frozen=True):
    """A message to be made as a template; `subject` and `html` are empty for SMS and push."""

    key: str
    name: str
    kind: Literal["email", "sms", "push"]
    subject: str = ""
    html: str = ""
    body: str = ""


class ReadyJourney(msgspec.Struct, frozen=True):
    """A journey to be made. `pools` and `groups` are the names of what it needs by key; `graph` is JSON with references."""

    key: str
    name: str
    description: str
    tags: tuple[str, ...]
    messages: tuple[ReadyMessage, ...]
    graph: dict[str, Any]
    pools: dict[str, str] = {}
    groups: dict[str, str] = {}


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message as its file has it: an email is a heading, paragraphs and perhaps a button."""

    name: str
    kind: Literal["email", "sms", "push"] = "email"
    subject: str = ""
    heading: str = ""
    text: tuple[str, ...] = ()
    button: str = ""
    link: str = ""
    body: str = ""


def load_ready_journeys(language: Language) -> tuple[ReadyJourney, ...]:
    """Return all of them, named and written in `language`, in the order in which they are offered."""
    return tuple(load_ready_journey(key, language) for key in KEYS)


@cache
def load_ready_journey(key: str, language: Language) -> ReadyJourney:
    """Return one of them; raises KeyError for a key that is none of `KEYS`."""
    if key not in KEYS:
        raise KeyError(key)
    read = localise(yaml.safe_load(_read(f"{key}.yaml")), language)
    messages = [
        _make_message(name, msgspec.convert(given, _Written), language)
        for name, given in read.pop("messages").items()
    ]
    return msgspec.convert({"key": key, "messages": messages, **read}, ReadyJourney, from_attributes=True)


def _make_message(key: str, written: _Written, language: Language) -> ReadyMessage:
    if written.kind != "email":
        return ReadyMessage(key, written.name, written.kind, body=written.body)
    parts = [f"<h1>{written.heading}</h1>", *(f"<p>{text}</p>" for text in written.text)]
    if written.button:
        parts.append(f'<p><a class="button" href="{escape(written.link)}">{written.button}</a></p>')
    html = _read("layout.html").replace("[[language]]", language).replace("[[content]]", "\n".join(parts))
    return ReadyMessage(key, written.name, "email", written.subject, html)


def _read(name: str) -> str:
    return resources.files("percorso.journeys.preconfigured").joinpath(name).read_text(encoding="utf-8")


def localise(value: Any, language: Language) -> Any:
    """Return what was read, every text `{it: …, en: …}` in one language."""
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value)
        if items.keys() == {"it", "en"}:
            return items[language]
        return {key: localise(item, language) for key, item in items.items()}
    if isinstance(value, list):
        return [localise(item, language) for item in cast("list[Any]", value)]
    return value
