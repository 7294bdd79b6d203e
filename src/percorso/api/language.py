"""In which language a request is answered, and what is said in it."""

import re
from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.di import NamedDependency

from percorso.api.italian import FAULTS, FIELDS, PROBLEMS, TITLES, WORDS, Pair
from percorso.api.italian_rejections import REJECTIONS
from percorso.journeys.errors import GraphError, UnreadableGraphError
from percorso.journeys.simulation.reading import ScenarioError
from percorso.journeys.trying import FailedTestsError
from percorso.segments.errors import DefinitionError
from percorso.workspaces.model import Language

TheLanguage = NamedDependency[Language]
"""A handler's parameter that is given the language of the request."""

_ASKED: Final = re.compile(r"\s*(it|en)(?:-[\w-]+)?\s*(?:;\s*q\s*=\s*([01](?:\.\d*)?))?\s*", re.IGNORECASE)


def choose_language(header: str | None) -> Language:
    """Return which of our languages `Accept-Language` (RFC 9110) prefers; English where it names neither."""
    best: Language = "en"
    weight = 0.0
    for part in (header or "").split(","):
        found = _ASKED.fullmatch(part)
        if found is not None and float(found[2] or 1) > weight:
            weight = float(found[2] or 1)
            best = "it" if found[1].lower() == "it" else "en"
    return best


def language_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Language:
    """Return the language of a request."""
    return choose_language(connection.headers.get("accept-language"))


def say_title(status: int, language: Language) -> str:
    """Return the title of a status."""
    phrase = HTTPStatus(status).phrase
    return TITLES.get(status, phrase) if language == "it" else phrase


def say_problem(code: str, sentence: str, language: Language) -> str:
    """Return what a problem says; the English sentence where we have no other."""
    if language == "en":
        return sentence
    pairs = FAULTS if code == "template_fault" else (*PROBLEMS.get(code, ()), *REJECTIONS.get(code, ()))
    return translate(sentence, pairs)


def say_graph(error: GraphError | UnreadableGraphError, language: Language) -> str:
    """Return that a journey cannot be published, or its graph not be read, and all that is wrong with it."""
    if language == "en":
        return str(error)
    if isinstance(error, UnreadableGraphError) and not error.faults:
        return say_problem(error.code, str(error), language)
    faults = " ".join(fault.say(language) for fault in error.faults)
    said = "Questo non è il grafo di un percorso" if isinstance(error, UnreadableGraphError) else ""
    return f"{said or 'Il percorso non può essere pubblicato'}: {faults}"


def say_scenario(error: ScenarioError, language: Language) -> str:
    """Return that a scenario cannot be simulated, and all that is wrong with it."""
    if language == "en":
        return str(error)
    faults = " ".join(
        f"{fault.at}: {fault.say(language)}" if fault.at else fault.say(language) for fault in error.faults
    )
    return f"Questo non si può simulare: {faults}"


def say_tests(error: FailedTestsError, language: Language) -> str:
    """Return that the tests of a journey fail, and what differed."""
    if language == "en":
        return str(error)
    differed = " ".join(
        f"{trial.name}: {mismatch.say(language)}" for trial in error.trials for mismatch in trial.mismatches
    )
    return f"Le prove del percorso non riescono, il percorso resta com'era: {differed}"


def say_segment(error: DefinitionError, language: Language) -> str:
    """Return that a segment cannot be saved, and all that is wrong with its definition."""
    if language == "en":
        return str(error)
    faults = " ".join(fault.say(language) for fault in error.faults)
    return f"Il segmento non può essere salvato: {faults}"


def say_rejection(code: str, sentence: str, language: Language) -> str:
    """Return why a call was kept aside."""
    return sentence if language == "en" else translate(sentence, REJECTIONS.get(code, ()))


def say_field(sentence: str, language: Language) -> str:
    """Return what is wrong with one field of a request."""
    return sentence if language == "en" else translate(sentence, FIELDS)


def translate(sentence: str, pairs: Iterable[Pair]) -> str:
    """Return the Italian of the first pair whose English fits; the sentence itself where none does."""
    for english, italian in pairs:
        found = _compile(english).fullmatch(sentence)
        if found is not None:
            return italian.format_map(
                {name: WORDS.get(value, value) for name, value in found.groupdict().items()}
            )
    return sentence


@cache
def _compile(english: str) -> re.Pattern[str]:
    """Return what fits a sentence with any values in its braces."""
    pieces = re.split(r"\{(\w+)\}", english)
    return re.compile(
        "".join(
            f"(?P<{piece}>.+?)" if position % 2 else re.escape(piece) for position, piece in enumerate(pieces)
        ),
        re.DOTALL,
    )
