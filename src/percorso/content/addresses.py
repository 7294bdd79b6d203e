"""Where a link may lead: only where its author pointed. Pure."""

import re
from urllib.parse import urlsplit

_SYSTEM = re.compile(r"\{\{-?\s*(unsubscribe_url|preferences_url|view_online_url|confirm_url)\s*-?\}\}")
_UNUSABLE = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
_FIXED_ORIGIN = re.compile(r"https?://[^/?#{}]+(?=[/?#])", re.IGNORECASE)
_MAXIMUM = 4000


def is_system_address(url: str) -> bool:
    """Whether a link leads to the contact's own pages, which are never tracked."""
    return _SYSTEM.search(url) is not None


def may_be_tracked(url: str) -> bool:
    """Whether a link leads to the web; `mailto:`, `tel:`, anchors and the contact's own pages do not (spec 4.3)."""
    if is_system_address(url):
        return False
    return url.lower().startswith(("http://", "https://")) or url.startswith(("{{", "{%"))


def find_destination(source: str, rendered: str) -> str | None:
    """Return the web address that a filled-in link leads to, or None if it may lead nowhere.

    Where the author wrote scheme and host out, no value can lead elsewhere. A link that is all value may lead to any
    web address: it then is what the event or contact said.
    """
    url = rendered.strip()
    if len(url) > _MAXIMUM or _UNUSABLE.search(url):
        url = url.replace(" ", "%20")
        if len(url) > _MAXIMUM or _UNUSABLE.search(url):
            return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    fixed = _FIXED_ORIGIN.match(source)
    if fixed is not None:
        return url if url.lower().startswith(fixed[0].lower()) else None
    if "{" in source and parts.username is not None:
        return None
    return url


def find_plain_address(source: str, rendered: str) -> str | None:
    """Return what an untracked link with values in it leads to: the web, a mailbox, a telephone, or nothing."""
    if (
        rendered.lower().startswith(("mailto:", "tel:", "sms:"))
        and source[:4].lower() == rendered[:4].lower()
    ):
        return None if _UNUSABLE.search(rendered) else rendered
    return find_destination(source, rendered)
