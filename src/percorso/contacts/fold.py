"""Folding: what one fact makes of a contact. The same function serves the worker and whoever reads a contact."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

import msgspec

from percorso.contacts.attributes import change_attributes, is_same
from percorso.contacts.model import KNOWN_KINDS, SINGLE_KINDS, AttributeChange, Contact
from percorso.log.model import Fact

_NOTHING: Final[tuple[AttributeChange, ...]] = ()
_EVENT_GRAIN: Final = timedelta(hours=1)


def new_contact(fact: Fact, node_id: UUID) -> Contact:
    """Return the contact that `fact` is the first to speak of: known by nothing yet, in the node `node_id`."""
    assert fact.contact_id is not None
    return Contact(
        id=fact.contact_id,
        workspace_id=fact.workspace_id,
        node_id=node_id,
        attributes={},
        identities={},
        email=None,
        phone=None,
        anonymous=True,
        created_at=fact.received_at,
        updated_at=fact.received_at,
        last_event_at=None,
        offset=0,
    )


def fold_fact(contact: Contact, fact: Fact) -> tuple[Contact, tuple[AttributeChange, ...]]:
    """Return the contact after `fact`, and what changed; the contact itself when the fact changes nothing.

    A carried fact (`context.carried`: it came over from a contact merged into this one) is history: it
    changes no attribute, because a last fact `contactUpdated` {fill, identities} brings what this one lacks.
    """
    if fact.kind == "event":
        return _fold_event(contact, fact), _NOTHING
    if fact.kind == "profile" and fact.name == "contactUpdated" and not is_carried(fact):
        return _fold_profile(contact, fact)
    return contact, _NOTHING


def is_carried(fact: Fact) -> bool:
    """Whether the fact came over from a contact that was merged into this one; it counts nowhere again."""
    return fact.context is not None and "carried" in fact.context


def entered_before(fact: Fact) -> tuple[str, ...]:
    """Return the journeys that a carried fact started already, before its contact was merged."""
    if fact.context is None or not isinstance(carried := fact.context.get("carried"), dict):
        return ()
    return tuple(cast("dict[str, list[str]]", carried).get("entered", ()))


def is_newer_event(last_event_at: datetime | None, occurred_at: datetime) -> bool:
    """Whether an event moves `last_event_at`: to the hour, as otherwise every event would rewrite a row."""
    return last_event_at is None or occurred_at - last_event_at >= _EVENT_GRAIN


def _fold_event(contact: Contact, fact: Fact) -> Contact:
    if not is_newer_event(contact.last_event_at, fact.occurred_at):
        return contact
    return msgspec.structs.replace(contact, last_event_at=fact.occurred_at, offset=fact.offset)


def _fold_profile(contact: Contact, fact: Fact) -> tuple[Contact, tuple[AttributeChange, ...]]:
    said = fact.properties
    attributes, changes = change_attributes(
        contact.attributes,
        set=_mapping(said, "set"),
        clear=cast("Sequence[str]", said.get("clear") or ()),
        append=_mapping(said, "append"),
        remove=_mapping(said, "remove"),
        fill=_mapping(said, "fill"),
    )
    identities, known = _unite_identities(contact.identities, _mapping(said, "identities"))
    node_id = UUID(said["nodeId"]) if "nodeId" in said else contact.node_id
    if not changes and not known and node_id == contact.node_id:
        return contact, _NOTHING
    contact = msgspec.structs.replace(
        contact,
        node_id=node_id,
        attributes=attributes,
        identities=identities,
        email=_newest(identities, "email"),
        phone=_newest(identities, "phone"),
        anonymous=not any(identities.get(kind) for kind in KNOWN_KINDS),
        updated_at=fact.received_at,
        offset=fact.offset,
    )
    return contact, changes + known


def _mapping(said: Mapping[str, Any], key: str) -> dict[str, Any]:
    return cast("dict[str, Any]", said.get(key) or {})


def _newest(identities: Mapping[str, list[str]], kind: str) -> str | None:
    values = identities.get(kind)
    return values[-1] if values else None


def _unite_identities(
    identities: dict[str, list[str]], named: Mapping[str, Any]
) -> tuple[dict[str, list[str]], tuple[AttributeChange, ...]]:
    changes: list[AttributeChange] = []
    for kind, given in named.items():
        values = cast("list[str]", given if isinstance(given, list) else [given])
        old = identities.get(kind)
        if kind in SINGLE_KINDS:
            new = values[-1:] or []
        else:
            new = [*(old or []), *(value for value in values if value not in (old or []))]
        if not is_same(old if old is not None else msgspec.UNSET, new) and (new or old):
            identities = {**identities, kind: new}
            changes.append(AttributeChange(f"identities.{kind}", msgspec.UNSET if old is None else old, new))
    return identities, tuple(changes)


def list_released(changes: Sequence[AttributeChange]) -> list[tuple[str, str]]:
    """Return the (kind, value) of identities that these changes replaced: their rows may be released."""
    released: list[tuple[str, str]] = []
    for change in changes:
        if change.path.startswith("identities.") and isinstance(change.old, list):
            kind = change.path.removeprefix("identities.")
            kept = cast("list[str]", change.new)
            released += [(kind, value) for value in cast("list[str]", change.old) if value not in kept]
    return released
