"""Which contact a call belongs to, and what that does to identities: pure decisions (architecture §9.2)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from uuid import UUID

import msgspec

from percorso.contacts.identity.normal import STRONG, Identity

_PERSONAL: Final = ("external_id", "user_id")
"""Kinds of which a person has one: another value is another person."""


class Resolved(msgspec.Struct, frozen=True, gc=False):
    """The contact of one call, and what must be written so that it is so."""

    contact_id: UUID
    is_new: bool = False
    claims: tuple[Identity, ...] = ()
    """Owned by nobody so far; now the contact's."""
    moves: tuple[tuple[Identity, UUID], ...] = ()
    """Weak identities that a known contact had until now."""
    merges: tuple[UUID, ...] = ()
    """Anonymous contacts that are merged into this one."""
    conflicts: tuple[tuple[Identity, UUID], ...] = ()
    """Strong identities that another known contact keeps."""


def resolve_identities(
    identities: Sequence[Identity],
    owners: Mapping[Identity, UUID],
    *,
    kinds_of: Callable[[UUID], frozenset[str]],
    new_id: Callable[[], UUID],
) -> Resolved:
    """Return whom a call names: `identities` strongest first, `owners` of those that are owned.

    `kinds_of` gives the kinds that a contact holds; it is asked only where the answer depends on it.
    """
    owned = [(identity, owners[identity]) for identity in identities if identity in owners]
    if owned and len(owned) == len(identities) and all(owner == owned[0][1] for _, owner in owned):
        return Resolved(owned[0][1])
    target = _choose_owner(identities, owned, kinds_of)
    contact_id = new_id() if target is None else target
    moves: list[tuple[Identity, UUID]] = []
    merges: dict[UUID, None] = {}
    conflicts: list[tuple[Identity, UUID]] = []
    for identity, owner in owned:
        if owner == contact_id:
            continue
        if identity[0] in STRONG:
            conflicts.append((identity, owner))
        elif kinds_of(owner) & STRONG:
            moves.append((identity, owner))
        else:
            merges[owner] = None
    return Resolved(
        contact_id=contact_id,
        is_new=target is None,
        claims=tuple(identity for identity in identities if identity not in owners),
        moves=tuple(moves),
        merges=tuple(merges),
        conflicts=tuple(conflicts),
    )


def _choose_owner(
    identities: Sequence[Identity],
    owned: Sequence[tuple[Identity, UUID]],
    kinds_of: Callable[[UUID], frozenset[str]],
) -> UUID | None:
    """Return the owner of the strongest identity, None for somebody new.

    Somebody new also when the only owner was found by a browser or device and has another user id than the
    one named here: two people share it, and it belongs to the second from now on.
    """
    if not owned:
        return None
    (kind, _), owner = owned[0]
    if kind in STRONG:
        return owner
    personal = [named for named, _ in identities if named in _PERSONAL]
    if personal and not kinds_of(owner).isdisjoint(personal):
        return None
    return owner
