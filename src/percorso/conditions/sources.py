"""Tables that say where contacts stand, by name: the packages that own them register theirs.

What lies below this package is known to it: facts, contacts, statuses, consents.
"""

import re
from typing import Final, Literal

import msgspec

from percorso.conditions.errors import ConditionError
from percorso.conditions.faults import Fault

SetName = Literal["group", "segment"]
"""Sets of contacts that a condition can ask about."""

_NAME: Final = re.compile("[a-z][a-z_]*")


class SetSource(msgspec.Struct, frozen=True, kw_only=True):
    """A table with at most one row per bucket, `id_column` and contact_id, that says who is in which set.

    `present_column` is null where the row says that the contact is not in it; None: every row says that it is.
    """

    table: str
    id_column: str
    present_column: str | None = None


_SETS: Final[dict[str, SetSource]] = {}


def register_set(name: SetName, source: SetSource) -> None:
    """Make a table known as the one that says who is in a set of this name; registering the same again is harmless."""
    parts = (source.table, source.id_column, source.present_column or source.table)
    if not all(_NAME.fullmatch(part) for part in parts):
        raise ValueError(f"{source} does not name a table and its columns.")
    if _SETS.setdefault(name, source) != source:
        raise ValueError(f"Sets of the name {name} have a source already: {_SETS[name]}.")


def get_set(name: SetName) -> SetSource:
    """Return the table of a set; raises ConditionError where nobody has registered one."""
    if name not in _SETS:
        raise ConditionError((Fault("not_supported_yet", "", arguments={"kind": name}),))
    return _SETS[name]
