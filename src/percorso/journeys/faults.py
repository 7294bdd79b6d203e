"""What can be wrong with a graph, in words, Italian and English."""

from collections.abc import Sequence
from typing import Any, Final, Literal

import msgspec

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "start_missing": (
        "The journey has no start: nobody could enter.",
        "Il percorso non ha un inizio: nessuno potrebbe entrare.",
    ),
    "steps_missing": ("The journey has no steps.", "Il percorso non ha passi."),
    "too_many": ("There are more than {maximum} {what}.", "Ci sono più di {maximum} {what}."),
    "id_invalid": (
        "The id “{id}” is reserved, or not 1 to 64 letters, digits, - or _.",
        "L'id «{id}» è riservato, oppure non ha da 1 a 64 lettere, cifre, - o _.",
    ),
    "id_twice": ("The id “{id}” stands twice.", "L'id «{id}» compare due volte."),
    "event_missing": ("An event must be chosen.", "Va scelto un evento."),
    "event_too_long": (
        "The name of an event has at most {maximum} characters.",
        "Il nome di un evento ha al massimo {maximum} caratteri.",
    ),
    "event_not_here": (
        "This path is judged on the event at hand; it cannot name another.",
        "Questo ramo è valutato sull'evento in corso; non può indicarne un altro.",
    ),
    "event_reserved": ("Percorso records {event} itself.", "È Percorso a registrare {event}."),
    "key_missing": (
        "Choose the property that tells one run from another.",
        "Scegliere la proprietà che distingue un passaggio dall'altro.",
    ),
    "period_missing": (
        "Say after how long a contact may enter again.",
        "Indicare dopo quanto tempo un contatto può rientrare.",
    ),
    "rounds_invalid": (
        "A loop is gone round 1 to {maximum} times.",
        "Un ciclo si percorre da 1 a {maximum} volte.",
    ),
    "duration_too_short": ("A duration is at least 1.", "Una durata è di almeno 1."),
    "duration_too_long": (
        "A duration is at most {maximum} days.",
        "Una durata è al massimo di {maximum} giorni.",
    ),
    "first_unknown": ("The first step “{step}” does not exist.", "Il primo passo «{step}» non esiste."),
    "target_unknown": (
        "The step “{step}” leads to “{target}”, which does not exist.",
        "Il passo «{step}» porta a «{target}», che non esiste.",
    ),
    "step_unreachable": ("No path leads to the step “{step}”.", "Nessun ramo porta al passo «{step}»."),
    "loop_without_wait": (
        "The steps {steps} form a loop without a wait of at least an hour or a reaction to an event.",
        "I passi {steps} formano un ciclo senza un'attesa di almeno un'ora o una reazione a un evento.",
    ),
    "template_missing": ("Choose a message.", "Scegliere un messaggio."),
    "template_unknown": ("The message chosen does not exist.", "Il messaggio scelto non esiste."),
    "template_of_other_kind": (
        "The message chosen is not of this step's channel.",
        "Il messaggio scelto non è del canale di questo passo.",
    ),
    "template_used_elsewhere": (
        "The message is used in the journey “{journey}”: insert a copy.",
        "Il messaggio è usato nel percorso «{journey}»: inserirne una copia.",
    ),
    "sms_sender_missing": (
        "The list has no SMS sender, which this step needs.",
        "La lista non ha un mittente SMS, necessario per questo passo.",
    ),
    "pool_missing": ("Choose a pool of coupons.", "Scegliere una raccolta di coupon."),
    "pool_unknown": (
        "The pool of coupons chosen does not exist.",
        "La raccolta di coupon scelta non esiste.",
    ),
    "name_invalid": (
        "“{name}” cannot name a captured value: use letters, digits and _, at most 64.",
        "«{name}» non può essere il nome di un valore: usare lettere, cifre e _, al massimo 64.",
    ),
    "captured_unknown": (
        "No step before this one captures “{name}”.",
        "Nessun passo prima di questo conserva «{name}».",
    ),
    "paths_missing": (
        "The step has no path to choose from.",
        "Il passo non ha rami tra cui scegliere.",
    ),
    "path_never_taken": (
        "The path “{path}” is never taken: the path “{before}” before it always holds.",
        "Il ramo «{path}» non è mai preso: il ramo «{before}» che lo precede vale sempre.",
    ),
    "path_malformed": ("“{path}” cannot name a value.", "«{path}» non può indicare un valore."),
    "changes_missing": ("The step changes nothing.", "Il passo non modifica nulla."),
    "value_missing": ("Say which value to use.", "Indicare quale valore usare."),
    "value_not_a_number": (
        "Only a number can be added or subtracted.",
        "Si può sommare o sottrarre solo un numero.",
    ),
    "condition_invalid": ("{en}", "{it}"),
}
"""The sentence of each code, English and Italian."""

WORDS: Final[dict[str, str]] = {
    "starts": "inizi",
    "removals": "uscite",
    "goals": "obiettivi",
    "steps": "passi",
    "paths": "rami",
    "changes": "modifiche",
}
"""What there can be too many of, in Italian."""


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong with a graph. `at` is its place there (`steps.mail1.next`); `values` fill the sentence."""

    code: str
    at: str
    values: dict[str, Any] = {}

    @property
    def message(self) -> str:
        """The sentence in English."""
        return self.say("en")

    def say(self, language: Literal["en", "it"]) -> str:
        """Return the sentence in a language."""
        if language == "en":
            return SENTENCES[self.code][0].format_map(self.values)
        values = dict(self.values)
        if "what" in values:
            values["what"] = WORDS[values["what"]]
        return SENTENCES[self.code][1].format_map(values)


class JourneyError(Exception):
    """Root of the errors of `percorso.journeys`; the tree is drawn in `percorso.journeys.errors`."""

    code = "journey_error"


class GraphError(JourneyError):
    """The graph cannot become a version; `faults` names everything that is wrong with it, at once."""

    code = "graph_invalid"

    def __init__(self, faults: Sequence[Fault]) -> None:
        said = " ".join(fault.message for fault in faults)
        super().__init__(f"The journey cannot be published: {said}")
        self.faults = tuple(faults)
