"""Resolved calls as rows of the log: pure."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.consent.records import StatusChange
from percorso.contacts.identity.normal import Identity
from percorso.contacts.identity.resolution import Resolved
from percorso.intake.model import Call, Node
from percorso.intake.resolving import Group
from percorso.kit.ids import bucket_of
from percorso.log.model import Origin
from percorso.log.rows import (
    Row,
    encode_body,
    encode_label,
    encode_tail,
    from_microseconds,
    to_microseconds,
)

LATE_US: Final = 72 * 3600 * 1_000_000
"""An event that comes later than this counts as historical (architecture §9.4)."""

_UPDATED: Final = encode_label("profile", "contactUpdated")
_MOVED: Final = encode_label("moved", "contactMoved")
_TAILS: Final[dict[Origin, tuple[bytes, bytes]]] = {
    origin: (encode_tail(origin, False, 0), encode_tail(origin, True, 0)) for origin in ("api", "job")
}
_encode: Final = msgspec.json.Encoder().encode


class Written(msgspec.Struct):
    """What a group appends."""

    rows: list[Row]
    moved_rows: list[int]
    """The rows that say a contact moved, in the order of the group's merges."""
    statuses: list[StatusChange]


def build_rows(
    calls: Sequence[Call], group: Group, duplicates: set[int], *, origin: Origin = "api"
) -> Written:
    """Return the rows of the calls, leaving out those at the indexes `duplicates`, in order.

    A call that claims an identity is preceded by a fact that tells the profile so, and so is a duplicate
    that does: the claim stands.
    """
    written = Written([], [], [])
    rows = written.rows
    present_us = to_microseconds(group.product_at)
    merges = iter(group.merges)
    tails = _TAILS[origin]
    for index, (call, resolved) in enumerate(zip(calls, group.resolved, strict=True)):
        node = call.source.node
        contact_id = resolved.contact_id
        occurred_us = find_occurred_us(call, present_us)
        tail = tails[call.historical or occurred_us < present_us - LATE_US]
        for _ in resolved.merges:
            written.moved_rows.append(len(rows))
            rows.append(_moved_row(next(merges), present_us))
        is_duplicate = index in duplicates
        changes_identities = resolved.claims or resolved.moves or resolved.merges
        if changes_identities and (is_duplicate or call.profile is None):
            rows.append(_identities_row(call, group.named[index], resolved, occurred_us, tail))
        if is_duplicate:
            continue
        bucket = contact_id.bytes[15]
        properties = call.properties
        if call.profile is not None:
            properties = encode_profile(call, group.named[index], resolved)
        body = encode_body(
            workspace_id=node.workspace_bytes,
            contact_id=contact_id.bytes,
            label=call.label,
            message_id=call.message_id.encode(),
            occurred_us=occurred_us,
            properties=properties,
            context=call.context,
            tail=tail,
        )
        rows.append(Row(bucket, contact_id, body))
        if call.subscription is not None:
            written.statuses.append(_status_change(call, contact_id, occurred_us))
    return written


def encode_profile(call: Call, named: Iterable[Identity], resolved: Resolved) -> bytes:
    """Return the properties of the `contactUpdated` that an identify, group or alias is."""
    profile = call.profile
    assert profile is not None
    kept = {identity for identity, _ in resolved.conflicts}
    changes = dict(profile.set)
    for identity, (path, value) in profile.plain.items():
        if identity in kept:
            changes[path] = value
    said: dict[str, Any] = {}
    if changes:
        said["set"] = changes
    if profile.clear:
        said["clear"] = profile.clear
    if profile.append:
        said["append"] = profile.append
    return _encode(said | _said_identities(call.source.node, named, resolved))


def _said_identities(node: Node, named: Iterable[Identity], resolved: Resolved) -> dict[str, Any]:
    kept = {identity for identity, _ in resolved.conflicts}
    by_kind: dict[str, list[str]] = {}
    for identity in named:
        if identity not in kept:
            by_kind.setdefault(identity[0], []).append(identity[1])
    said: dict[str, Any] = {"identities": by_kind}
    if resolved.is_new:
        said["nodeId"] = str(node.node_id)
    return said


def _identities_row(
    call: Call, named: Iterable[Identity], resolved: Resolved, occurred_us: int, tail: bytes
) -> Row:
    contact_id = resolved.contact_id
    body = encode_body(
        workspace_id=call.source.node.workspace_bytes,
        contact_id=contact_id.bytes,
        label=_UPDATED,
        message_id=f"{call.message_id}#identities".encode(),
        occurred_us=occurred_us,
        properties=_encode(_said_identities(call.source.node, named, resolved)),
        context=None,
        tail=tail,
    )
    return Row(bucket_of(contact_id), contact_id, body)


def _moved_row(merge: tuple[Node, UUID, UUID], present_us: int) -> Row:
    node, contact_id, into_contact_id = merge
    body = encode_body(
        workspace_id=node.workspace_bytes,
        contact_id=contact_id.bytes,
        label=_MOVED,
        message_id=f"moved:{contact_id}:{into_contact_id}".encode(),
        occurred_us=present_us,
        properties=_encode({"intoContactId": str(into_contact_id)}),
        context=None,
        tail=_TAILS["api"][False],
    )
    return Row(bucket_of(contact_id), contact_id, body)


def find_occurred_us(call: Call, present_us: int) -> int:
    """Return when it occurred by our clock, never later than now."""
    if call.delay_us is not None:
        return present_us - call.delay_us
    if call.at_us is None or call.at_us > present_us:
        return present_us
    return call.at_us


def _status_change(call: Call, contact_id: UUID, occurred_us: int) -> StatusChange:
    said = call.subscription
    assert said is not None
    return StatusChange(
        workspace_id=call.source.node.workspace_id,
        contact_id=contact_id,
        list_id=said.list_id,
        channel=said.channel,
        status=said.status,
        source=said.source,
        wording=said.wording,
        occurred_at=from_microseconds(occurred_us),
        is_answered=said.is_answered,
    )
