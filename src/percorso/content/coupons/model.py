"""Pools, codes and requests: pure values, and how codes are written."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

MAX_CODE_BYTES: Final = 200
"""Of one code in UTF-8, as the table has it."""

ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of generated codes: nothing that people confuse when they read it aloud or type it."""


class Pool(msgspec.Struct, frozen=True):
    """A pool, with how many codes it has and how many of them are free."""

    id: UUID
    workspace_id: UUID
    name: str
    created_at: datetime
    codes: int
    free: int


class Coupon(msgspec.Struct, frozen=True):
    """A code of a pool; the last four are None while it is free."""

    number: int
    code: str
    run_id: UUID | None
    step: str | None
    contact_id: UUID | None
    assigned_at: datetime | None


class CouponRequest(msgspec.Struct, frozen=True):
    """A visit of a step that waits for a code of a pool."""

    run_id: UUID
    step: str
    visit: int
    contact_id: UUID
    pool_id: UUID
    workspace_id: UUID
    requested_at: datetime

    @property
    def visited(self) -> tuple[UUID, str, int]:
        """What a code is marked for."""
        return (self.run_id, self.step, self.visit)


class Added(msgspec.Struct, frozen=True):
    """What came of adding codes."""

    added: int
    repeated: int
    """Codes that the pool had, or that stood twice in what was handed in."""
    refused: tuple[str, ...] = ()
    """Lines that are no codes: too long, or with control characters."""


class Written(msgspec.Struct, frozen=True):
    """Codes as handed in, sorted out."""

    codes: tuple[str, ...]
    repeated: int
    refused: tuple[str, ...]


def sort_out_codes(lines: Iterable[str]) -> Written:
    """Return the codes in these lines, each once, in order. Space around a code and empty lines are left out."""
    codes: dict[str, None] = {}
    repeated, refused = 0, list[str]()
    for line in lines:
        code = line.strip().removeprefix("\ufeff")
        if not code:
            continue
        if not is_code(code):
            refused.append(code)
        elif code in codes:
            repeated += 1
        else:
            codes[code] = None
    return Written(tuple(codes), repeated, tuple(refused))


def is_code(text: str) -> bool:
    """Whether a text can be a code: 1 to 200 bytes, no control characters, nothing that cannot be stored."""
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
        return False
    return 0 < len(text.encode()) <= MAX_CODE_BYTES


def write_code(prefix: str, letters: Sequence[int]) -> str:
    """Return the code with this prefix and these letters of ALPHABET, by number."""
    return prefix + "".join(ALPHABET[letter % len(ALPHABET)] for letter in letters)
