"""Which required fields a write would leave empty: pure.

People who write know what they leave out, so their write is refused. Tracking is never refused for it: an event is
not lost over a field, and who lacks one is reported (`reports/fields.py`).
"""

from collections.abc import Collection, Mapping
from typing import Any

from percorso.contacts.fields.model import Field, is_empty


def list_required(fields: Mapping[str, Field]) -> tuple[str, ...]:
    """Return the paths that a contact must have a value at; where a default stands in, nothing is missing."""
    return tuple(path for path, field in fields.items() if field.required and is_empty(field.default))


def list_lacking(
    required: Collection[str], *, set: Mapping[str, Any], clear: Collection[str], is_new: bool
) -> list[str]:
    """Return the required paths that a change would leave empty; `set` and `clear` are by dotted path.

    A new contact must bring them all. Of one that is there, only what this change takes away is missing: what it lacked
    before is no fault of this change.
    """
    lacking: list[str] = []
    for path in required:
        if path in set:
            is_lacking = is_empty(set[path])
        elif any(path.startswith(f"{part}.") for part in (*set, *clear)):
            # Something stands in the place of what held it.
            is_lacking = True
        elif any(part.startswith(f"{path}.") for part in set):
            is_lacking = False
        else:
            is_lacking = is_new or path in clear
        if is_lacking:
            lacking.append(path)
    return lacking
