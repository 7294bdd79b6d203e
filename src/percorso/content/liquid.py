"""Liquid as templates may use it: within limits, without ways to make data markup, with filters that know a language.

Limits stop a template that would hang or eat memory (trust §3). They are per rendering.
"""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import cast
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal
from liquid import Environment, RenderContext
from liquid.filter import with_context

from percorso.content.model import Locale

LOCALE = "percorso_locale"
"""The name under which filters find the Locale; a template that reads it gets nothing of use."""

_NAMES = {"it": "it_IT", "en": "en_GB"}
_STYLES = frozenset({"short", "medium", "long", "full"})
_DIRECTIVE = re.compile(r"%(-?[A-Za-z%])")
_BABEL = {
    "A": "EEEE", "a": "EEE", "B": "MMMM", "b": "MMM", "d": "dd", "-d": "d", "m": "MM", "-m": "M", "Y": "yyyy",
    "y": "yy", "H": "HH", "-H": "H", "I": "hh", "-I": "h", "M": "mm", "S": "ss", "p": "a", "j": "DDD", "e": "d",
}  # fmt: skip
_REMOVED_FILTERS = ("safe", "escapejs")
_REMOVED_TAGS = ("include", "render")


class LimitedEnvironment(Environment):
    """Liquid with all four limits set."""

    context_depth_limit = 20
    loop_iteration_limit = 20_000
    local_namespace_limit = 2_000_000
    output_stream_limit = 1_000_000


@cache
def liquid_environment(*, markup: bool) -> LimitedEnvironment:
    """Return the one environment for markup (values are escaped) or for plain text."""
    environment = LimitedEnvironment(autoescape=markup)
    filters = environment.filters
    for name in _REMOVED_FILTERS:
        # `safe` would let an author declare a contact's data to be markup.
        filters.pop(name, None)
    for name in _REMOVED_TAGS:
        environment.tags.pop(name, None)
    filters.update(date=write_date, number=write_number, money=write_money)
    return environment


def _locale(context: RenderContext) -> Locale:
    return cast(Locale, context.globals[LOCALE])


def _read_moment(value: object, locale: Locale) -> datetime | date | None:
    if value in ("now", "today"):
        return locale.now.astimezone(ZoneInfo(locale.time_zone))
    if isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}", value):
        try:
            value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except (ValueError, OverflowError):
            return None
    if isinstance(value, datetime):
        zone = ZoneInfo(locale.time_zone)
        try:
            return value.astimezone(zone) if value.tzinfo else value.replace(tzinfo=zone)
        except OverflowError:
            return None
    return value if isinstance(value, date) else None


def _to_pattern(text: str) -> str:
    """Return the CLDR pattern of a strftime pattern: its words are then in the contact's language."""
    parts: list[str] = []
    place = 0
    for match in _DIRECTIVE.finditer(text):
        parts.append(_quote(text[place : match.start()]))
        parts.append(_BABEL.get(match[1], "'%'" if match[1] == "%" else ""))
        place = match.end()
    return "".join((*parts, _quote(text[place:])))


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'" if text else ""


@with_context
def write_date(value: object, pattern: object = "medium", *, context: RenderContext) -> str:
    """Return a date written in the contact's language: `short`, `medium`, `long`, `full`, or `%d/%m/%Y` and the like.

    What is not a date is given back as it is.
    """
    locale = _locale(context)
    moment = _read_moment(value, locale)
    if moment is None:
        return "" if value is None else str(value)
    name, text = _NAMES[locale.language], str(pattern)
    if text not in _STYLES:
        at_midnight = moment if isinstance(moment, datetime) else datetime(*moment.timetuple()[:3])  # noqa: DTZ001
        return format_datetime(at_midnight, _to_pattern(text), locale=name)
    return format_date(moment, text, locale=name)


def _read_number(value: object) -> Decimal | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 40 else None


@with_context
def write_number(value: object, decimals: object = None, *, context: RenderContext) -> str:
    """Return a number with the separators of the contact's language, with `decimals` digits if given."""
    number = _read_number(value)
    if number is None:
        return "" if value is None else str(value)
    digits = int(decimals) if isinstance(decimals, int) and 0 <= decimals <= 10 else None
    pattern = None if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(number, format=pattern, locale=_NAMES[_locale(context).language])


@with_context
def write_money(value: object, currency: object = None, *, context: RenderContext) -> str:
    """Return an amount with its currency (ISO 4217; the workspace's if not given) as the contact's language has it."""
    locale = _locale(context)
    number = _read_number(value)
    if number is None:
        return "" if value is None else str(value)
    code = currency if isinstance(currency, str) and re.fullmatch(r"[A-Z]{3}", currency) else locale.currency
    return format_currency(number, code, locale=_NAMES[locale.language])
