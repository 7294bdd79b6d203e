"""What can be wrong with a graph, in words, Italian and English."""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from percorso.journeys.sentences import SENTENCES, WORDS, name_type


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
        position = 0 if language == "en" else 1
        values = dict(self.values)
        if position and "what" in values:
            values["what"] = WORDS[values["what"]]
        if self.code == "value_unfit":
            values = {name: name_type(value, position) for name, value in values.items()}
        return SENTENCES[self.code][position].format_map(values)


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
