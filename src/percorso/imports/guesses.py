"""What the columns of a file are probably for: by their names first, then by what stands in them. Pure."""

import re
from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from percorso.conditions.dates import compile_format, read_date, read_instant
from percorso.contacts.identity.normal import normalise_email, normalise_phone
from percorso.imports.cells import NO, YES, make_reader
from percorso.imports.detect import INTERNAL
from percorso.imports.faults import RowFault
from percorso.imports.formulas import unguard_cell
from percorso.imports.model import SKIP, Layout, Note, Settings, Target, ValueType
from percorso.intake.mapping import MAXIMUM_PATH

DATE_FORMATS: Final = (
    "yyyy-MM-dd", "dd/MM/yyyy", "MM/dd/yyyy", "dd-MM-yyyy", "dd.MM.yyyy", "yyyy/MM/dd", "d/M/yyyy", "M/d/yyyy",
    "MM-dd-yyyy", "yyyyMMdd",
)  # fmt: skip
"""Forms of dates that are looked for, in this order."""

MOMENT_FORMATS: Final = (
    "yyyy-MM-ddTHH:mm:ssTZD", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm", "dd/MM/yyyy HH:mm:ss", "dd/MM/yyyy HH:mm",
    "MM/dd/yyyy HH:mm:ss", "MM/dd/yyyy HH:mm", "yyyy/MM/dd HH:mm:ss",
)  # fmt: skip

_IDENTITIES: Final[dict[str, Target]] = {
    **dict.fromkeys(
        ("email", "emailaddress", "mail", "indirizzoemail", "posta", "postaelettronica", "email1"),
        Target("email"),
    ),
    **dict.fromkeys(
        (
            "phone",
            "phonenumber",
            "mobile",
            "mobilephone",
            "cellulare",
            "telefono",
            "cell",
            "tel",
            "sms",
            "numero",
        ),
        Target("phone"),
    ),
    **dict.fromkeys(
        ("externalid", "idesterno", "codicecliente", "customerid", "clientid"), Target("external_id")
    ),
    **dict.fromkeys(("userid", "idutente", "user"), Target("user_id")),
}
_NAMES: Final[dict[str, tuple[str, ValueType]]] = {
    **dict.fromkeys(("firstname", "nome", "name", "givenname", "fname"), ("firstName", "text")),
    **dict.fromkeys(("lastname", "cognome", "surname", "familyname", "lname"), ("lastName", "text")),
    **dict.fromkeys(("middlename", "secondonome"), ("middleName", "text")),
    **dict.fromkeys(("gender", "sesso", "genere"), ("gender", "text")),
    **dict.fromkeys(
        ("birthdate", "birthday", "dateofbirth", "dob", "datadinascita", "datanascita", "nascita"),
        ("birthDate", "date"),
    ),
    **dict.fromkeys(("language", "lingua", "locale"), ("language", "text")),
    **dict.fromkeys(("city", "città", "citta", "town", "comune"), ("address.city", "text")),
    **dict.fromkeys(("zip", "zipcode", "postalcode", "postcode", "cap"), ("address.zip", "text")),
    **dict.fromkeys(("street", "address", "indirizzo", "via"), ("address.street", "text")),
    **dict.fromkeys(("province", "provincia", "state", "prov"), ("address.province", "text")),
    **dict.fromkeys(("region", "regione"), ("address.region", "text")),
    **dict.fromkeys(("country", "paese", "nazione", "stato"), ("address.country", "text")),
    **dict.fromkeys(("company", "azienda", "società", "societa", "ragionesociale"), ("company", "text")),
    **dict.fromkeys(("title", "titolo"), ("title", "text")),
    **dict.fromkeys(("timezone", "fusoorario"), ("timeZone", "text")),
    **dict.fromkeys(("tags", "tag", "etichette"), ("tags.manual", "list")),
}

_LETTERS: Final = re.compile(r"[\W_]+")
_LEADING_ZERO: Final = re.compile(r"0[0-9]+")


def guess_targets(
    layout: Layout, sample: Sequence[Sequence[str]], *, day_first: bool
) -> tuple[tuple[Target, ...], list[Note]]:
    """Return what each column is probably for, and what its owner should know; no two name the same.

    `sample`: cells of the first rows. `day_first`: how dates that fit both are read.
    """
    targets: list[Target] = []
    notes: list[Note] = []
    taken: set[str] = set()
    for place, name in enumerate(layout.headers):
        values = [
            unguard_cell(row[place]).strip() for row in sample if place < len(row) and row[place].strip()
        ]
        target, is_ambiguous = _guess_target(name, values, is_named=layout.has_header, day_first=day_first)
        key = target.path if target.kind == "attribute" else target.kind
        if key in taken:
            target = (
                _as_attribute(name, values, day_first=day_first)[0] if target.kind != "attribute" else SKIP
            )
            key = target.path
        if key in taken:
            target = SKIP
        elif target.kind != "skip":
            taken.add(key)
        if is_ambiguous and target.kind != "skip":
            notes.append(Note("ambiguous_dates", {"name": name}))
        targets.append(target)
    return tuple(targets), notes


