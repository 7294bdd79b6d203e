"""LIKE as PostgreSQL has it, in linear steps: `%` any run of characters, `_` one, `\\` takes the next literally."""

from collections.abc import Callable
from typing import Final

_ONE: Final = None

Piece = tuple[str | None, ...]
"""Characters between two `%`; None stands for any one."""


def parse_like(pattern: str) -> list[Piece]:
    """Return the pieces between the `%` of a pattern; raises ValueError if it ends with a lone backslash."""
    pieces: list[Piece] = []
    piece: list[str | None] = []
    characters = iter(pattern)
    for character in characters:
        if character == "%":
            pieces.append(tuple(piece))
            piece = []
        elif character == "_":
            piece.append(_ONE)
        elif character == "\\":
            literal = next(characters, None)
            if literal is None:
                raise ValueError("a pattern may not end with a backslash")
            piece.append(literal)
        else:
            piece.append(character)
    return [*pieces, tuple(piece)]


def _compile_find(piece: Piece) -> Callable[[str, int], int]:
    """Return what finds a piece at or after a position, or -1."""
    if _ONE not in piece:
        literal = "".join(character or "" for character in piece)
        return lambda text, start: text.find(literal, start)
    fixed = [(place, character) for place, character in enumerate(piece) if character is not None]
    length = len(piece)

    def find(text: str, start: int) -> int:
        for begin in range(start, len(text) - length + 1):
            if all(text[begin + place] == character for place, character in fixed):
                return begin
        return -1

    return find


def compile_like(pattern: str) -> Callable[[str], bool]:
    """Return the function that says whether a text is like the pattern; never backtracks beyond one piece."""
    pieces = parse_like(pattern)
    first, last = pieces[0], pieces[-1]
    find_first, find_last = _compile_find(first), _compile_find(last)
    if len(pieces) == 1:
        return lambda text: len(text) == len(first) and find_first(text, 0) == 0
    inner = [(_compile_find(piece), len(piece)) for piece in pieces[1:-1] if piece]

    def is_like(text: str) -> bool:
        end = len(text) - len(last)
        if end < len(first) or find_first(text[: len(first)], 0) != 0 or find_last(text[end:], 0) != 0:
            return False
        position = len(first)
        for find, length in inner:
            position = find(text, position)
            if position < 0 or position + length > end:
                return False
            position += length
        return True

    return is_like
