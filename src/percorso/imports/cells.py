"""Cells into values of a declared type, and values into cells: pure. Writing and then reading gives the same value."""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial
from typing import Any, Final, cast

import msgspec
import phonenumbers

from percorso.conditions.dates import ISO_DATE, ISO_DATETIME, compile_format, read_date, read_instant
from percorso.contacts.identity.normal import normalise_email, normalise_phone
from percorso.imports.faults import RowFault
from percorso.imports.model import Settings, Target
from percorso.intake.wire import is_too_deep
from percorso.kit.storable import holds_nul

Read = Callable[[str], Any]
"""Reads one cell that is not empty; raises RowFault without its column."""

ISO: Final = "yyyy-MM-dd"
ISO_TIME: Final = "yyyy-MM-ddTHH:mm:ssTZD"
ITEMS: Final = ";"
"""What separates the items of a list unless a column says otherwise."""

YES: Final = frozenset({"true", "1", "yes", "y", "t", "on", "x", "si", "sì", "s", "vero"})
NO: Final = frozenset({"false", "0", "no", "n", "f", "off", "falso"})
"""What people write for a boolean, in lower case, in English and Italian."""

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL: Final = re.compile(
    r"[+-]?(?:[0-9]{1,300}(?:\.[0-9]{0,300})?|\.[0-9]{1,300})(?:[eE][+-]?[0-9]{1,2})?"
)
_WEB: Final = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
_TO_POINT: Final = str.maketrans(",", ".", "' \u00a0\u202f.")
_WITHOUT_GROUPS: Final = str.maketrans("", "", "' \u00a0\u202f,")


def make_reader(target: Target, settings: Settings) -> Read:
    """Return what reads the cells of a column; raises ValueError for a format that is none."""
    kind, format = target.type, target.format
    if kind == "date":
        return _read_iso_date if format is None or format == ISO else _make_date_reader(format)
    if kind == "date-time":
        return _make_moment_reader(format, settings.time_zone)
    if kind == "list":
        return partial(_read_list, separator=format or ITEMS)
    if kind == "decimal" and format == ",":
        return _read_comma_decimal
    if kind == "phone":
        return partial(read_phone, country=settings.country)
    return _READERS[kind]


def write_cell(value: Any) -> str:
    """Return the value as a cell; nothing for null and for what is not there."""
    if type(value) is str:
        return value
    if value is None or value is msgspec.UNSET:
        return ""
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list):
        return _write_list(cast("list[Any]", value))
    return msgspec.json.encode(value).decode()


def _write_list(items: list[Any]) -> str:
    if items and all(type(item) is str and _is_plain_item(item) for item in items):
        return ITEMS.join(items)
    return msgspec.json.encode(items).decode()


def _is_plain_item(item: str) -> bool:
    return bool(item) and item == item.strip() and ITEMS not in item and item[0] != "["


def _read_text(cell: str) -> str:
    return cell


def _read_integer(cell: str) -> int:
    cell = cell.strip()
    if _INTEGER.fullmatch(cell) is None:
        raise RowFault("integer")
    return int(cell)


def _read_decimal(cell: str) -> int | float:
    written = cell.strip().translate(_WITHOUT_GROUPS)
    if _DECIMAL.fullmatch(written) is None:
        raise RowFault("decimal")
    number = int(written) if _INTEGER.fullmatch(written) else float(written)
    if number in (float("inf"), float("-inf")):
        raise RowFault("decimal")
    return number


def _read_comma_decimal(cell: str) -> int | float:
    return _read_decimal(cell.translate(_TO_POINT))


def _read_boolean(cell: str) -> bool:
    word = cell.strip().lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise RowFault("boolean")


def _read_iso_date(cell: str) -> str:
    cell = cell.strip()
    # As conditions read it; `date.fromisoformat` alone would take other forms, too.
    try:
        if len(cell) == 10 and cell[4] == "-" and 2 <= date.fromisoformat(cell).year <= 9998:
            return cell
    except ValueError:
        pass
    if read_date(cell, ISO_DATE) is None:
        raise RowFault("date", format=ISO)
    return cell


def _make_date_reader(written: str) -> Read:
    format = compile_format(written)
    if not format.has_year:
        raise ValueError("it has no year")

    @lru_cache(maxsize=50_000)
    def read(cell: str) -> str:
        day = read_date(cell.strip(), format)
        if day is None:
            raise RowFault("date", format=written)
        return day.isoformat()

    return read


def _make_moment_reader(written: str | None, time_zone: str) -> Read:
    if written is None or written == ISO_TIME:

        def check(cell: str) -> str:
            cell = cell.strip()
            if read_instant(cell, ISO_DATETIME, time_zone) is None:
                raise RowFault("date-time", format=ISO_TIME)
            return cell

        return check
    format = compile_format(written)
    if not format.has_year or not format.has_time:
        raise ValueError("it has no year or no hour")

    def read(cell: str) -> str:
        moment = read_instant(cell.strip(), format, time_zone)
        if moment is None:
            raise RowFault("date-time", format=written)
        return moment.isoformat().replace("+00:00", "Z")

    return read


def _read_email(cell: str) -> str:
    address = normalise_email(cell.strip())
    if address is None:
        raise RowFault("email")
    return address


def read_phone(cell: str, *, country: str) -> str:
    """Return the number in E.164, one without a prefix as of a country; raises RowFault."""
    number = normalise_phone(cell)
    if number is None and len(cell) <= 40:
        number = _read_national(cell.strip(), country)
    if number is None:
        raise RowFault("phone")
    return number


@lru_cache(maxsize=8192)
def _read_national(text: str, country: str) -> str | None:
    if text.startswith(("+", "00")):
        return None
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _read_web(cell: str) -> str:
    cell = cell.strip()
    if _WEB.fullmatch(cell) is None:
        raise RowFault("url")
    return cell


def _read_list(cell: str, *, separator: str) -> list[Any]:
    written = cell.strip()
    if written.startswith("["):
        items = _read_json(written, "list")
        if not isinstance(items, list):
            raise RowFault("list")
        return cast("list[Any]", items)
    return [item for part in written.split(separator) if (item := part.strip())]


def _read_object(cell: str) -> dict[str, Any]:
    value = _read_json(cell.strip(), "object")
    if not isinstance(value, dict):
        raise RowFault("object")
    return cast("dict[str, Any]", value)


def _read_json(written: str, code: str) -> Any:
    raw = written.encode()
    if is_too_deep(raw) or holds_nul(raw):
        raise RowFault(code)
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise RowFault(code) from None


_READERS: Final[dict[str, Read]] = {
    "text": _read_text,
    "integer": _read_integer,
    "decimal": _read_decimal,
    "boolean": _read_boolean,
    "email": _read_email,
    "url": _read_web,
    "object": _read_object,
}
