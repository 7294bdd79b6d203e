"""The language of an answer: what a browser asks for, and what is said in it."""

import pytest

from percorso.api.language import choose_language, say_field, say_problem, say_rejection
from percorso.workspaces.model import Language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("*", "en"),
        ("de-DE,fr;q=0.8", "en"),
        ("it", "it"),
        ("IT-it", "it"),
        ("it-IT,it;q=0.9,en;q=0.8", "it"),
        ("en-GB,en;q=0.9,it;q=0.8", "en"),
        ("en;q=0.5, it ; q=0.7", "it"),
        ("de,it;q=0.5", "it"),
        ("it;q=0", "en"),
        ("italian", "en"),
        (",,;q=,it;q=x", "en"),
    ],
)
def test_the_language_that_is_preferred_of_those_we_speak(header: str | None, language: Language) -> None:
    assert choose_language(header) == language


@pytest.mark.parametrize(
    ("code", "english", "italian"),
    [
        (
            "wrong_state",
            "A journey that is paused cannot be edited.",
            "Un percorso in pausa non si può modificare.",
        ),
        (
            "wrong_state",
            "A journey that is draft cannot be paused.",
            "Un percorso in bozza non si può mettere in pausa.",
        ),
        (
            "not_found",
            "There is no such run here.",
            "Qui non c'è nessun passaggio con questo identificativo.",
        ),
        ("template_fault", "html: An email needs its HTML.", "html: un'email ha bisogno del suo HTML."),
        ("unknown", "Nobody translated this.", "Nobody translated this."),
    ],
)
def test_a_problem_in_italian(code: str, english: str, italian: str) -> None:
    assert say_problem(code, english, "it") == italian
    assert say_problem(code, english, "en") == english


def test_a_rejection_keeps_its_values_as_they_are() -> None:
    said = "Only Percorso itself says 'journeyEntered {x}'. Choose another name."
    assert say_rejection("reserved_name", said, "it") == (
        "Solo Percorso stesso dice 'journeyEntered {x}'. Scegliere un altro nome."
    )


def test_a_field_in_italian() -> None:
    assert say_field("It is required.", "it") == "È obbligatorio."
