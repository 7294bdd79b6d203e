"""Rows into calls, as settings say: pure. Compiled once per import, because it is done a million times."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import phonenumbers

from percorso.consent.records import Channel, Status
from percorso.contacts.identity.normal import MAXIMUM_BYTES, Identity, is_identity_value
from percorso.imports.cells import Read, make_reader
from percorso.imports.errors import SettingsError
from percorso.imports.faults import RowFault
from percorso.imports.formulas import unguard_cell
from percorso.imports.model import Layout, Settings, Target
from percorso.imports.records import Record
from percorso.intake.mapping import MAXIMUM_PATH
from percorso.intake.model import Call, ProfileChange, Source, Subscription
from percorso.log.rows import encode_label, to_microseconds

_UPDATED: Final = encode_label("profile", "contactUpdated")
_JOINED: Final = encode_label("group", "groupJoined")
STATUS_FACTS: Final[Mapping[Status, str]] = {
    "subscribed": "campaignSubscribed",
    "pending": "campaignOptinRequested",
    "unsubscribed": "campaignUnsubscribed",
}
"""The fact by which a status is told."""
_ATTRIBUTE_OF: Final = {"email": "email", "phone": "phone", "external_id": "externalId", "user_id": "userId"}
_STRENGTH: Final = ("external_id", "user_id", "email", "phone")


def check_settings(layout: Layout, settings: Settings) -> None:
    """Raise SettingsError unless the rows can be read so; lists and groups are looked for by who asks."""
    targets = settings.targets
    if len(targets) != layout.width:
        raise SettingsError("wrong_width", columns=layout.width, targets=len(targets))
    taken: set[str] = set()
    for column, target in enumerate(targets):
        if target.kind == "skip":
            continue
        key = target.path if target.kind == "attribute" else target.kind
        if target.kind == "attribute":
            _check_path(target.path, column)
        if key in taken:
            raise SettingsError("duplicate_target", column=column, target=key)
        taken.add(key)
        try:
            make_reader(target, settings)
        except ValueError:
            raise SettingsError("bad_format", column=column, format=str(target.format)[:40]) from None
    if taken.isdisjoint(_STRENGTH):
        raise SettingsError("no_identity_column")
    _check_rest(settings)


def _check_rest(settings: Settings) -> None:
    named = [(one.list_id, one.channel) for one in settings.subscribing]
    if len(set(named)) != len(named):
        raise SettingsError("duplicate_subscription")
    if settings.country not in phonenumbers.SUPPORTED_REGIONS:
        raise SettingsError("bad_country", country=settings.country[:10])
    evidence = settings.evidence
    if evidence is not None and (not evidence.wording.strip() or evidence.said_at.tzinfo is None):
        raise SettingsError("no_evidence")
    try:
        ZoneInfo(settings.time_zone)
    except (ValueError, OSError, KeyError):
        raise SettingsError("bad_time_zone", zone=settings.time_zone[:60]) from None


def _check_path(path: str, column: int) -> None:
    is_bad = (
        not all(path.split("."))
        or len(path) > MAXIMUM_PATH
        or path in _ATTRIBUTE_OF.values()
        or re.search(r"[\x00-\x1f\ud800-\udfff]", path) is not None
    )
    if is_bad:
        shown = re.sub(r"[\x00-\x1f\ud800-\udfff]", "?", path)[:60]
        raise SettingsError("bad_path", column=column, path=shown or "''")


class Mapper:
    """Makes the calls of rows; one for each import under way."""

    def __init__(
        self, import_id: UUID, source: Source, settings: Settings, *, confirmed_lists: frozenset[UUID]
    ) -> None:
        self._prefix = f"import-{import_id.hex}-"
        self._source = source
        self._context = msgspec.json.encode({"importId": str(import_id)})
        self._historical = not settings.starts_journeys
        self._clears = settings.clears_empty
        evidence = settings.evidence
        self._said_us = None if evidence is None else to_microseconds(evidence.said_at)
        self._identities: list[tuple[int, str, Read]] = []
        self._attributes: list[tuple[int, str, Read | None]] = []
        for place, target in enumerate(settings.targets):
            self._add(place, target, settings)
        self._identities.sort(key=lambda item: _STRENGTH.index(item[1]))
        self._more = [
            *(self._subscribing(settings, one, confirmed_lists) for one in settings.subscribing),
            *(
                (_JOINED, "group", msgspec.json.encode({"groupId": str(id)}), None)
                for id in settings.group_ids
            ),
        ]

    def _add(self, place: int, target: Target, settings: Settings) -> None:
        if target.kind == "attribute":
            # Text is taken as it is; a call for each cell would cost more than all the rest.
            read = None if target.type == "text" else make_reader(target, settings)
            self._attributes.append((place, target.path, read))
        elif target.kind == "email":
            self._identities.append((place, target.kind, make_reader(Target(type="email"), settings)))
        elif target.kind == "phone":
            self._identities.append((place, target.kind, make_reader(Target(type="phone"), settings)))
        elif target.kind != "skip":
            self._identities.append((place, target.kind, _read_id))

    def _subscribing(self, settings: Settings, one: Any, confirmed_lists: frozenset[UUID]) -> Any:
        status: Status = one.status
        evidence = settings.evidence
        asks = settings.asks_confirmation or one.list_id in confirmed_lists
        if status == "subscribed" and evidence is None and asks:
            status = "pending"
        channel: Channel = one.channel
        wording = evidence.wording if evidence is not None else settings.wording
        properties = {"listId": str(one.list_id), "channel": channel, "source": "import", "wording": wording}
        return (
            encode_label("status", STATUS_FACTS[status]),
            "status",
            msgspec.json.encode(properties),
            Subscription(
                one.list_id,
                channel,
                status,
                "import",
                wording,
                # Who is asked must hear of it; who is history is not welcomed.
                is_answered=status == "pending" or settings.starts_journeys,
            ),
        )

    def read(self, record: Record) -> list[Call]:
        """Return the calls of a row: who the contact is and what is known, then each status and group.

        Raises RowFault with the column at fault.
        """
        if record.fault is not None:
            raise record.fault
        cells = record.cells
        identities, plain = self._read_identities(cells)
        changes: dict[str, Any] = {}
        clear: list[str] = []
        for place, path, read in self._attributes:
            cell = cells[place]
            if not cell or (read is not None and cell.isspace()):
                if self._clears:
                    clear.append(path)
                continue
            if cell[0] == "'":
                cell = unguard_cell(cell)
            if read is None:
                changes[path] = cell
                continue
            try:
                changes[path] = read(cell)
            except RowFault as fault:
                fault.column = place
                raise
        message_id = self._prefix + str(record.row)
        profile = ProfileChange(changes, tuple(clear), {}, plain)
        calls = [self._call(identities, "profile", _UPDATED, message_id, b"", profile, None)]
        for number, (label, kind, properties, subscription) in enumerate(self._more, 1):
            calls.append(
                self._call(identities, kind, label, f"{message_id}-{number}", properties, None, subscription)
            )
        return calls

    def _call(
        self,
        identities: tuple[Identity, ...],
        kind: Any,
        label: bytes,
        message_id: str,
        properties: bytes,
        profile: ProfileChange | None,
        subscription: Subscription | None,
    ) -> Call:
        return Call(
            self._source, identities, kind, label, message_id,
            None if subscription is None else self._said_us, None, properties, self._context,
            self._historical, b"", profile, subscription,
        )  # fmt: skip

    def _read_identities(
        self, cells: Sequence[str]
    ) -> tuple[tuple[Identity, ...], dict[Identity, tuple[str, Any]]]:
        found: list[Identity] = []
        plain: dict[Identity, tuple[str, Any]] = {}
        for place, kind, read in self._identities:
            cell = cells[place]
            if not cell or cell.isspace():
                continue
            try:
                identity = (kind, read(unguard_cell(cell) if cell[0] == "'" else cell))
            except RowFault as fault:
                fault.column = place
                raise
            found.append(identity)
            plain[identity] = (_ATTRIBUTE_OF[kind], identity[1])
        if not found:
            raise RowFault("no_identity")
        return tuple(found), plain


def _read_id(cell: str) -> str:
    value = cell.strip()
    if not is_identity_value(value):
        raise RowFault("identity", maximum=MAXIMUM_BYTES)
    return value
