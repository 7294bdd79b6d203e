"""What can be wrong with a segment, in words, Italian and English."""

from collections.abc import Sequence
from typing import Any, Final, Literal

import msgspec

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "condition_invalid": ("{en}", "{it}"),
    "unreadable": (
        "This does not define a segment: {detail}.",
        "Questo non definisce un segmento: {detail}.",
    ),
    "segment_unknown": ("The segment chosen does not exist.", "Il segmento scelto non esiste."),
    "segment_disabled": (
        "The segment “{name}” is disabled: it has no members.",
        "Il segmento «{name}» è disattivato: non ha membri.",
    ),
    "circle": (
        "The segments refer to each other in a circle: {names}.",
        "I segmenti si richiamano in cerchio: {names}.",
    ),
    "group_unknown": ("The group chosen does not exist.", "Il gruppo scelto non esiste."),
    "list_unknown": ("The list chosen does not exist.", "La lista scelta non esiste."),
    "looks_back_on_segments": (
        "A segment cannot look back on {name}: ask whether the contact is in the segment.",
        "Un segmento non può guardare a {name}: chiedere se il contatto è nel segmento.",
    ),
    "reads_an_event": (
        "A segment has no event at hand: ask what the contact did.",
        "Un segmento non ha un evento in corso: chiedere che cosa ha fatto il contatto.",
    ),
    "reads_a_run": (
        "A segment has no journey at hand: nothing is captured here.",
        "Un segmento non ha un percorso in corso: qui non è catturato alcun valore.",
    ),
    "too_many_links": (
        "A combination has at most {maximum} segments.",
        "Una combinazione ha al massimo {maximum} segmenti.",
    ),
}
"""The sentence of each code, English and Italian."""


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong with a segment. `at` is its place in the definition; `values` fill the sentence."""

    code: str
    at: str
    values: dict[str, Any] = {}
    severity: Literal["error", "warning"] = "error"

    @property
    def message(self) -> str:
        """The sentence in English."""
        return self.say("en")

    def say(self, language: Literal["en", "it"]) -> str:
        """Return the sentence in a language."""
        return SENTENCES[self.code][language == "it"].format_map(self.values)


class SegmentError(Exception):
    """Root of the errors of `percorso.segments`; the tree is drawn in `percorso.segments.errors`."""

    code = "segment_error"


class DefinitionError(SegmentError):
    """The definition cannot be kept up to date; `faults` names everything that is wrong with it, at once."""

    code = "segment_invalid"

    def __init__(self, faults: Sequence[Fault]) -> None:
        said = " ".join(fault.message for fault in faults)
        super().__init__(f"The segment cannot be saved: {said}")
        self.faults = tuple(faults)
