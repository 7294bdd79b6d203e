"""One table: which error of the domain is which HTTP answer; and problem details (RFC 9457) of any error."""

from typing import Any, Final

import msgspec

from percorso.consent.errors import ErasedContactError, UnknownLeafError
from percorso.contacts.events.errors import (
    EventNameError,
    KnownEventError,
    SchemaError,
    UnknownEventTypeError,
)
from percorso.contacts.fields.errors import (
    FieldFaultError,
    FieldPathError,
    FieldTakenError,
    StandardFieldError,
    UnknownFieldError,
)
from percorso.content.coupons.errors import CodeRangeError, PoolNameError, UnknownPoolError
from percorso.content.errors import TemplateFaultError, UnknownTemplateError
from percorso.db.errors import NarrowedError
from percorso.imports.errors import (
    ExportRefusedError,
    FileRefusedError,
    ImportStateError,
    SettingsError,
    UnknownImportError,
    say_setting,
)
from percorso.intake.errors import TakenError
from percorso.journeys.calls.signing import SealBrokenError
from percorso.journeys.errors import (
    ChangedMeanwhileError,
    GraphError,
    NotHandedInError,
    NothingToPublishError,
    NotProposedError,
    OwnProposalError,
    PeopleInsideError,
    RunEndedError,
    StillAnnouncedError,
    StillAskingError,
    UnknownJourneyError,
    UnknownListError,
    UnknownReferenceError,
    UnknownRunError,
    UnknownStepError,
    UnknownVersionError,
    UnreadableGraphError,
    UnreadablePreviewError,
    ValuesError,
    WrongStateError,
)
from percorso.journeys.simulation.reading import ScenarioError
from percorso.journeys.trying import FailedTestsError
from percorso.privacy.errors import ChangingError
from percorso.reports.errors import CursorError, NotFoundError
from percorso.segments.errors import (
    DefinitionError,
    SegmentChangedError,
    SegmentInUseError,
    SegmentNameError,
    TooSlowError,
    UnknownSegmentError,
)
from percorso.segments.groups.errors import GroupNameError, UnknownGroupError
from percorso.workspaces.errors import (
    AlreadySetUpError,
    EmailTakenError,
    ListFaultError,
    ListNameError,
    MemberRefusedError,
    MissingListError,
    NarrowingError,
    ThrottledError,
    UnknownKeyError,
    UnknownMemberError,
    UnknownSessionError,
    UnknownUserError,
    UnknownWorkspaceError,
    WeakPasswordError,
    WrongPasswordError,
)
from percorso.workspaces.model import Language

STATUSES: Final[dict[type[Exception], int]] = {
    AlreadySetUpError: 409,
    ChangedMeanwhileError: 409,
    ChangingError: 409,
    CodeRangeError: 422,
    CursorError: 400,
    DefinitionError: 422,
    EmailTakenError: 409,
    ErasedContactError: 404,
    ExportRefusedError: 422,
    FileRefusedError: 422,
    EventNameError: 422,
    FieldFaultError: 422,
    FieldPathError: 422,
    FieldTakenError: 409,
    FailedTestsError: 422,
    GraphError: 422,
    GroupNameError: 409,
    KnownEventError: 409,
    SchemaError: 422,
    UnknownEventTypeError: 404,
    ImportStateError: 409,
    ListFaultError: 422,
    ListNameError: 409,
    MemberRefusedError: 403,
    MissingListError: 404,
    NarrowedError: 403,
    NarrowingError: 422,
    NotFoundError: 404,
    NotHandedInError: 409,
    NotProposedError: 409,
    OwnProposalError: 409,
    NothingToPublishError: 409,
    PeopleInsideError: 409,
    PoolNameError: 422,
    RunEndedError: 409,
    UnreadablePreviewError: 422,
    SegmentChangedError: 409,
    SegmentInUseError: 409,
    ScenarioError: 422,
    SealBrokenError: 409,
    SegmentNameError: 409,
    SettingsError: 422,
    StandardFieldError: 409,
    StillAnnouncedError: 409,
    StillAskingError: 409,
    TakenError: 409,
    TemplateFaultError: 422,
    ThrottledError: 429,
    UnknownImportError: 404,
    UnknownFieldError: 404,
    UnknownGroupError: 404,
    UnknownJourneyError: 404,
    UnknownKeyError: 404,
    UnknownLeafError: 404,
    UnknownMemberError: 404,
    UnknownListError: 422,
    UnknownPoolError: 404,
    UnknownReferenceError: 422,
    UnknownRunError: 404,
    TooSlowError: 422,
    UnknownSegmentError: 404,
    UnknownSessionError: 404,
    UnknownStepError: 422,
    UnknownTemplateError: 404,
    UnknownUserError: 404,
    UnknownVersionError: 404,
    UnknownWorkspaceError: 404,
    UnreadableGraphError: 422,
    ValuesError: 422,
    WeakPasswordError: 422,
    WrongPasswordError: 401,
    WrongStateError: 409,
}
"""HTTP status by error; subclasses are answered like the nearest base that stands here."""


