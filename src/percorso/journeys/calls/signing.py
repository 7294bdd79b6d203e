"""Signatures of calls, as Standard Webhooks 1.0 writes them, and how secrets are kept. Pure: chance is given.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PREFIX: Final = "whsec_"
"""Tells a secret from everything else, to people and to secret scanners."""

SECRET_BYTES: Final = 32
"""How much chance makes a secret."""
NONCE_BYTES: Final = 12
"""How much chance makes a seal."""


class SealBrokenError(Exception):
    """A stored secret cannot be opened: PERCORSO_SECRET is not the one that it was sealed with."""

    code = "secret_unreadable"


class Seal:
    """Seals the secrets of workspaces with the operator's secret (AES-256-GCM), each bound to its row."""

    def __init__(self, secret: str) -> None:
        derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"percorso webhook secrets")
        self._cipher = AESGCM(derived.derive(secret.encode()))

    def close(self, secret: str, *, workspace_id: UUID, id: UUID, nonce: bytes) -> bytes:
        """Return what is stored of a secret; `nonce` are NONCE_BYTES of chance, never the same twice."""
        return nonce + self._cipher.encrypt(nonce, secret.encode(), workspace_id.bytes + id.bytes)

    def open(self, sealed: bytes, *, workspace_id: UUID, id: UUID) -> str:
        """Return the secret; raises SealBrokenError."""
        nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, rest, workspace_id.bytes + id.bytes).decode()
        except (InvalidTag, ValueError):
            raise SealBrokenError(
                "The signing secret cannot be opened with this PERCORSO_SECRET. Set the one that it was "
                "made with, or change the signing secret."
            ) from None


def write_secret(chance: bytes) -> str:
    """Return the secret that SECRET_BYTES of chance make."""
    return PREFIX + b64encode(chance).decode("ascii")


def sign(call_id: UUID, body: bytes, signed_by: Sequence[str], *, at: datetime) -> dict[str, str]:
    """Return the headers of a call: its id, the moment (real time) and a signature by each secret, newest first."""
    moment = str(int(at.timestamp()))
    content = f"{call_id}.{moment}.".encode() + body
    signatures = [
        b64encode(hmac.new(b64decode(secret.removeprefix(PREFIX)), content, hashlib.sha256).digest()).decode(
            "ascii"
        )
        for secret in signed_by
    ]
    return {
        "webhook-id": str(call_id),
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
