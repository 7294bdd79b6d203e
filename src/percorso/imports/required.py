"""Rows that leave a required field empty are rejected, and say which: pure."""

from collections.abc import Collection
from typing import Any

from percorso.contacts.fields.required import list_lacking
from percorso.contacts.identity.normal import Identity
from percorso.imports.faults import RowFault
from percorso.imports.model import Target
from percorso.imports.work import Lot, make_reject


def refuse_lacking(
    lot: Lot, required: Collection[str], targets: tuple[Target, ...], *, known: Collection[Identity]
) -> Lot:
    """Return the lot without rows whose contact would be new without a required field, or lose one.

    `known` are identities that somebody has already; whom an earlier row of the lot makes is not new any more.
    """
    if not required:
        return lot
    columns = {target.path: place for place, target in enumerate(targets) if target.kind == "attribute"}
    made: set[Identity] = set(known)
    kept = Lot(lot.until_row, lot.until_byte, [], [], list(lot.rejects))
    for calls, record in zip(lot.rows, lot.records, strict=True):
        identities = calls[0].identities
        profile = calls[0].profile
        assert profile is not None
        values: dict[str, Any] = {**profile.set, **dict(profile.plain.values())}
        is_new = made.isdisjoint(identities)
        lacking = list_lacking(required, set=values, clear=profile.clear, is_new=is_new)
        if lacking:
            fault = RowFault("required", columns.get(lacking[0]), field=lacking[0])
            kept.rejects.append(make_reject(record, fault))
            continue
        made.update(identities)
        kept.rows.append(calls)
        kept.records.append(record)
    kept.rejects.sort(key=lambda reject: reject.row)
    return kept
