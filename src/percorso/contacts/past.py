"""A profile as of a past moment, from the record of its changes. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

import msgspec

from percorso.contacts.attributes import Tree
from percorso.contacts.model import KNOWN_KINDS, AttributeChange, Contact

_IDENTITIES = "identities."


class RecordedChange(msgspec.Struct, frozen=True):
    """One change as it was recorded: after which fact, when, and which of those made together."""

    offset: int
    changed_at: datetime
    number: int
    change: AttributeChange


def undo_changes(contact: Contact, changes: Iterable[RecordedChange]) -> Contact:
    """Return the contact as it was before these changes: all that were made since some moment, in any order.

    What follows from the shop is given as attributes, not as what they follow from: the contact is for showing.
    """
    attributes, identities = contact.attributes, contact.identities
    latest = sorted(changes, key=lambda each: (each.changed_at, each.offset, each.number), reverse=True)
    for each in latest:
        path, old = each.change.path, each.change.old
        if path.startswith(_IDENTITIES):
            kind = path.removeprefix(_IDENTITIES)
            identities = {known: values for known, values in identities.items() if known != kind}
            if old is not msgspec.UNSET:
                identities[kind] = cast("list[str]", old)
        else:
            attributes = _put_back(attributes, path.split("."), old)
    if not latest:
        return contact
    return msgspec.structs.replace(
        contact,
        attributes=attributes,
        identities=identities,
        email=_newest(identities, "email"),
        phone=_newest(identities, "phone"),
        anonymous=not any(identities.get(kind) for kind in KNOWN_KINDS),
        shop=None,
        due_at=None,
    )


def _put_back(tree: Tree, names: list[str], old: Any) -> Tree:
    """Return the tree with `old` at the path; where it was absent, objects made for it alone go with it."""
    name, *below = names
    rest = {key: value for key, value in tree.items() if key != name}
    if below:
        inner = tree.get(name)
        kept = _put_back(cast("Tree", inner) if isinstance(inner, dict) else {}, below, old)
        return {**rest, name: kept} if kept or old is not msgspec.UNSET else rest
    return rest if old is msgspec.UNSET else {**rest, name: old}


def _newest(identities: dict[str, list[str]], kind: str) -> str | None:
    values = identities.get(kind)
    return values[-1] if values else None
