"""Data is never a spreadsheet formula: exports put an apostrophe before what might be one, imports take it back.

Source: OWASP, "CSV Injection"; also the full-width forms, which some spreadsheets read alike. Text that begins with
apostrophes and then such a character gets one more, so that taking back gives exactly what was there. Pure.
"""

import re
from typing import Final

_RISKY: Final = re.compile("'*[=+\\-@\t\r＝＋－＠]")
_GUARDED: Final = re.compile("''*[=+\\-@\t\r＝＋－＠]")


def guard_cell(text: str) -> str:
    """Return the text as no spreadsheet calculates it; `unguard_cell` gives it back."""
    return f"'{text}" if _RISKY.match(text) else text


def unguard_cell(text: str) -> str:
    """Return what `guard_cell` was given; text that it never makes stays as it is."""
    return text[1:] if text[:1] == "'" and _GUARDED.match(text) else text
