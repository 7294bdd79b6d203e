"""What goes over when contact A becomes contact K: its facts as copies, its attributes, its runs. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.consent.records import StatusChange
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


def list_message_ids(facts: Sequence[Fact]) -> list[str]:
    """Return the message ids under which these facts were taken in."""
    return [fact.message_id for fact in facts if fact.origin == "api"]


def status_draft(change: StatusChange, now: datetime) -> FactDraft:
    """Return the fact that tells a contact's journeys of a status that it took over."""
    return FactDraft(
        bucket=bucket_of(change.contact_id),
        workspace_id=WorkspaceId(change.workspace_id),
        contact_id=change.contact_id,
        kind="status",
        name=_STATUS_FACTS[change.status],
        message_id=str(derive_id("united", change.contact_id, change.list_id, change.channel, change.status)),
        occurred_at=now,
        properties=msgspec.json.encode(
            {
                "listId": str(change.list_id),
                "channel": change.channel,
                "source": change.source,
                "wording": change.wording,
            }
        ),
        origin="job",
    )
