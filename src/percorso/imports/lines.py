"""Bytes as they come in pieces, into lines of bounded length: pure."""

import codecs
import io
from collections.abc import Iterable, Iterator
from typing import Final

from percorso.imports.model import LONGEST_LINE

LOST: Final = "\ufffd"
"""Stands where bytes were not of the encoding (Unicode 23.8)."""

TOO_LONG: Final = "\0too long"
"""Stands for a line that was too long to be held; no line of a file is this without its line break."""


def split_lines(pieces: Iterable[bytes], encoding: str) -> Iterator[str]:
    r"""Yield the lines with their breaks (`\n`, `\r\n`, `\r`); a line too long for us as TOO_LONG.

    Nothing longer than a line and a piece is ever held, whatever is in the file.
    """
    decode = codecs.getincrementaldecoder(encoding)(errors="replace").decode
    rest = ""
    skipping = False
    for piece in pieces:
        rest += decode(piece)
        *lines, rest = _split(rest)
        if skipping and lines:
            # What we are in the middle of ends here.
            lines.pop(0)
            skipping = False
        yield from (line if len(line) <= LONGEST_LINE else TOO_LONG for line in lines)
        if len(rest) > LONGEST_LINE:
            if not skipping:
                yield TOO_LONG
            skipping = True
            # A break may have come in half.
            rest = "\r" if rest.endswith("\r") else ""
    rest += decode(b"", True)
    if rest and not skipping:
        yield from io.StringIO(rest, newline="")


def _split(text: str) -> list[str]:
    """Return the whole lines and, last, what has no end yet."""
    lines = list(io.StringIO(text, newline=""))
    if not lines:
        return [""]
    last = lines[-1]
    # A line break may come in two halves; only what follows a carriage return tells.
    if last.endswith("\n"):
        lines.append("")
    return lines
