"""Typed ids, the bucket of an id, and ids derived from a key.

A derived id makes repeating harmless: the second transaction arrives at the same id.
"""

import hashlib
from typing import Final, NewType
from uuid import UUID

_VERSION_AND_VARIANT: Final = 0xF << 76 | 0x3 << 62
_VERSION_8: Final = 8 << 76 | 2 << 62

BUCKETS: Final = 256
"""How many buckets there are, everywhere and for ever (`docs/architecture/first-journey.md`)."""

Bucket = NewType("Bucket", int)
"""The unit of order and ownership, 0 to 255."""
WorkspaceId = NewType("WorkspaceId", UUID)
"""One brand's data, users and settings."""
NodeId = NewType("NodeId", UUID)
"""A separately managed customer base in a workspace."""
ListId = NewType("ListId", UUID)
"""A subscription list of a workspace."""
ContactId = NewType("ContactId", UUID)
"""A person we may address."""
JourneyId = NewType("JourneyId", UUID)
"""A plan that contacts are carried along."""
RunId = NewType("RunId", UUID)
"""One contact's way through one version of a journey."""
TemplateId = NewType("TemplateId", UUID)
"""The design of a message."""
MessageId = NewType("MessageId", UUID)
"""One intended delivery to one contact."""
PoolId = NewType("PoolId", UUID)
"""A set of codes to hand out."""


def bucket_of(id: UUID) -> Bucket:
    """Return the bucket of a contact's or pool's id: its last two bytes mod 256.

    SQL says the same as `get_byte(uuid_send(id), 15)`.
    """
    return Bucket(id.int & 0xFF)


def bucket_of_value(workspace_id: UUID, kind: str, value: str) -> Bucket:
    """Return the bucket that an identity's row lies in; it is found by value, not by contact."""
    return Bucket(derive_id("identity", workspace_id, kind, value).int & 0xFF)


def bucket_of_message(message_id: str) -> Bucket:
    """Return the bucket that a message id is looked for in: its own, whoever the call turns out to be about.

    SQL says the same as `get_byte(sha256(convert_to(message_id, 'UTF8')), 31)`.
    """
    return Bucket(hashlib.sha256(message_id.encode()).digest()[31])


def derive_id(*parts: str | int | UUID) -> UUID:
    """Return the UUID (version 8, RFC 9562 §5.8) that these parts always lead to.

    Parts are kept apart by their length and type, so that ("ab", "c") and ("a", "bc") differ.
    """
    pieces: list[bytes] = []
    for part in parts:
        if isinstance(part, UUID):
            pieces.append(b"UUID:16:" + part.bytes)
        else:
            piece = str(part).encode()
            pieces.append(b"%s:%d:%s" % (b"str" if isinstance(part, str) else b"int", len(piece), piece))
    number = int.from_bytes(hashlib.blake2b(b"".join(pieces), digest_size=16).digest())
    return UUID(int=number & ~_VERSION_AND_VARIANT | _VERSION_8)


def derive_share(*parts: str | int | UUID) -> float:
    """Return a number in [0, 1) that these parts always lead to: the engine's only chance."""
    return (derive_id("share", *parts).int & 0xFFFFFFFFFFFF) / 0x1000000000000
