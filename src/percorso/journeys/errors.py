"""Errors of journeys.

JourneyError
├── UnknownJourneyError     no such journey in this workspace
├── UnknownListError        no such list in this workspace
├── UnreadableGraphError    what was given is no graph
├── GraphError              the graph cannot be published; `faults` says all that is wrong with it
├── NothingToPublishError   the journey has no draft
├── WrongStateError         the journey's state does not allow this; `state` is the one it is in
├── ChangedMeanwhileError   somebody else saved the journey since it was read
├── UnknownVersionError     the journey has no version of this number
├── UnknownStepError        the journey has no step of this id
├── UnknownRunError         no such run in this workspace
├── RunEndedError           the run has ended
├── UnreadablePreviewError  what should say which preview is meant says none
├── StillAskingError        what was asked of those inside before is still being carried out
├── StillAnnouncedError     not everybody has heard yet what was last decided about the journey
├── NotProposedError        nobody asked to publish the journey
├── OwnProposalError        who asked to publish it cannot approve that
├── FailedTestsError        tests that the journey carries fail; `trials` are those
├── PeopleInsideError       runs are inside; `count` says how many
├── NotHandedInError        no start of the journey lets in who is handed in that way
├── ValuesError             the values that come with a contact cannot be kept
├── ScenarioError           what is to be simulated is no story; `faults` says all that is wrong with it
└── UnknownReferenceError   a file names a template or pool that does not exist
"""

from collections.abc import Sequence
from uuid import UUID

from percorso.journeys.faults import Fault, GraphError, JourneyError

__all__ = [
    "ChangedMeanwhileError",
    "GraphError",
    "JourneyError",
    "NotHandedInError",
    "NotProposedError",
    "NothingToPublishError",
    "OwnProposalError",
    "PeopleInsideError",
    "RunEndedError",
    "StillAnnouncedError",
    "StillAskingError",
    "UnknownJourneyError",
    "UnknownListError",
    "UnknownReferenceError",
    "UnknownRunError",
    "UnknownStepError",
    "UnknownVersionError",
    "UnreadableGraphError",
    "UnreadablePreviewError",
    "ValuesError",
    "WrongStateError",
]


class UnknownJourneyError(JourneyError):
    """No such journey, or one of another workspace."""

    code = "unknown_journey"

    def __init__(self, journey_id: UUID) -> None:
        super().__init__(f"There is no journey {journey_id}.")
        self.journey_id = journey_id


class UnknownVersionError(JourneyError):
    """The journey has no such version; None: it has none at all."""

    code = "unknown_version"

    def __init__(self, number: int | None) -> None:
        super().__init__(
            "The journey has no version yet." if number is None else f"The journey has no version {number}."
        )
        self.number = number


class UnknownStepError(JourneyError):
    """The version has no such step."""

    code = "unknown_step"

    def __init__(self, step: str) -> None:
        super().__init__(f"The journey has no step {step}.")
        self.step = step


class UnknownRunError(JourneyError):
    """No such run, or one of another workspace."""

    code = "unknown_run"

    def __init__(self, run_id: UUID) -> None:
        super().__init__(f"There is no run {run_id}.")
        self.run_id = run_id


class RunEndedError(JourneyError):
    """The run has ended: nobody can be moved or removed any more."""

    code = "run_ended"

    def __init__(self) -> None:
        super().__init__("This contact has left the journey already.")


class UnreadablePreviewError(JourneyError):
    """What should say which preview is meant says none."""

    code = "preview_unreadable"

    def __init__(self) -> None:
        super().__init__("What basedOn says is no preview. Ask for a preview again.")


class StillAskingError(JourneyError):
    """What was asked of those inside before is still being carried out."""

    code = "still_asking"

    def __init__(self) -> None:
        super().__init__("The people inside are still being moved or removed. Try again in a moment.")


class StillAnnouncedError(JourneyError):
    """Not every worker has heard yet what was last decided about the journey: that it is on, or of its new version."""

    code = "still_announced"

    def __init__(self) -> None:
        super().__init__("The journey is still being switched on or published. Try again in a moment.")


class UnknownListError(JourneyError):
    """No such list, or one of another workspace."""

    code = "unknown_list"

    def __init__(self, list_id: UUID) -> None:
        super().__init__(f"There is no list {list_id}.")
        self.list_id = list_id


class UnreadableGraphError(JourneyError):
    """What was given cannot be read as a graph; `faults` are what is wrong with which part, if that can be said."""

    code = "unreadable_graph"

    def __init__(self, detail: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(f"This is not the graph of a journey: {detail}.")
        self.detail = detail
        self.faults = tuple(faults)

    @classmethod
    def of(cls, faults: Sequence[Fault]) -> "UnreadableGraphError":
        """Return the error that names these faults, each with its place."""
        said = " ".join(f"{fault.at}: {fault.message}" if fault.at else fault.message for fault in faults)
        return cls(said.removesuffix("."), faults)


class NothingToPublishError(JourneyError):
    """Nothing was edited since the last version."""

    code = "nothing_to_publish"

    def __init__(self) -> None:
        super().__init__("There is nothing to publish: the journey was not edited since its last version.")


class WrongStateError(JourneyError):
    """The journey's state does not allow this."""

    code = "wrong_state"

    def __init__(self, verb: str, state: str) -> None:
        super().__init__(f"A journey that is {state} cannot be {verb}.")
        self.verb = verb
        self.state = state


class NotHandedInError(JourneyError):
    """No start of the journey's newest version lets in who is handed in from there."""

    code = "not_handed_in"

    def __init__(self, source: str) -> None:
        by = {"api": "the API", "hand": "hand", "plan": "a plan"}[source]
        super().__init__(f"The journey has no start that lets contacts in by {by}.")
        self.source = source


class ValuesError(JourneyError):
    """The values that come with a contact cannot be kept; `place` is the contact's among those handed in, from 0."""

    code = "values_refused"

    def __init__(self, place: int, reason: str) -> None:
        super().__init__(f"The values of contact {place + 1} cannot be kept: {reason}.")
        self.place = place


class NotProposedError(JourneyError):
    """Nobody asked to publish the journey, or it was published since."""

    code = "not_proposed"

    def __init__(self) -> None:
        super().__init__("Nobody asks to publish this journey.")


class OwnProposalError(JourneyError):
    """Who asked to publish the journey would approve it."""

    code = "own_proposal"

    def __init__(self) -> None:
        super().__init__("You asked to publish this journey: somebody else approves it.")


class ChangedMeanwhileError(JourneyError):
    """Somebody else saved the journey since it was read."""

    code = "changed_meanwhile"

    def __init__(self) -> None:
        super().__init__("Somebody else changed the journey meanwhile. Read it again, then change it.")


class PeopleInsideError(JourneyError):
    """Contacts are inside, or may still enter."""

    code = "people_inside"

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} runs are inside the journey: pause or archive it, and wait until they have ended."
            if count
            else "The journey is still being published or archived. Try again in a moment."
        )
        self.count = count


class UnknownReferenceError(JourneyError):
    """A file names a template or pool that the workspace does not have."""

    code = "unknown_reference"

    def __init__(self, references: Sequence[str]) -> None:
        super().__init__(f"The workspace has no {', '.join(references)}.")
        self.references = tuple(references)
