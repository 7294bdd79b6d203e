"""Fields as they are found in the contacts: what was seen and not declared, and what does not fit."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.conditions.dates import compile_format, list_formats, read_date, read_instant
from percorso.contacts.attributes import find_value, leaves
from percorso.contacts.fields.errors import FieldFaultError
from percorso.contacts.fields.model import Field, find_rival, fits, is_empty, kind_of
from percorso.contacts.fields.store import list_fields
from percorso.contacts.shop.figures import is_figure
from percorso.db import Connection
from percorso.reports.model import Shape
from percorso.reports.store import queries

SAMPLE: Final = 8
"""Contacts of each bucket that are looked at, the newest: two thousand at most, whatever there are."""

_PATHS: Final = 1_000
_VALUES: Final = 5
_LONGEST: Final = 100


class SeenField(Shape, frozen=True):
    """A name that contacts have and nobody declared: in how many of those looked at, as what, and some values."""

    path: str
    contacts: int
    types: dict[str, int]
    samples: list[Any]


class SeenFields(Shape, frozen=True):
    """What was seen among the newest contacts. `looked_at`: how many they were."""

    looked_at: int
    undeclared: list[SeenField]
    ill_typed: dict[str, int]
    missing: dict[str, int]


class FieldFaults(Shape, frozen=True):
    """What of one contact does not fit: paths of ill-typed values, and of required ones that are not there."""

    ill_typed: list[str]
    missing: list[str]


def check_format(field: Field) -> None:
    """Raise FieldFaultError unless the field's format is one in which dates can be read."""
    if field.format is None:
        return
    try:
        format_ = compile_format(field.format)
    except ValueError as error:
        raise FieldFaultError(f"The format cannot be used: {error}.") from None
    if field.type == "date-time" and not format_.has_time:
        raise FieldFaultError("The format of a date-time holds an hour.")


def is_well_typed(field: Field, value: Any) -> bool:
    """Whether conditions can read the value as the field's type; what is empty always fits."""
    if is_empty(value) or field.type not in ("date", "date-time"):
        return fits(field, value)
    format_ = list_formats(field.format, date_only=field.type == "date")[0]
    if field.type == "date":
        return read_date(value, format_) is not None
    return read_instant(value, format_, "UTC") is not None


def find_faults(fields: Mapping[str, Field], attributes: dict[str, Any]) -> FieldFaults:
    """Return what of these attributes does not fit the fields."""
    found = {path: find_value(attributes, path) for path in fields}
    return FieldFaults(
        ill_typed=[path for path, value in found.items() if not is_well_typed(fields[path], value)],
        missing=[path for path, value in found.items() if fields[path].required and is_empty(value)],
    )


async def find_contact_faults(
    connection: Connection, workspace_id: UUID, attributes: dict[str, Any]
) -> FieldFaults:
    """Return what of a contact's attributes does not fit the workspace's fields."""
    return find_faults(await list_fields(connection, workspace_id), attributes)


async def list_seen(connection: Connection, workspace_id: UUID) -> SeenFields:
    """Return what the newest contacts hold besides the declared fields, and what does not fit those."""
    fields = await list_fields(connection, workspace_id)
    rows = await queries.fetch(connection, "sample_attributes", workspace_id=workspace_id, size=SAMPLE)
    profiles: list[dict[str, Any]] = [row["attributes"] for row in rows]
    faults = [find_faults(fields, profile) for profile in profiles]
    return SeenFields(
        looked_at=len(profiles),
        undeclared=_list_undeclared(frozenset(fields), profiles),
        ill_typed=_count(path for fault in faults for path in fault.ill_typed),
        missing=_count(path for fault in faults for path in fault.missing),
    )


def _list_undeclared(declared: frozenset[str], profiles: list[dict[str, Any]]) -> list[SeenField]:
    seen: dict[str, SeenField] = {}
    for profile in profiles:
        for path, value in leaves(profile).items():
            if _is_declared(path, declared) or is_figure(path):
                continue
            known = seen.get(path)
            if known is None:
                if len(seen) == _PATHS:
                    continue
                known = seen[path] = SeenField(path=path, contacts=0, types={}, samples=[])
            kind = kind_of(value)
            known.types[kind] = known.types.get(kind, 0) + 1
            sample = _shorten(value)
            if sample is not None and len(known.samples) < _VALUES and sample not in known.samples:
                known.samples.append(sample)
            seen[path] = msgspec.structs.replace(known, contacts=known.contacts + 1)
    return sorted(seen.values(), key=lambda field: (-field.contacts, field.path))


def _is_declared(path: str, declared: frozenset[str]) -> bool:
    rival = find_rival(path, declared)
    return rival is not None and (path == rival or path.startswith(f"{rival}."))


def _shorten(value: Any) -> Any:
    if isinstance(value, str):
        return value[:_LONGEST] or None
    if isinstance(value, int | float):
        return value
    return None


def _count(paths: Iterator[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for path in paths:
        counts[path] = counts.get(path, 0) + 1
    return counts
