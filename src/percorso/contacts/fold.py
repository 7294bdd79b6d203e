"""Folding: what one fact makes of a contact. The same function serves the worker and whoever reads a contact."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

import msgspec

from percorso.contacts.attributes import change_attributes, is_same
from percorso.contacts.model import KNOWN_KINDS, SINGLE_KINDS, AttributeChange, Contact
from percorso.contacts.shop.figures import ROOT, describe_figures, is_figure
from percorso.contacts.shop.fold import fold_shop
from percorso.contacts.shop.model import Shop, ShopRules
from percorso.contacts.shop.moments import judge_days, next_moment
from percorso.log.model import Fact

_NOTHING: Final[tuple[AttributeChange, ...]] = ()
_EVENT_GRAIN: Final = timedelta(hours=1)
_BELOW_ROOT: Final = f"{ROOT}."
_USUAL: Final = ShopRules()


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


def fold_fact(
    contact: Contact, fact: Fact, rules: ShopRules = _USUAL
) -> tuple[Contact, tuple[AttributeChange, ...]]:
    """Return the contact after `fact`, and what changed; the contact itself when the fact changes nothing.

    A carried fact (`context.carried`: it came over from a contact merged into this one) is history: it
    changes no attribute, because a last fact `contactUpdated` {fill, identities} brings what this one lacks;
    orders and baskets that are carried count here. `rules` are those of the contact's workspace.
    """
    if fact.kind == "event":
        return _fold_event(contact, fact, rules)
    if fact.kind == "profile" and fact.name == "contactUpdated" and not is_carried(fact):
        if ROOT in fact.properties:
            return _fold_days(contact, fact, rules)
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


def _fold_event(
    contact: Contact, fact: Fact, rules: ShopRules
) -> tuple[Contact, tuple[AttributeChange, ...]]:
    changes = _NOTHING
    shop = fold_shop(contact.shop, fact, rules)
    if shop is not None and shop is not contact.shop:
        contact, changes = _with_shop(contact, shop, fact, rules)
    if is_newer_event(contact.last_event_at, fact.occurred_at):
        offset = max(contact.offset, fact.offset)
        contact = msgspec.structs.replace(contact, last_event_at=fact.occurred_at, offset=offset)
    return contact, changes


def _fold_days(contact: Contact, fact: Fact, rules: ShopRules) -> tuple[Contact, tuple[AttributeChange, ...]]:
    """Windows lost a day: the figures follow from what is remembered, not from what the fact says they are."""
    if contact.shop is None:
        return contact, _NOTHING
    shop = judge_days(contact.shop, date.fromisoformat(fact.properties[ROOT]["judgedOn"]))
    return (contact, _NOTHING) if shop is contact.shop else _with_shop(contact, shop, fact, rules)


def _with_shop(
    contact: Contact, shop: Shop, fact: Fact, rules: ShopRules
) -> tuple[Contact, tuple[AttributeChange, ...]]:
    attributes, changes = _put_figures(contact.attributes, describe_figures(contact.shop, shop))
    contact = msgspec.structs.replace(
        contact,
        attributes=attributes,
        shop=shop,
        due_at=next_moment(shop, rules.zone),
        updated_at=fact.received_at if changes else contact.updated_at,
        offset=max(contact.offset, fact.offset),
    )
    return contact, changes


def _put_figures(
    attributes: dict[str, Any], figures: dict[str, Any]
) -> tuple[dict[str, Any], tuple[AttributeChange, ...]]:
    """Return the attributes with these figures: as `change_attributes` would, which costs three times as much."""
    held = attributes.get(ROOT)
    if ROOT in attributes and not (isinstance(held, dict) and held):
        # Something else stood there before there were figures.
        given = {f"{_BELOW_ROOT}{name}": value for name, value in figures.items() if value is not None}
        return change_attributes(attributes, set=given)
    known = cast("dict[str, Any]", held) if held else {}
    changed: dict[str, Any] = {}
    changes: list[AttributeChange] = []
    for name, value in figures.items():
        old = known.get(name, msgspec.UNSET)
        if value is None and old is msgspec.UNSET:
            continue
        if not is_same(old, value):
            changed[name] = value
            changes.append(AttributeChange(_BELOW_ROOT + name, old, value))
    if not changes:
        return attributes, _NOTHING
    return {**attributes, ROOT: {**known, **changed}}, tuple(changes)


def _fold_profile(contact: Contact, fact: Fact) -> tuple[Contact, tuple[AttributeChange, ...]]:
    said = fact.properties
    attributes, changes = change_attributes(
        contact.attributes,
        set=_foreign(said, "set"),
        clear=[path for path in cast("Sequence[str]", said.get("clear") or ()) if not is_figure(path)],
        append=_foreign(said, "append"),
        remove=_foreign(said, "remove"),
        fill=_foreign(said, "fill"),
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
        offset=max(contact.offset, fact.offset),
    )
    return contact, changes + known


def _foreign(said: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return what is said below `key` of attributes that are not Percorso's own to write."""
    paths = _mapping(said, key)
    if not any(map(is_figure, paths)):
        return paths
    return {path: value for path, value in paths.items() if not is_figure(path)}


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


def list_released(changes: Iterable[AttributeChange]) -> list[tuple[str, str]]:
    """Return the (kind, value) of identities that these changes replaced: their rows may be released."""
    released: list[tuple[str, str]] = []
    for change in changes:
        if change.path.startswith("identities.") and isinstance(change.old, list):
            kind = change.path.removeprefix("identities.")
            kept = cast("list[str]", change.new)
            released += [(kind, value) for value in cast("list[str]", change.old) if value not in kept]
    return released