def _guess_target(
    name: str, values: Sequence[str], *, is_named: bool, day_first: bool
) -> tuple[Target, bool]:
    plain = _LETTERS.sub("", name).lower()
    if name.lower() in INTERNAL:
        return SKIP, False
    if plain in _IDENTITIES:
        return _IDENTITIES[plain], False
    if is_named and plain in _NAMES:
        path, kind = _NAMES[plain]
        if kind != "date":
            return Target("attribute", path, kind), False
        guessed, format, is_ambiguous = guess_type(values, day_first=day_first)
        return Target("attribute", path, "date", format if guessed == "date" else None), is_ambiguous
    if not is_named and values:
        if all(normalise_email(value) for value in values):
            return Target("email"), False
        if all(value.startswith("+") and normalise_phone(value) for value in values):
            return Target("phone"), False
        return SKIP, False
    return _as_attribute(name, values, day_first=day_first)


def _as_attribute(name: str, values: Sequence[str], *, day_first: bool) -> tuple[Target, bool]:
    kind, format, is_ambiguous = guess_type(values, day_first=day_first)
    path = to_path(name)
    return (Target("attribute", path, kind, format), is_ambiguous) if path else (SKIP, False)


def to_path(name: str) -> str:
    """Return the path of an attribute that a header names: as it is, if it is one; empty if it cannot be."""
    path = name.strip()[:MAXIMUM_PATH]
    if path.lower() in ("email", "phone", "externalid"):
        return f"{path}Address" if path.lower() == "email" else f"{path}2"
    return path if all(path.split(".")) and "\0" not in path else path.replace(".", " ").strip()


def guess_type(values: Sequence[str], *, day_first: bool) -> tuple[ValueType, str | None, bool]:
    """Return the type and format in which all these values can be read, and whether another date format fits too."""
    if not values:
        return "text", None, False
    words = {value.lower() for value in values}
    if words <= YES | NO and len(words) > 1 and not words <= {"0", "1"}:
        return "boolean", None, False
    if not any(_LEADING_ZERO.fullmatch(value) for value in values):
        for kind, format in (("integer", None), ("decimal", None), ("decimal", ",")):
            if _fits(values, Target("attribute", "x", kind, format)):  # pyright: ignore[reportArgumentType]
                return kind, format, False  # pyright: ignore[reportReturnType]
    found = guess_format(values, DATE_FORMATS, with_time=False)
    if found:
        chosen = _prefer(found, day_first=day_first)
        return "date", None if chosen == "yyyy-MM-dd" else chosen, _is_ambiguous(found)
    found = guess_format(values, MOMENT_FORMATS, with_time=True)
    if found:
        chosen = _prefer(found, day_first=day_first)
        return "date-time", None if "T" in chosen else chosen, _is_ambiguous(found)
    for kind in ("url", "email"):
        if _fits(values, Target("attribute", "x", kind)):
            return kind, None, False
    return "text", None, False


def _fits(values: Sequence[str], target: Target) -> bool:
    read = make_reader(target, Settings(()))
    try:
        for value in values:
            read(value)
    except RowFault:
        return False
    return True


def guess_format(values: Sequence[str], formats: Sequence[str], *, with_time: bool) -> list[str]:
    """Return the formats in which all values can be read."""
    found: list[str] = []
    for written in formats:
        format = compile_format(written)
        if all(
            (read_instant(value, format, "UTC") if with_time else read_date(value, format)) is not None
            for value in values
        ):
            found.append(written)
    return found


def _prefer(found: Sequence[str], *, day_first: bool) -> str:
    first = "d" if day_first else "M"
    return next((format for format in found if format.startswith(first)), found[0])


def _is_ambiguous(found: Sequence[str]) -> bool:
    return {format[0] for format in found} >= {"d", "M"}


def is_day_first(time_zone: str) -> bool:
    """Return whether dates are usually written day first where this zone is: everywhere but in the United States."""
    return not ZoneInfo(time_zone).key.startswith(("America/", "US/"))
