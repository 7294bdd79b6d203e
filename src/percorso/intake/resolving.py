"""Whose each call of a group is: owners read once for all, decided call by call, claims written first."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from percorso.contacts.identity import store
from percorso.contacts.identity.normal import STRONG, Identity
from percorso.contacts.identity.resolution import Resolved, resolve_identities
from percorso.contacts.identity.store import Claim, Place
from percorso.db import Connection
from percorso.db.uuids import make_uuid
from percorso.intake.model import Call, Node


class RetryError(Exception):
    """Somebody else was faster: the transaction is rolled back and tried again."""


class _KindsMissingError(Exception):
    def __init__(self, contact_id: UUID) -> None:
        self.contact_id = contact_id


class Group(msgspec.Struct):
    """The calls of one transaction, and whose they are."""

    product_at: datetime
    resolved: list[Resolved]
    """In the order of the calls."""
    named: list[tuple[Identity, ...]]
    """Likewise: the identities of each call, the previous id of an alias settled."""
    owners: dict[Node, dict[Identity, UUID]]
    """As they will be when this commits."""
    claims: list[Claim]
    moves: list[Claim]
    merges: list[tuple[Node, UUID, UUID]]
    """Anonymous contacts and whom they are merged into, in order."""


class Resolving:
    """The owners of a group, as they become while its calls are resolved in order."""

    def __init__(self, moved: dict[UUID, UUID]) -> None:
        self._moved = moved
        self._owners: dict[Node, dict[Identity, UUID]] = {}
        self._read: dict[Node, dict[Identity, UUID]] = {}
        self._kinds: dict[UUID, frozenset[str]] = {}
        self._merges: list[tuple[Node, UUID, UUID]] = []

    async def resolve(self, connection: Connection, calls: Sequence[Call]) -> Group:
        """Return whose the calls are; nothing is written yet."""
        product_at = await self._read_owners(connection, calls)
        resolved: list[Resolved] = []
        named: list[tuple[Identity, ...]] = []
        for call in calls:
            node = call.source.node
            identities = _settle_previous(call.identities, self._owners[node])
            named.append(identities)
            plain = _find_plain(identities, self._owners[node])
            resolved.append(
                Resolved(plain)
                if plain is not None
                else await self._resolve(connection, node, identities, calls)
            )
        claims, moves = self._list_writes()
        return Group(product_at, resolved, named, self._owners, claims, moves, self._merges)

    async def _read_owners(self, connection: Connection, calls: Sequence[Call]) -> datetime:
        asked: dict[Node, dict[Identity, int]] = {}
        for call in calls:
            node = call.source.node
            buckets = asked.get(node)
            if buckets is None:
                buckets = asked[node] = {}
            for named in call.identities:
                if named in buckets:
                    continue
                for identity in _meanings(named):
                    buckets[identity] = node.bucket_of(identity)
        moments: list[datetime] = []
        for node, buckets in asked.items():
            moment, found = await store.read_owners(connection, node.workspace_id, node.node_id, buckets)
            moments.append(moment)
            owners = {
                identity: owner for identity, owner in zip(buckets, found, strict=True) if owner is not None
            }
            if self._moved:
                owners = {identity: self._follow(owner) for identity, owner in owners.items()}
            self._read[node] = owners
            self._owners[node] = dict(owners)
        return moments[0]

    def _follow(self, contact_id: UUID) -> UUID:
        while contact_id in self._moved:
            contact_id = self._moved[contact_id]
        return contact_id

    async def _resolve(
        self, connection: Connection, node: Node, identities: Sequence[Identity], calls: Sequence[Call]
    ) -> Resolved:
        owners = self._owners[node]
        while True:
            try:
                resolved = resolve_identities(identities, owners, kinds_of=self._kinds_of, new_id=make_uuid)
                break
            except _KindsMissingError as missing:
                await self._read_kinds(connection, missing.contact_id, calls)
        contact_id = resolved.contact_id
        for identity in resolved.claims:
            owners[identity] = contact_id
        for identity, _ in resolved.moves:
            owners[identity] = contact_id
        for gone in resolved.merges:
            self._merges.append((node, gone, contact_id))
            self._kinds[contact_id] = self._kinds.get(contact_id, frozenset()) | self._kinds[gone]
            for identity, owner in owners.items():
                if owner == gone:
                    owners[identity] = contact_id
        if resolved.is_new or contact_id in self._kinds:
            taken = {kind for kind, _ in (*resolved.claims, *(identity for identity, _ in resolved.moves))}
            self._kinds[contact_id] = self._kinds.get(contact_id, frozenset()) | taken
        return resolved

    def _kinds_of(self, contact_id: UUID) -> frozenset[str]:
        try:
            return self._kinds[contact_id]
        except KeyError:
            raise _KindsMissingError(contact_id) from None

    async def _read_kinds(self, connection: Connection, wanted: UUID, calls: Sequence[Call]) -> None:
        """Read what the contact holds, and with it all that later calls of the group will ask about."""
        contacts = {wanted: None}
        for call in calls:
            owners = self._owners[call.source.node]
            if any(identity not in owners or owners[identity] != owners.get(call.identities[0])
                   for identity in call.identities):  # fmt: skip
                contacts |= {owners[identity]: None for identity in call.identities if identity in owners}
        missing = [contact_id for contact_id in contacts if contact_id not in self._kinds]
        held = await store.list_kinds(connection, missing)
        # What this group has claimed so far for a contact is not in the log yet.
        for node, owners in self._owners.items():
            for identity, owner in owners.items():
                if owner in held and identity not in self._read[node]:
                    held[owner] |= {identity[0]}
        self._kinds |= held

    def _list_writes(self) -> tuple[list[Claim], list[Claim]]:
        claims: list[Claim] = []
        moves: list[Claim] = []
        for node, owners in self._owners.items():
            read = self._read[node]
            if len(owners) == len(read) and owners == read:
                continue
            for identity, contact_id in owners.items():
                before = read.get(identity)
                if before is not None and before == contact_id:
                    continue
                place = Place(node.bucket_of(identity), node.workspace_id, node.node_id, identity)
                (claims if before is None else moves).append(Claim(place, contact_id, before))
        return claims, moves


async def write_identities(connection: Connection, group: Group) -> None:
    """Claim and take over what the group decided; raises RetryError if somebody else was faster."""
    if group.claims:
        claimed = await store.claim_identities(connection, group.claims, claimed_at=group.product_at)
        if claimed != len(group.claims):
            raise RetryError
    if group.moves:
        moved = await store.move_identities(connection, group.moves, claimed_at=group.product_at)
        if moved != len(group.moves):
            raise RetryError
    conflicts = [
        (node.workspace_id, resolved.contact_id, other, identity)
        for node, resolved in _conflicting(group)
        for identity, other in resolved.conflicts
    ]
    if conflicts:
        await store.record_conflicts(connection, conflicts, seen_at=group.product_at)


async def check_merges(connection: Connection, group: Group) -> None:
    """Raise RetryError if a contact to be merged has become known; call it under the heads' locks."""
    gone = [contact_id for _, contact_id, _ in group.merges]
    if gone and any(kinds & STRONG for kinds in (await store.list_kinds(connection, gone)).values()):
        raise RetryError


