"""What is wrong with single values of a graph: ids, names, durations, times of day, days."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final
from uuid import UUID

from percorso.conditions.dates import LEAP_YEAR, DateFormat, compile_format
from percorso.journeys.faults import Fault
from percorso.journeys.graph import Duration, Offset
from percorso.journeys.schedule import MAXIMUM_DAYS, check_duration

MAXIMUM_EVENT_NAME: Final = 200

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z")


def clip(text: str) -> str:
    """Return the text short enough to be named in a sentence."""
    return text if len(text) <= 80 else f"{text[:79]}…"


def is_id(id: str) -> bool:
    """Whether the text can be the id of a step, start, removal, goal or path."""
    return _ID.match(id) is not None


def check_ids(at: str, ids: list[str]) -> Iterator[Fault]:
    """Yield what is wrong with ids that must differ from each other."""
    seen: set[str] = set()
    for position, id in enumerate(ids):
        if not is_id(id):
            yield Fault("id_invalid", f"{at}[{position}].id", {"id": clip(id)})
        elif id in seen:
            yield Fault("id_twice", f"{at}[{position}].id", {"id": id})
        seen.add(id)


def check_event(at: str, name: str) -> Iterator[Fault]:
    """Yield what is wrong with the name of an event."""
    if not name.strip():
        yield Fault("event_missing", at)
    elif len(name) > MAXIMUM_EVENT_NAME:
        yield Fault("event_too_long", at, {"maximum": MAXIMUM_EVENT_NAME})


def check_period(at: str, period: Duration) -> Iterator[Fault]:
    """Yield what is wrong with a duration."""
    code = check_duration(period)
    if code is not None:
        yield Fault(code, at, {"maximum": MAXIMUM_DAYS})


def is_name(name: str) -> bool:
    """Whether something can be captured under this name."""
    return _NAME.match(name) is not None


def check_capture_names(at: str, names: list[str]) -> Iterator[Fault]:
    """Yield what is wrong with the names under which something is captured."""
    for position, name in enumerate(names):
        if not is_name(name):
            yield Fault("name_invalid", f"{at}.captures[{position}].name", {"name": clip(name)})


def check_id(at: str, value: str | None, code: str) -> Iterator[Fault]:
    """Yield a fault of this code unless the value is a UUID."""
    try:
        UUID(value or "")
    except ValueError:
        yield Fault(code, at)


def check_time(at: str, time: str) -> Iterator[Fault]:
    """Yield what is wrong with a time of day."""
    if not _TIME.match(time):
        yield Fault("time_invalid", at, {"time": clip(time)})


def check_day(at: str, day: str, *, yearly: bool = False) -> Iterator[Fault]:
    """Yield what is wrong with a day, YYYY-MM-DD; with `yearly`, MM-DD is one too."""
    if read_day(day, yearly=yearly) is None:
        says = {"yearly_en": ", or MM-DD for every year", "yearly_it": ", oppure MM-GG per ogni anno"}
        said = says if yearly else dict.fromkeys(says, "")
        yield Fault("day_invalid", at, {"day": clip(day), **said})


def read_day(day: str, *, yearly: bool = False) -> date | None:
    """Return the day written as YYYY-MM-DD (or, of every year, MM-DD: then of a leap year), None if there is none."""
    text = f"{LEAP_YEAR}-{day}" if yearly and len(day) == 5 else day
    if len(text) != 10:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def check_number(at: str, value: float | None, minimum: float, maximum: float) -> Iterator[Fault]:
    """Yield a fault unless the number is missing or lies in this range."""
    if value is not None and not minimum <= value <= maximum:
        yield Fault("number_out_of_range", at, {"minimum": minimum, "maximum": maximum})


def check_format(at: str, text: str | None) -> Iterator[Fault]:
    """Yield what is wrong with a declared format of dates."""
    if text is not None and find_format(text) is None:
        yield Fault("format_invalid", at, {"format": clip(text)})


def find_format(text: str) -> DateFormat | None:
    """Return the format, None if it is none."""
    try:
        return compile_format(text)
    except ValueError:
        return None


def check_offset(at: str, offset: Offset, format: str | None, *, units: tuple[str, ...]) -> Iterator[Fault]:
    """Yield what is wrong with so much before or after a date that is written in `format`."""
    if offset.unit not in units:
        yield Fault("offset_unit", f"{at}.unit", {"units": ", ".join(units)})
    if offset.amount != 0:
        yield from check_period(at, Duration(offset.amount, offset.unit))
    written = None if format is None else find_format(format)
    if offset.unit in ("minutes", "hours") and written is not None and not written.has_time:
        yield Fault("hours_need_time", at)
