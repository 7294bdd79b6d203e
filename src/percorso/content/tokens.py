"""Public tokens: what stands in a link instead of ids. Sealed with AES-SIV (RFC 5297): nobody without the key can
make, change or read one, and the same ids always give the same token.

Layout, before base64url: key id (4 bytes), then sealed (workspace 16, message 16, bucket 1, position 2 if any); the
purpose is bound to the seal, so that a token of one purpose is none of another.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from enum import Enum
from typing import Self
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

_KEY_ID_BYTES = 4
_BODY_BYTES = 33
_MAXIMUM_CHARACTERS = 120


class Purpose(Enum):
    """What a token is good for, and the first part of the path it stands in."""

    CLICK = "c"
    PIXEL = "o"
    VIEW = "v"
    UNSUBSCRIBE = "u"
    PREFERENCES = "p"
    CONFIRM = "k"


class Named(msgspec.Struct, frozen=True):
    """What a token names: a message, and for a click the link's position."""

    workspace_id: UUID
    bucket: int
    message_id: UUID
    position: int | None = None


class TokenKeys:
    """The instance's keys: new tokens are sealed with the newest, old ones stay readable."""

    def __init__(self, secrets: Mapping[str, bytes], newest: str) -> None:
        self._seals = {key_id.encode("ascii"): AESSIV(secret) for key_id, secret in secrets.items()}
        self._newest = newest.encode("ascii")
        if any(len(key_id) != _KEY_ID_BYTES for key_id in self._seals):
            raise ValueError("A key id has four characters.")

    @classmethod
    def single(cls, key_id: str, secret: bytes) -> Self:
        """Return the keys of an instance that has one; `secret` has 32 bytes."""
        return cls({key_id: secret}, key_id)

    def make_token(self, purpose: Purpose, named: Named) -> str:
        """Return the token, about 75 characters that are safe in a path."""
        body = named.workspace_id.bytes + named.message_id.bytes + bytes((named.bucket,))
        if named.position is not None:
            body += named.position.to_bytes(2)
        sealed = self._seals[self._newest].encrypt(body, [self._newest, purpose.value.encode()])
        return urlsafe_b64encode(self._newest + sealed).rstrip(b"=").decode("ascii")

    def find_named(self, purpose: Purpose, token: str) -> Named | None:
        """Return what the token names, or None for whatever is wrong with it."""
        if len(token) > _MAXIMUM_CHARACTERS:
            return None
        try:
            data = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
            key_id, sealed = data[:_KEY_ID_BYTES], data[_KEY_ID_BYTES:]
            body = self._seals[key_id].decrypt(sealed, [key_id, purpose.value.encode()])
        except (UnicodeEncodeError, Base64Error, KeyError, InvalidTag, ValueError):
            return None
        if len(body) not in (_BODY_BYTES, _BODY_BYTES + 2):
            return None
        position = int.from_bytes(body[33:35]) if len(body) > _BODY_BYTES else None
        return Named(UUID(bytes=body[:16]), body[32], UUID(bytes=body[16:32]), position)


def make_url(public_url: str, keys: TokenKeys, purpose: Purpose, named: Named) -> str:
    """Return a public address: `public_url` has no slash at its end."""
    return f"{public_url}/{purpose.value}/{keys.make_token(purpose, named)}"
