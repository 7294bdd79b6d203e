"""Lower case as PostgreSQL's `lower()` has it: one character becomes one character.

`lower_simple` follows Unicode's simple mapping, which is that of the embedded server (locale C.UTF-8). Another
server may know fewer or more letters: `compile_lowering` takes its answers, read once when a process starts.
"""

import sys
from collections.abc import Iterable
from typing import Final

from percorso.conditions.scalars import Lower


def _simple(code: int) -> int:
    lowered = chr(code).lower()
    # The one capital whose full lower case is two characters; Unicode's simple one is its first.
    return ord(lowered[0])


_SIMPLE: Final = {
    code: _simple(code)
    for code in range(128, sys.maxunicode + 1)
    if not 0xD800 <= code <= 0xDFFF and chr(code).lower() != chr(code)
}


def _lower_by(table: dict[int, int]) -> Lower:
    def lower(text: str) -> str:
        # str.lower and every database agree on ASCII; str.translate does not know that.
        if text.isascii():
            return text.lower()
        return text.translate(full)

    full = table | {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
    return lower


lower_simple: Final[Lower] = _lower_by(_SIMPLE)
"""Lower case by Unicode's simple mapping; final sigma and other contexts are not looked at."""


def compile_lowering(changes: Iterable[tuple[str, str]]) -> Lower:
    """Return the lower case of a server that turns each first character into the second, and keeps all others."""
    return _lower_by({ord(upper): ord(lower) for upper, lower in changes if len(lower) == 1})
