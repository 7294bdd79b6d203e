"""What the decoder says of a value that does not fit, in JSON's words and in the language of the request: pure.

msgspec names types as Python does (`str`, `int | null`); who sends JSON knows strings, numbers and lists.
"""

import re
from typing import Final

from percorso.workspaces.model import Language

_TYPES: Final[dict[str, tuple[str, str]]] = {
    "str": ("a string", "una stringa"),
    "int": ("a whole number", "un numero intero"),
    "float": ("a number", "un numero"),
    "decimal": ("a number", "un numero"),
    "bool": ("true or false", "vero o falso"),
    "array": ("an array", "un array"),
    "object": ("an object", "un oggetto"),
    "null": ("null", "null"),
    "uuid": ("a UUID", "un UUID"),
    "date": ("a date", "una data"),
    "datetime": ("a date and time", "una data con ora"),
    "time": ("a time", "un'ora"),
}
"""Types of values, as msgspec names them → as JSON and its formats do, English and Italian."""

_SENTENCES: Final[tuple[tuple[re.Pattern[str], str, str], ...]] = tuple(
    (re.compile(said + r"\Z", re.DOTALL), english, italian)
    for said, english, italian in (
        ("Expected `(?P<wanted>.+)`, got `(?P<found>.+)`", "Expected {wanted}, got {found}", "Serve {wanted}, non {found}"),
        ("Expected `str` of length >= 1", "Expected a string that is not empty", "Serve una stringa non vuota"),
        ("Expected `str` of length >= (?P<limit>.+)", "Expected a string of at least {limit} characters", "Serve una stringa di almeno {limit} caratteri"),
        ("Expected `str` of length <= (?P<limit>.+)", "Expected a string of at most {limit} characters", "Serve una stringa di al massimo {limit} caratteri"),
        ("Expected `str` matching regex (?P<form>.+)", "Expected a string of the form {form}", "Serve una stringa della forma {form}"),
        ("Expected `array` of length >= 1", "Expected an array that is not empty", "Serve un array non vuoto"),
        ("Expected `(?:array|object)` of length >= (?P<limit>.+)", "Expected at least {limit} items", "Servono almeno {limit} elementi"),
        ("Expected `(?:array|object)` of length <= (?P<limit>.+)", "Expected at most {limit} items", "Servono al massimo {limit} elementi"),
        ("Expected `(?P<wanted>[a-z]+)` >= (?P<limit>.+)", "Expected {wanted} of at least {limit}", "Serve {wanted} di almeno {limit}"),
        ("Expected `(?P<wanted>[a-z]+)` <= (?P<limit>.+)", "Expected {wanted} of at most {limit}", "Serve {wanted} di al massimo {limit}"),
        ("Expected `(?P<wanted>[a-z]+)` > (?P<limit>.+)", "Expected {wanted} above {limit}", "Serve {wanted} maggiore di {limit}"),
        ("Expected `(?P<wanted>[a-z]+)` < (?P<limit>.+)", "Expected {wanted} below {limit}", "Serve {wanted} minore di {limit}"),
        ("Expected `(?P<wanted>.+)`", "Expected {wanted}", "Serve {wanted}"),
        ("Object missing required field `(?P<name>.+)`", "The field {name} is missing", "Manca il campo {name}"),
        ("Object contains unknown field `(?P<name>.+)`", "There is no field {name}", "Il campo {name} non esiste"),
        ("Invalid enum value (?P<value>.+)", "The value {value} is none of those that may stand here", "Il valore {value} non è tra quelli ammessi qui"),
        ("Invalid UUID", "It is no UUID", "Non è un UUID"),
        ("Invalid RFC3339 encoded datetime", "It is no date and time like 2026-05-10T10:00:00Z", "Non è una data con ora come 2026-05-10T10:00:00Z"),
        ("Invalid RFC3339 encoded date", "It is no date like 2026-05-10", "Non è una data come 2026-05-10"),
    )
)  # fmt: skip
"""What msgspec says → what we say, English and Italian; the first that fits."""


def say_unfit(message: str, language: Language) -> str | None:
    """Return what is wrong with a value, None where the decoder says something that we do not know."""
    place = 1 if language == "it" else 0
    for pattern, *sentences in _SENTENCES:
        found = pattern.match(message)
        if found is not None:
            values = found.groupdict()
            for name in ("wanted", "found"):
                if name in values:
                    values[name] = name_types(values[name], language)
            return sentences[place].format_map(values)
    return None


def name_types(names: str, language: Language) -> str:
    """Return what `names`, as msgspec writes them (`int | null`), are called; those that we do not know stay."""
    place, between = (1, " o ") if language == "it" else (0, " or ")
    return between.join(_TYPES.get(name, (name, name))[place] for name in names.split(" | "))
