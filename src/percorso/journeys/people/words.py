"""What would become of those inside, in words. Pure."""

from typing import Final, Literal

from percorso.journeys.people.standing import Fate, Foreseen

Language = Literal["en", "it"]

_WHERE: Final[dict[Language, tuple[str, str]]] = {
    "en": ("1 person at {step} (version {version})", "{people} people at {step} (version {version})"),
    "it": (
        "1 persona al passo {step} (versione {version})",
        "{people} persone al passo {step} (versione {version})",
    ),
}
"""One, and any other number."""

_FATES: Final[dict[Language, dict[Fate, str]]] = {
    "en": {
        "stay": "finish on their version",
        "keep": "move to the new version, with their date",
        "anew": "move to the new version, their wait reckoned anew",
        "arrive": "move to {to} of the new version",
        "exit": "leave the journey",
    },
    "it": {
        "stay": "finire sulla loro versione",
        "keep": "passare alla nuova versione, con la loro data",
        "anew": "passare alla nuova versione, con l'attesa ricalcolata",
        "arrive": "passare al passo {to} della nuova versione",
        "exit": "lasciare il percorso",
    },
}

_OVERS: Final[dict[Language, str]] = {"en": "{over} of them at once", "it": "di cui {over} subito"}


def describe_foreseen(foreseen: Foreseen, over: int, language: Language) -> str:
    """Return a sentence of one place and fate; `over` are those who go on at once."""
    one, many = _WHERE[language]
    where = (one if foreseen.people == 1 else many).format(
        people=foreseen.people, step=foreseen.step, version=foreseen.version
    )
    sentence = f"{where}: {_FATES[language][foreseen.fate].format(to=foreseen.to)}"
    return f"{sentence}, {_OVERS[language].format(over=over)}" if over else sentence


_EXISTING: Final[dict[Language, tuple[str, str, str, str]]] = {
    "en": (
        "{start}: {people} meet it already",
        "{start}: too many to be counted in time",
        "they enter when it is switched on",
        "they do not enter",
    ),
    "it": (
        "{start}: {people} lo soddisfano già",
        "{start}: troppi per contarli in tempo",
        "entrano all'attivazione",
        "non entrano",
    ),
}
"""Counted, not counted, and what becomes of them."""

_LATE: Final[dict[Language, str]] = {
    "en": "{people} at {step} wait for a message that could have left",
    "it": "{people} al passo {step} aspettano un messaggio che sarebbe potuto partire",
}


def describe_existing(start: str, people: int | None, language: Language, *, included: bool) -> str:
    """Return a sentence of who meets a start already; None: nobody knows how many."""
    counted, unknown, enter, stay_out = _EXISTING[language]
    said = unknown if people is None else counted
    return f"{said.format(start=start, people=people)}; {enter if included else stay_out}"


def describe_late(step: str, people: int, language: Language) -> str:
    """Return a sentence of those whom resuming asks about, at one step."""
    return _LATE[language].format(step=step, people=people)
