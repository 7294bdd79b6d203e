"""Passwords and tokens: made, hashed, checked. The one place where their form is known."""

import hashlib
import secrets
from typing import Final, Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from percorso.workspaces.errors import WeakPasswordError

PASSWORD_MINIMUM: Final = 10
"""Characters of the shortest password."""
PASSWORD_MAXIMUM: Final = 1024
"""Characters beyond which a password is wrong unread: hashing must cost the same for everyone."""

# RFC 9106 §4, second recommended option (64 MiB, 3 passes, 4 lanes): the library's default, Argon2id.
_hasher = PasswordHasher()
# Verified when nobody has the email, so that the answer takes as long as for a wrong password. Written down and
# not made at the start, which it would make 50 ms longer for each process; a test compares its parameters.
_NOBODY: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4$hk2wIpGhaWeco6alWjchUg$wenVSgo59Zubyv5hAWfy8pt/agHlw5Rbh5ZpiNCnkTY"
)

_PREFIXES: Final[dict[Literal["server", "browser"], str]] = {"server": "psk_", "browser": "pwk_"}


def hash_password(password: str) -> str:
    """Return the Argon2id hash of `password`; raises WeakPasswordError. Costs about 50 ms of CPU."""
    if len(password) < PASSWORD_MINIMUM:
        raise WeakPasswordError(PASSWORD_MINIMUM)
    return _hasher.hash(password[:PASSWORD_MAXIMUM])


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether `password` made this hash; None (nobody) takes as long and is False."""
    if len(password) > PASSWORD_MAXIMUM:
        return False
    try:
        _hasher.verify(password_hash or _NOBODY, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return password_hash is not None


def make_token() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(32)


def make_key(kind: Literal["server", "browser"]) -> str:
    """Return a new API key; its first letters tell its kind to people and to secret scanners."""
    return _PREFIXES[kind] + make_token()


def hash_token(token: str) -> bytes:
    """Return what is stored of a session's token or a key: SHA-256 suffices for 256 random bits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def shown_prefix(token: str) -> str:
    """Return the part of a key by which people tell keys apart."""
    return token[:12]


def is_same_token(one: str, other: str) -> bool:
    """Whether the two are equal, in a time that does not say where they differ."""
    return secrets.compare_digest(
        one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass")
    )