class FieldProblem(msgspec.Struct, frozen=True):
    """A field at fault: where it is in the request, and a sentence."""

    path: str
    sentence: str


class Problem(msgspec.Struct, frozen=True):
    """Problem details (RFC 9457). `code` is stable; `detail` is a sentence for people."""

    status: int
    code: str
    title: str
    detail: str
    type: str = "about:blank"
    fields: tuple[FieldProblem, ...] = ()


class RequestError(Exception):
    """A request that HTTP itself, not the domain, refuses; carries its own answer."""

    def __init__(
        self,
        status: int,
        code: str,
        sentence: str,
        *,
        fields: tuple[FieldProblem, ...] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.sentence = sentence
        self.fields = fields
        self.headers = headers or {}
        super().__init__(sentence)


def find_status(error: Exception) -> int | None:
    """Return the status of an error of the domain, None for one that the table does not know."""
    for kind in type(error).__mro__:
        if kind in STATUSES:
            return STATUSES[kind]
    return None


def list_fields(error: Exception, language: Language = "en") -> tuple[FieldProblem, ...]:
    """Return the fields at fault that an error of the domain names: a graph's faults, a template's part."""
    if isinstance(error, GraphError | UnreadableGraphError):
        return tuple(
            FieldProblem(f"graph.{fault.at}".rstrip("."), fault.say(language)) for fault in error.faults
        )
    if isinstance(error, ScenarioError):
        # What is wrong with tests that a journey carries stands there, not in a story that was asked for.
        return tuple(
            FieldProblem(
                fault.at if fault.at.startswith("tests") else f"scenario.{fault.at}".rstrip("."),
                fault.say(language),
            )
            for fault in error.faults
        )
    if isinstance(error, FailedTestsError):
        return tuple(
            FieldProblem(f"tests[{position}]", f"{trial.name}: {mismatch.say(language)}")
            for position, trial in enumerate(error.trials)
            for mismatch in trial.mismatches
        )
    if isinstance(error, DefinitionError):
        return tuple(
            FieldProblem(f"definition.{fault.at}".rstrip("."), fault.say(language)) for fault in error.faults
        )
    if isinstance(error, TemplateFaultError):
        return (FieldProblem(error.part, str(error)),)
    if isinstance(error, ListFaultError):
        return tuple(FieldProblem(part, sentence) for part, sentence in error.faults)
    if isinstance(error, SettingsError) and error.column is not None:
        return (FieldProblem(f"targets.{error.column}", say_setting(error, language)),)
    return ()


def to_headers(error: Exception) -> dict[str, str]:
    """Return the headers that go with an error: when to come back, how to sign in."""
    headers: dict[str, str] = dict(getattr(error, "headers", None) or {})
    retry_after: Any = getattr(error, "retry_after", None)
    if isinstance(retry_after, int):
        headers["retry-after"] = str(retry_after)
    return headers
