"""Whether a person or a machine followed a link or loaded the pixel. Pure; the rule is in `docs/architecture/messages.md`."""

import re
from datetime import datetime, timedelta
from typing import Final

import msgspec

TOO_SOON: Final = timedelta(seconds=2)
"""Nobody reads so fast: what comes within this time of the acceptance is a scanner (product time)."""

_MACHINES: Final = re.compile(
    r"(?<!cu)bot\b|crawl|spider|scan|prefetch|preview|monitor|validator|headless|phantomjs|curl/|wget/|python-|"
    r"aiohttp|httpx|go-http-client|java/|libwww|axios|node-fetch|barracuda|proofpoint|mimecast|fireeye|ironport|"
    r"symantec|trendmicro|safelinks|bitdefender|zscaler|forcepoint|sophos|virustotal|urldefense",
    re.IGNORECASE,
)
_PEOPLE: Final = re.compile(r"googleimageproxy|yahoomailproxy", re.IGNORECASE)
"""Image proxies that load when somebody opens the message."""


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One request for a link or the pixel, as it came: header values are empty where there were none."""

    method: str
    user_agent: str
    purpose: str
    """What `Sec-Purpose`, `Purpose`, `X-Purpose` or `X-Moz` said."""


def is_machine(visit: Visit, *, accepted_at: datetime | None, now: datetime) -> bool:
    """Return whether a machine made the visit: it asks without reading, says so, or comes too soon."""
    if visit.method != "GET" or "prefetch" in visit.purpose.lower() or "preview" in visit.purpose.lower():
        return True
    if accepted_at is None or now - accepted_at < TOO_SOON:
        return True
    if _PEOPLE.search(visit.user_agent):
        return False
    # Privacy proxies that load every image on arrival send nothing but this.
    return visit.user_agent.strip() in ("", "Mozilla/5.0") or _MACHINES.search(visit.user_agent) is not None
