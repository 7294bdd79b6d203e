"""What goes over when contact A becomes contact K: its facts as copies, its attributes, its runs. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.consent.leaves import LeafChange
from percorso.consent.merging import United
from percorso.consent.records import StatusChange
from percorso.consent.register import CONSENT_CHANGED, leaf_properties
from percorso.contacts.attributes import leaves
from percorso.contacts.model import SINGLE_KINDS, Contact
from percorso.contacts.shop.figures import ROOT
from percorso.journeys.engine import derive_run_id
from percorso.kit.ids import WorkspaceId, bucket_of, derive_id
from percorso.log.model import Fact, FactDraft

YOUNG: Final = timedelta(hours=24)
"""A carried fact older than this is history: it starts and moves nothing."""

_STATUS_FACTS: Final = {
    "subscribed": "campaignSubscribed",
    "unsubscribed": "campaignUnsubscribed",
    "pending": "campaignOptinRequested",
}


def carry_facts(
    facts: Iterable[Fact], into: UUID, runs: Iterable[tuple[UUID, UUID]], now: datetime
) -> list[FactDraft]:
    """Return the facts of a contact as those of `into`, in order, each naming where it came from.

    `runs` are (id, journey) of the runs that the contact had: a fact that started one starts that journey no
    second time. What the worker made acts no more; an event or status does while it is young.
    """
    begun = list(runs)
    drafts: list[FactDraft] = []
    for fact in facts:
        assert fact.contact_id is not None
        if fact.kind == "moved":
            continue
        acts = fact.kind in ("event", "status") and fact.origin != "worker" and now - fact.received_at < YOUNG
        entered = [
            str(journey_id)
            for id, journey_id in begun
            if derive_run_id(journey_id, fact.contact_id, fact) == id
        ]
        carried: dict[str, Any] = {"contactId": str(fact.contact_id), "offset": fact.offset}
        if entered:
            carried["entered"] = entered
        drafts.append(
            FactDraft(
                bucket=bucket_of(into),
                workspace_id=WorkspaceId(fact.workspace_id),
                contact_id=into,
                kind=fact.kind,
                name=fact.name,
                message_id=fact.message_id,
                occurred_at=fact.occurred_at,
                properties=msgspec.json.encode(fact.properties),
                context=msgspec.json.encode({**(fact.context or {}), "carried": carried}),
                origin="job",
                historical=fact.historical or not acts,
                depth=fact.depth,
            )
        )
    return drafts


def unite_profiles(gone: Contact, into: Contact, now: datetime) -> FactDraft:
    """Return the fact that gives `into` what only `gone` had: attributes it lacks, identities besides its own."""
    identities = {
        kind: values
        for kind, values in gone.identities.items()
        if values and (kind not in SINGLE_KINDS or not into.identities.get(kind))
    }
    # What a shop's events left follows from the events, which go over themselves.
    known = {name: value for name, value in gone.attributes.items() if name != ROOT}
    said: dict[str, Any] = {"fill": leaves(known), "identities": identities}
    return FactDraft(
        bucket=bucket_of(into.id),
        workspace_id=WorkspaceId(into.workspace_id),
        contact_id=into.id,
        kind="profile",
        name="contactUpdated",
        message_id=str(derive_id("united", gone.id, into.id)),
        occurred_at=now,
        properties=msgspec.json.encode({key: value for key, value in said.items() if value}),
        origin="job",
    )


def list_coupons(facts: Iterable[Fact]) -> dict[UUID, list[str]]:
    """Return the codes that a contact was given, by pool."""
    codes: dict[UUID, list[str]] = {}
    for fact in facts:
        if fact.kind == "coupon" and "code" in fact.properties:
            codes.setdefault(UUID(fact.properties["poolId"]), []).append(fact.properties["code"])
    return codes


def draft_standings(gone: UUID, united: United, now: datetime) -> list[FactDraft]:
    """Return the facts that tell how a contact stands from now on, because it turned out to be the one that is gone.

    Whoever folds standings takes them as they are (`context.united`), and the carried facts for nothing: these say
    how the other stood by its own order of time, which was not this contact's.
    """
    drafts = [_draft_status(gone, change, now) for change in united.statuses]
    return drafts + [_draft_leaf(gone, change, now) for change in united.leaves]


def _draft_status(gone: UUID, change: StatusChange, now: datetime) -> FactDraft:
    said = {
        "listId": str(change.list_id),
        "channel": change.channel,
        "source": change.source,
        "wording": change.wording,
    }
    about = (change.list_id, change.channel, change.status)
    return _draft_united(gone, change, _STATUS_FACTS[change.status], said, about, now)


def _draft_leaf(gone: UUID, change: LeafChange, now: datetime) -> FactDraft:
    return _draft_united(gone, change, CONSENT_CHANGED, leaf_properties(change), (change.leaf,), now)


def _draft_united(
    gone: UUID,
    change: StatusChange | LeafChange,
    name: str,
    said: dict[str, Any],
    about: tuple[UUID | str, ...],
    now: datetime,
) -> FactDraft:
    return FactDraft(
        bucket=bucket_of(change.contact_id),
        workspace_id=WorkspaceId(change.workspace_id),
        contact_id=change.contact_id,
        kind="status",
        name=name,
        message_id=str(derive_id("united", gone, change.contact_id, *about)),
        occurred_at=now,
        properties=msgspec.json.encode(said),
        context=msgspec.json.encode({"united": str(gone)}),
        origin="job",
    )
