"""Errors of conditions.

ConditionError        a tree cannot be compiled; `faults` says everything that is wrong with it
└── UnreadableTreeError   the JSON is no tree at all
"""

from percorso.conditions.faults import Fault


class ConditionError(Exception):
    """The tree has faults; the message is their sentences, one a line."""

    code = "condition_error"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(fault.message for fault in faults))


class UnreadableTreeError(ConditionError):
    """The JSON could not be read as a condition tree."""

    code = "unreadable_tree"
