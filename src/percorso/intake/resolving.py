"""Whose each call of a group is: owners read once for all, decided call by call, claims written first."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from percorso.contacts.identity import store
from percorso.contacts.identity.normal import STRONG, Identity
from percorso.contacts.identity.resolution import Resolved, resolve_identities
from percorso.contacts.identity.store import Claim, Place
from percorso.db import Connection
from percorso.intake.model import Call, Node
from percorso.kit.ids import bucket_of_value


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
    places: dict[Node, dict[Identity, Place]]
    claims: list[Claim]
    moves: list[Claim]
    merges: list[tuple[Node, UUID, UUID]]
    """Anonymous contacts and whom they are merged into, in order."""


class Resolving:
    """The owners of a group, as they become while its calls are resolved in order."""

    def __init__(self, moved: dict[UUID, UUID]) -> None:
        self._moved = moved
        self._places: dict[Node, dict[Identity, Place]] = {}
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
        return Group(product_at, resolved, named, self._owners, self._places, claims, moves, self._merges)

    async def _read_owners(self, connection: Connection, calls: Sequence[Call]) -> datetime:
        believed: list[UUID | None] = []
        asked: list[tuple[Node, Identity, Place]] = []
        for call in calls:
            node = call.source.node
            places = self._places.get(node)
            if places is None:
                places = self._places[node] = {}
                self._owners[node] = {}
                self._read[node] = {}
            for named in call.identities:
                for identity in _meanings(named):
                    if identity in places:
                        continue
                    hint = node.owners.get(identity)
                    bucket = (
                        bucket_of_value(node.workspace_id, identity[0], identity[1])
                        if hint is None
                        else hint[1]
                    )
                    place = Place(bucket, node.workspace_id, node.node_id, identity)
                    places[identity] = place
                    believed.append(None if hint is None else hint[0])
                    asked.append((node, identity, place))
        product_at, found = await store.read_owners(connection, [place for _, _, place in asked], believed)
        for index, (node, identity, _) in enumerate(asked):
            owner = found[index] if index in found else believed[index]
            if owner is not None:
                owner = self._follow(owner)
                self._owners[node][identity] = owner
                self._read[node][identity] = owner
        return product_at

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
                resolved = resolve_identities(identities, owners, kinds_of=self._kinds_of, new_id=uuid4)
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
            places = self._places[node]
            for identity, contact_id in owners.items():
                before = read.get(identity)
                if before is None:
                    claims.append(Claim(places[identity], contact_id))
                elif before != contact_id:
                    moves.append(Claim(places[identity], contact_id, before))
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


def keep_hints(group: Group, *, maximum: int = 200_000) -> None:
    """Remember the owners of a group that committed; when there are too many, forget all and begin anew."""
    for node, owners in group.owners.items():
        if len(node.owners) > maximum:
            node.owners.clear()
        places = group.places[node]
        hints = node.owners
        for identity, contact_id in owners.items():
            hint = hints.get(identity)
            if hint is None or hint[0] != contact_id:
                hints[identity] = (contact_id, places[identity].bucket)


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
