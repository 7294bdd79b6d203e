"""Errors of segments.

SegmentError
├── UnknownSegmentError         no such segment in this workspace
├── DefinitionError             the definition cannot be used; `faults` says all that is wrong with it
├── SegmentNameError              another segment of the workspace has this name
├── SegmentInUseError           other segments refer to it; `names` says which
├── SegmentChangedError         somebody else saved the segment since it was read
└── TooSlowError                counting took longer than it may
"""

from collections.abc import Sequence
from uuid import UUID

from percorso.segments.faults import DefinitionError, SegmentError

__all__ = [
    "DefinitionError",
    "SegmentChangedError",
    "SegmentError",
    "SegmentInUseError",
    "SegmentNameError",
    "TooSlowError",
    "UnknownSegmentError",
]


class UnknownSegmentError(SegmentError):
    """No such segment, or one of another workspace."""

    code = "unknown_segment"

    def __init__(self, segment: UUID | str) -> None:
        super().__init__(f"There is no segment {segment}.")
        self.segment = segment


class SegmentNameError(SegmentError):
    """Another segment of the workspace has this name, whatever its case."""

    code = "segment_name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a segment called “{name}” already.")
        self.name = name


class SegmentInUseError(SegmentError):
    """Other segments refer to this one: it can neither be disabled nor deleted."""

    code = "segment_in_use"

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"Other segments refer to it: {', '.join(names)}.")
        self.names = tuple(names)


class SegmentChangedError(SegmentError):
    """Somebody else saved the segment since it was read."""

    code = "changed_meanwhile"

    def __init__(self) -> None:
        super().__init__("Somebody else changed the segment meanwhile. Read it again, then change it.")


class TooSlowError(SegmentError):
    """Counting took longer than a preview may."""

    code = "too_slow"

    def __init__(self) -> None:
        super().__init__(
            "Counting takes too long: narrow the conditions, or save the segment and let it fill."
        )
