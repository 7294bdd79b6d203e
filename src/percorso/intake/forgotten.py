"""Calls that name somebody who was erased: the past is refused, whoever comes anew keeps closed addresses (trust §5)."""

import time
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from percorso.consent.register import close_addresses
from percorso.contacts.identity.erased import Erased, find_erased
from percorso.contacts.identity.normal import Identity
from percorso.db import Connection, load_queries
from percorso.intake.facts import find_occurred_us
from percorso.intake.model import Call, Rejection
from percorso.intake.resolving import Group
from percorso.log.rows import to_microseconds
from percorso.workspaces.store import find_instance_key

ERASURE_KEY: Final = "erasure-1"
"""The instance's secret under which erased identities are hashed."""

_FRESH_SECONDS: Final = 1.0
_CHANNELS: Final = {"email": "email", "phone": "sms", "device": "push"}
_queries: Final = load_queries("percorso.intake")


class ForgottenError(Exception):
    """Some calls occurred before whom they name was erased; carries their indexes."""

    def __init__(self, indexes: frozenset[int]) -> None:
        self.indexes = indexes
        super().__init__("Calls name somebody who was erased since.")


class _Known(msgspec.Struct, frozen=True):
    secret: bytes | None
    latest: dict[UUID, int]
    """By workspace: when somebody was last erased, in PostgreSQL's microseconds."""


class Forgetting:
    """What one process knows of erasures, read anew every second and whenever an identity is claimed."""

    def __init__(self) -> None:
        self._known = _Known(None, {})
        self._read_at = float("-inf")

    async def check(self, connection: Connection, calls: Sequence[Call], group: Group) -> None:
        """Close the addresses of those who come again; raises ForgottenError for calls about their past."""
        refused = await self.find_past(connection, calls, group)
        if refused:
            raise ForgottenError(frozenset(refused))

    async def find_past(self, connection: Connection, calls: Sequence[Call], group: Group) -> set[int]:
        """Close the addresses of those who come again, and return the indexes of calls about their past."""
        # Whoever comes new may be somebody who was erased a moment ago; about others a second does no harm.
        if group.claims or time.monotonic() - self._read_at >= _FRESH_SECONDS:
            self._known, self._read_at = await _read(connection), time.monotonic()
        secret = self._known.secret
        if secret is None or not self._known.latest:
            return set()
        present = to_microseconds(group.product_at)
        suspects = self._list_suspects(calls, group, present)
        refused: set[int] = set()
        for workspace_id, indexes in suspects.items():
            asked = list({identity: None for index in indexes for identity in group.named[index]})
            erased = await find_erased(connection, secret, workspace_id, asked)
            if erased:
                refused |= _list_refused(calls, group, indexes, erased, present)
                await _close(connection, group, workspace_id, erased)
        return refused

    def _list_suspects(self, calls: Sequence[Call], group: Group, present: int) -> dict[UUID, list[int]]:
        """Return the calls that claim an identity, or may be older than the last erasure of their workspace."""
        suspects: dict[UUID, list[int]] = {}
        for index, call in enumerate(calls):
            workspace_id = call.source.node.workspace_id
            latest = self._known.latest.get(workspace_id)
            if latest is None:
                continue
            if group.resolved[index].claims or find_occurred_us(call, present) <= latest:
                suspects.setdefault(workspace_id, []).append(index)
        return suspects


def refuse_forgotten(calls: Sequence[Call], forgotten: frozenset[int]) -> tuple[list[Call], list[Rejection]]:
    """Return the calls that remain, and what is kept of the others: that they came, not what they said."""
    kept = [call for index, call in enumerate(calls) if index not in forgotten]
    refused = [
        Rejection(
            calls[index].source,
            "erased",
            "The contact was erased after this occurred; what it said was not kept.",
            None,
            "",
        )
        for index in sorted(forgotten)
    ]
    return kept, refused


async def _read(connection: Connection) -> _Known:
    rows = await _queries.fetch(connection, "list_latest_erasures")
    secret = await find_instance_key(connection, ERASURE_KEY) if rows else None
    return _Known(secret, {row["workspace_id"]: to_microseconds(row["erased_at"]) for row in rows})


def _list_refused(
    calls: Sequence[Call],
    group: Group,
    indexes: Sequence[int],
    erased: dict[Identity, Erased],
    present: int,
) -> set[int]:
    moments = {identity: to_microseconds(known.erased_at) for identity, known in erased.items()}
    return {
        index
        for index in indexes
        if any(
            find_occurred_us(calls[index], present) < moments[identity]
            for identity in group.named[index]
            if identity in moments
        )
    }


async def _close(
    connection: Connection, group: Group, workspace_id: UUID, erased: dict[Identity, Erased]
) -> None:
    closed = [
        (claim.contact_id, _CHANNELS[claim.place.identity[0]], claim.place.identity[1], reason)
        for claim in group.claims
        if claim.place.workspace_id == workspace_id and claim.place.identity in erased
        for channel, reason in erased[claim.place.identity].closed
        if _CHANNELS.get(claim.place.identity[0]) == channel
    ]
    if closed:
        await close_addresses(connection, workspace_id, closed, created_at=group.product_at)
