"""What is wrong with a graph, named so that a builder can point at it and say it in any language."""

import msgspec


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong with a graph.

    `code` is stable, `at` the place in the graph (`steps.mail1.next`), `values` what the sentence names;
    `message` says it in English. A screen says it in the user's language, from code and values.
    """

    code: str
    at: str
    message: str
    values: dict[str, str] = {}


class GraphError(ValueError):
    """The graph cannot become a version; `faults` names everything that is wrong with it, at once."""

    code = "graph_invalid"

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("The journey cannot be published: " + " ".join(fault.message for fault in faults))
        self.faults = faults
