"""What people do with the mail they get: a pure function of the person and the message.

Times are minutes of product time after the message arrived.
"""

import re
from typing import Any, Final

import msgspec
from selectolax.lexbor import LexborHTMLParser

from percorso.demo.acts import DAY, order, track
from percorso.demo.names import AREA_CODES
from percorso.demo.people import Person, chance, pick_lines

CODE: Final = re.compile(r"\bAURORA-[A-Z0-9]{6}\b")
"""What the shop's coupon codes look like."""

_ACCEPTS: Final = ("Ci sarò", "Tenetemi un posto", "I will be there", "Keep a seat for me")
"""The buttons by which invitations to the show are accepted."""
_SHOW: Final = {"eventId": "aurora-show", "eventName": "Sfilata Aurora", "eventType": "fashion show"}
_TRACKED = "/c/"
_PIXEL = "/o/"


class Fetch(msgspec.Struct, frozen=True):
    """A person's mail program or browser asks for an address."""

    after: float
    url: str


class Buy(msgspec.Struct, frozen=True):
    """A person does what the message was for: buys, redeems a code, comes to the show."""

    after: float
    key: str
    call: dict[str, Any]


class Unsubscribe(msgspec.Struct, frozen=True):
    """A person has had enough: the mail program sends the one-click unsubscription."""

    after: float
    url: str


Reaction = Fetch | Buy | Unsubscribe

_ADDRESS = re.compile(r"\.(\d+)@example\.com$")
_ONE_CLICK = re.compile(r"<(https?://[^>]+)>")


def find_person(to: str) -> int | None:
    """Return the number of the person at this address or telephone number, None for anybody else."""
    found = _ADDRESS.search(to)
    if found:
        return int(found[1])
    digits = to.removeprefix("+1")
    if len(digits) == 10 and digits.isdigit() and digits[3:8] == "55501" and digits[:3] in AREA_CODES:
        return AREA_CODES.index(digits[:3]) * 100 + int(digits[8:])
    return None


def react(
    person: Person, mail_id: str, *, html: str | None, text: str | None, unsubscribe: str, own_url: str
) -> list[Reaction]:
    """Return what comes of a message, in order of time; `own_url` is where our links and pixels lead.

    `unsubscribe` is the header List-Unsubscribe, empty without one.
    """
    found: list[Reaction] = []
    keen = 0.5 + person.keen * 0.4
    one_click = _ONE_CLICK.search(unsubscribe)
    if one_click and one_click[1].startswith(own_url) and chance("leaves", mail_id) < 0.02:
        found.append(Unsubscribe(90.0, one_click[1]))
    opens = html is not None and chance("opens", mail_id) < keen
    opened_after = 4 + chance("opened", mail_id) ** 2 * 10 * 60
    if opens and html is not None:
        links, pixel = find_addresses(html, own_url)
        if pixel:
            found.append(Fetch(opened_after, pixel))
        if links and chance("clicks", mail_id) < keen * 0.6:
            place = int(chance("link", mail_id) * len(links))
            found.append(Fetch(opened_after + 1, links[place]))
            if chance("buys", mail_id) < 0.35:
                lines = pick_lines(person, "mail", mail_id)
                found.append(Buy(opened_after + 25, f"m-{mail_id}", order(person, f"m{mail_id[:8]}", lines)))
    invited = html is not None and any(button in html for button in _ACCEPTS)
    if invited and chance("comes", mail_id) < 0.55:
        after = (3 + chance("came", mail_id) * 3) * DAY
        found.append(Buy(after, f"e-{mail_id}", track(person, "eventParticipated", _SHOW, context="RETAIL")))
    code = CODE.search(text or html or "")
    if code and chance("redeems", mail_id) < 0.7:
        after = (0.5 + chance("redeemed", mail_id) * 3) * DAY
        lines = pick_lines(person, "coupon", mail_id)
        call = order(person, f"c{mail_id[:8]}", lines, store=person.city, coupon=code[0])
        found.append(Buy(after, f"c-{mail_id}", call))
    return sorted(found, key=lambda reaction: reaction.after)


def find_addresses(html: str, own_url: str) -> tuple[list[str], str | None]:
    """Return the tracked links of an email and its pixel, None without one; nothing that leads elsewhere."""
    tree = LexborHTMLParser(html)
    links = [
        href
        for node in tree.css("a[href]")
        if (href := node.attributes.get("href") or "").startswith(own_url) and _TRACKED in href
    ]
    pixels = [
        source
        for node in tree.css("img[src]")
        if (source := node.attributes.get("src") or "").startswith(own_url) and _PIXEL in source
    ]
    return links, pixels[-1] if pixels else None
