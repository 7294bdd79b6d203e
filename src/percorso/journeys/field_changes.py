"""Whether a change of a field lets a contact in (spec 3.3). Pure."""

from typing import Any

from percorso.journeys.graph import FieldChangeStart


def meets_change(start: FieldChangeStart, old: Any, new: Any) -> bool:
    """Whether the field that went from `old` to `new` (None: nothing was there) meets the start.

    To any other value means to a value: a field that was emptied meets a start that names no value after.
    """
    if _is_same(old, new):
        return False
    if start.before is not None and not _is_same(old, start.before):
        return False
    return start.after is None or _is_same(new, start.after)


def _is_same(one: Any, other: Any) -> bool:
    # True is no 1: a switch is not a number.
    return one == other and isinstance(one, bool) == isinstance(other, bool)