def _conflicting(group: Group) -> list[tuple[Node, Resolved]]:
    by_contact = {contact_id: node for node, owners in group.owners.items() for contact_id in owners.values()}
    return [(by_contact[resolved.contact_id], resolved) for resolved in group.resolved if resolved.conflicts]


def _find_plain(identities: Sequence[Identity], owners: dict[Identity, UUID]) -> UUID | None:
    first = owners.get(identities[0])
    if first is None:
        return None
    for identity in identities[1:]:
        if owners.get(identity) != first:
            return None
    return first


def _meanings(identity: Identity) -> tuple[Identity, ...]:
    """Return what an identity may stand for: the previous id of an alias is a user's or an anonymous one."""
    if identity[0] != "previous_id":
        return (identity,)
    return ("user_id", identity[1]), ("anonymous_id", identity[1])


def _settle_previous(identities: tuple[Identity, ...], owners: dict[Identity, UUID]) -> tuple[Identity, ...]:
    """Return the identities with the previous id of an alias as what it is; anonymous where nobody owns it."""
    if identities[-1][0] != "previous_id":
        return identities
    *others, (_, value) = identities
    user = ("user_id", value)
    settled = user if user in owners or user in others else ("anonymous_id", value)
    return tuple(dict.fromkeys((*others, settled)))
