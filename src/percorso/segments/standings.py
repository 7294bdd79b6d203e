"""Statuses and consents as folded from the log: conditions judge them so, and never the newest rows. Pure.

They are kept like any past: one entry for each status or leaf, in `Past.kept`, decided by the functions that decide the
rows the gate reads.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from typing import Any, Final, cast
from uuid import UUID

import msgspec

from percorso.conditions.fold import place_of
from percorso.conditions.model import Consent
from percorso.conditions.past import Kept, Past
from percorso.consent.leaves import LeafChange, LeafStanding, decide_leaf
from percorso.consent.records import Channel, Standing, Status, StatusChange, decide_status
from percorso.contacts.fold import is_carried
from percorso.log.model import Fact
from percorso.segments.membership import CompiledNeed

_STATUSES: Final[dict[str, Status]] = {
    "campaignSubscribed": "subscribed",
    "campaignOptinRequested": "pending",
    "campaignUnsubscribed": "unsubscribed",
}
_CONSENT: Final = "consentChanged"


def read_statuses(past: Past | None) -> dict[tuple[UUID, str], str]:
    """Return the statuses by list and channel."""
    found: dict[tuple[UUID, str], str] = {}
    for kept in past.kept if past is not None else ():
        found[UUID(kept.properties["listId"]), kept.properties["channel"]] = kept.properties["status"]
    return found


def read_consents(past: Past | None) -> dict[str, Consent]:
    """Return how the leaves of the consent tree stand."""
    return {
        kept.properties["leaf"]: Consent(
            kept.properties["status"], kept.properties["limitation"], kept.properties["objection"]
        )
        for kept in (past.kept if past is not None else ())
    }


def list_standing_needs(standings: frozenset[str]) -> Iterator[CompiledNeed]:
    """Yield what must be kept for conditions that ask for statuses or consents."""
    if "status" in standings:
        yield STATUSES
    if "consent" in standings:
        yield CONSENTS


def _is_status(fact: Fact) -> bool:
    return _says(fact) and fact.name in _STATUSES and _find_list(fact) is not None


def _is_consent(fact: Fact) -> bool:
    return _says(fact) and fact.name == _CONSENT and isinstance(fact.properties.get("leaf"), str)


def _says(fact: Fact) -> bool:
    """Whether the fact says how this contact stands: what is carried says how another stood before it became this one."""
    return fact.kind == "status" and not is_carried(fact)


def _is_united(fact: Fact) -> bool:
    """Whether the fact tells how the contact stands since it was merged: as it says, whatever was said before."""
    return fact.context is not None and "united" in fact.context


def _find_list(fact: Fact) -> UUID | None:
    try:
        return UUID(str(fact.properties.get("listId")))
    except ValueError:
        return None


def _fold_status(past: Past, fact: Fact) -> Past:
    list_id = _find_list(fact)
    if not _is_status(fact) or list_id is None or fact.contact_id is None:
        return past
    channel = cast("Channel", fact.properties.get("channel") or "email")
    change = StatusChange(
        fact.workspace_id, fact.contact_id, list_id, channel, _STATUSES[fact.name], "", "", fact.occurred_at
    )
    known = _find(past, lambda said: said["listId"] == str(list_id) and said["channel"] == channel)
    current = Standing(known.properties["status"], known.at) if known is not None else None
    decided = change.status if _is_united(fact) else decide_status(current, change)
    if decided is None:
        return past
    return _put(past, known, fact, {"listId": str(list_id), "channel": channel, "status": decided})


def _fold_consent(past: Past, fact: Fact) -> Past:
    if not _is_consent(fact) or fact.contact_id is None:
        return past
    said = fact.properties
    change = LeafChange(
        workspace_id=fact.workspace_id,
        contact_id=fact.contact_id,
        leaf=said["leaf"],
        status=said.get("status") is True,
        limitation=said.get("limitation") is True,
        objection=said.get("objection") is True,
        source="",
        wording="",
        occurred_at=fact.occurred_at,
    )
    known = _find(past, lambda kept: kept["leaf"] == change.leaf)
    current = None
    if known is not None:
        was = known.properties
        current = LeafStanding(was["status"], was["limitation"], was["objection"], known.at)
    if not _is_united(fact) and not decide_leaf(current, change):
        return past
    leaf = {
        "leaf": change.leaf,
        "status": change.status,
        "limitation": change.limitation,
        "objection": change.objection,
    }
    return _put(past, known, fact, leaf)


def _find(past: Past, is_it: Callable[[dict[str, Any]], bool]) -> Kept | None:
    return next((kept for kept in past.kept if is_it(kept.properties)), None)


def _put(past: Past, known: Kept | None, fact: Fact, said: dict[str, Any]) -> Past:
    others = tuple(kept for kept in past.kept if kept is not known)
    return msgspec.structs.replace(
        past, kept=(*others, Kept(fact.received_at, place_of(fact), fact.name, said))
    )


def _keep_all(
    key: str, names: Iterable[str], matches: Callable[[Fact], bool], fold: Callable[[Past, Fact], Past]
) -> CompiledNeed:
    return CompiledNeed(
        key=key,
        names=frozenset(names),
        matches=matches,
        fold=fold,
        fold_whole=fold,
        read_whole=lambda facts: reduce(fold, facts, Past()),
        since=lambda _: None,
        trim=lambda past, _: past,
    )


STATUSES: Final = _keep_all("statuses", _STATUSES, _is_status, _fold_status)
"""Statuses by list and channel."""
CONSENTS: Final = _keep_all("consents", (_CONSENT,), _is_consent, _fold_consent)
"""Leaves of the consent tree."""
