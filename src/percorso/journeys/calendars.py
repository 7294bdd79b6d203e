"""Public holidays, by country or part of one, as the library `holidays` knows them. Pure: nothing is asked of anybody."""

from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=1)
def list_calendars() -> frozenset[str]:
    """Return the codes of all calendars: ISO 3166-1 (IT), and with a part after a dash, as ISO 3166-2 has it (IT-BZ)."""
    found: set[str] = set()
    for country, parts in holidays.list_supported_countries(include_aliases=False).items():
        found.add(country)
        found.update(f"{country}-{part}" for part in parts)
    return frozenset(found)


def is_calendar(code: str) -> bool:
    """Whether there is a calendar of this code."""
    return code in list_calendars()


@lru_cache(maxsize=1024)
def list_holidays(code: str, year: int) -> frozenset[date]:
    """Return the public holidays of a year; raises KeyError if there is no such calendar."""
    if not is_calendar(code):
        raise KeyError(code)
    country, _, part = code.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
