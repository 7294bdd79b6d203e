"""What is decided about those inside a journey: by publishing, by resuming, by hand."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath, JSONBody
from msgspec import Meta, field, structs

from percorso.api.own.approving import person_of
from percorso.api.own.caller import Caller, TheCaller, TheDatabase, present
from percorso.api.own.idempotency import answer_once
from percorso.api.own.routes import get, post
from percorso.db import Connection
from percorso.journeys import actions as journeys
from percorso.journeys.approving import publish_or_propose
from percorso.journeys.ceilings import find_question
from percorso.journeys.people import actions as people
from percorso.journeys.people.inside import InsidePlan
from percorso.journeys.people.since import read_basis, write_basis
from percorso.journeys.people.standing import Place
from percorso.reports.journeys import get_journey
from percorso.reports.model import JourneyDetail, Shape
from percorso.workspaces.audit import Action, record_audit

AnyRequest = Request[Any, Any, Any]
StepId = Annotated[str, Meta(min_length=1, max_length=200)]
Number = Annotated[int, Meta(ge=1, le=1_000_000_000)]
Outcome = Literal["positive", "negative", "neutral"]


class Publishing(Shape, frozen=True, forbid_unknown_fields=True):
    """What becomes of those inside when a version is published, and which graph is.

    `inside`: finish (they go on along the version that they entered), move (they stand in the new one, at the step of
    the same id or at the one that `steps` says for theirs; who stands where neither is finishes on the old), exit (they
    end, neutral). `waits` of those at the same step: their date is kept, or reckoned anew from when they reached it.
    `copyTemplates`: of each template that another journey sends a copy is made, which the version sends; without it
    such a graph is refused. `again`: publish the graph of this version once more, instead of the draft. `basedOn`: the preview that was looked
    at; where another graph would be published than that one's, nothing is.
    """

    inside: Literal["finish", "move", "exit"] = "finish"
    steps: Annotated[dict[StepId, StepId], Meta(max_length=1000)] = field(default_factory=dict[str, str])
    waits: Literal["keep", "recompute"] = "keep"
    again: Number | None = None
    based_on: Annotated[str, Meta(max_length=1_000_000)] | None = None
    copy_templates: bool = False

    def plan(self) -> InsidePlan:
        """Return what becomes of those inside."""
        return InsidePlan(self.inside, self.steps, self.waits)


class Resuming(Shape, frozen=True, forbid_unknown_fields=True):
    """What becomes of those whose message could not leave: it leaves now, they go on without, or they leave the journey."""

    late: Literal["send", "skip", "remove"] = "send"


class ForeseenShape(Shape, frozen=True):
    """How many stand at a step of a version, and what would become of them.

    stay: they finish on their version. keep: they stand at the same step, with the date that they have. anew: their
    wait is reckoned anew, and `dueNow` of them go on at once (null: it is for each of them to be seen). arrive: they
    come to the step `to`. exit: they end.
    """

    version: int
    step: str
    people: int
    fate: Literal["stay", "keep", "anew", "arrive", "exit"]
    to: str | None
    due_now: int | None


class PublishingPreview(Shape, frozen=True):
    """What publishing would make of those inside, as they stood at `at`; `version` is what would be published.

    `preview` names it: publishing with it in `basedOn` says what has changed since.
    """

    version: int
    at: datetime
    people: list[ForeseenShape]
    preview: str


class ChangedSinceShape(Shape, frozen=True):
    """How many stood at a step of a version when the preview was made, and how many do now."""

    version: int
    step: str
    before: int
    now: int


class PublishedJourney(JourneyDetail, frozen=True):
    """The journey as published. `changedSince`: where another number stood than in the preview; null: none was named."""

    changed_since: list[ChangedSinceShape] | None


class LateStep(Shape, frozen=True):
    """A step, and how many wait there for a message that could have left by now."""

    step: str
    people: int


class LatePeople(Shape, frozen=True):
    """Whom resuming asks about."""

    at: datetime
    people: int
    steps: list[LateStep]


class Moving(Shape, frozen=True, forbid_unknown_fields=True):
    """The step of the newest version from which a contact goes on."""

    to: StepId


class Removing(Shape, frozen=True, forbid_unknown_fields=True):
    """How the journey ended for a contact."""

    outcome: Outcome = "neutral"


class MovingAll(Shape, frozen=True, forbid_unknown_fields=True):
    """The step where the contacts stand, and the one of the newest version from which they go on."""

    step: StepId
    to: StepId


class RemovingAll(Shape, frozen=True, forbid_unknown_fields=True):
    """The step where the contacts stand, and how the journey ended for them."""

    step: StepId
    outcome: Outcome = "neutral"


class AskedOfPeople(Shape, frozen=True):
    """It is being carried out; the run tells when it is done."""

    journey_id: UUID


@post("/journeys/{id:uuid}/publish", status_code=200)
async def publish_journey(
    id: FromPath[UUID],
    request: AnyRequest,
    database: TheDatabase,
    caller: TheCaller,
    data: JSONBody[Publishing | None] = None,
) -> Response[PublishedJourney]:
    """Make the draft an immutable version, or an earlier version the newest again; answers 422 with every fault.

    Where the workspace needs a second person it is proposed only, and the answer's `proposal` says so.

    What becomes of those inside is said in the body; without one they finish on the version that they entered.
    """
    asked = data or Publishing()

    async def make(_id: UUID) -> PublishedJourney:
        async with database.request_transaction(caller.workspace_id) as connection:
            changed = await _compare(connection, caller, id, asked)
            number = await publish_or_propose(
                connection,
                caller.workspace_id,
                id,
                plan=asked.plan(),
                again=asked.again,
                copies=asked.copy_templates,
                by=person_of(caller),
            )
            if number is not None and (asked.inside != "finish" or asked.again is not None):
                detail = {"version": number, "inside": asked.inside, "again": asked.again}
                await _audit(connection, caller, "journey.published", id, detail)
            published = await get_journey(connection, caller.workspace_id, id)
            return PublishedJourney(**structs.asdict(published), changed_since=changed)

    return await answer_once(request, database, caller, make, status=200)


async def _compare(
    connection: Connection, caller: Caller, id: UUID, asked: Publishing
) -> list[ChangedSinceShape] | None:
    if asked.based_on is None:
        return None
    basis = read_basis(asked.based_on)
    changed = await people.list_changed_since(connection, caller.workspace_id, id, basis, again=asked.again)
    return [ChangedSinceShape(**structs.asdict(one)) for one in changed]


@post("/journeys/{id:uuid}/publish/preview", status_code=200)
async def preview_publishing(
    id: FromPath[UUID],
    database: TheDatabase,
    caller: TheCaller,
    data: JSONBody[Publishing | None] = None,
) -> PublishingPreview:
    """Say how many are where, and what publishing would make of them; nothing is changed."""
    asked = data or Publishing()
    async with database.request_snapshot(caller.workspace_id) as connection:
        preview = await people.preview_publishing(
            connection, caller.workspace_id, id, asked.plan(), again=asked.again
        )
    return PublishingPreview(
        version=preview.number,
        at=preview.at,
        preview=write_basis(preview.basis),
        people=[
            ForeseenShape(
                version=one.version,
                step=one.step,
                people=one.people,
                fate=one.fate,
                to=one.to,
                due_now=None if one.depends else preview.overs.get(Place(one.version, one.step), 0),
            )
            for one in preview.people
        ],
    )


@get("/journeys/{id:uuid}/late")
async def count_late(id: FromPath[UUID], database: TheDatabase, caller: TheCaller) -> LatePeople:
    """Whom resuming asks about: who waits for a message that could have left by now, by step."""
    async with database.request_snapshot(caller.workspace_id) as connection:
        late = await people.count_late_people(connection, caller.workspace_id, id)
    steps = [LateStep(step=step, people=count) for step, count in late.steps.items()]
    return LatePeople(at=late.at, people=sum(late.steps.values()), steps=steps)


@post("/journeys/{id:uuid}/resume", status_code=200)
async def resume_journey(
    id: FromPath[UUID],
    request: AnyRequest,
    database: TheDatabase,
    caller: TheCaller,
    data: JSONBody[Resuming | None] = None,
) -> Response[JourneyDetail]:
    """Let contacts enter and messages leave again.

    Where those who are late go on without their message, or leave, the journey stays paused until they were told.
    One that paused itself because it reached its ceiling may send as many again before it asks anew.
    """
    asked = data or Resuming()

    async def make(_id: UUID) -> JourneyDetail:
        async with database.request_transaction(caller.workspace_id) as connection:
            question = await find_question(connection, id)
            await journeys.resume_journey(
                connection, caller.workspace_id, id, late=asked.late, by=caller.name
            )
            if asked.late != "send" or question is not None:
                detail = {"late": asked.late} | ({} if question is None else {"answered": question.code})
                await _audit(connection, caller, "journey.resumed", id, detail)
            return await get_journey(connection, caller.workspace_id, id)

    return await answer_once(request, database, caller, make, status=200)


@post("/runs/{id:uuid}/move", status_code=202)
async def move_run(
    id: FromPath[UUID], request: AnyRequest, data: JSONBody[Moving], database: TheDatabase, caller: TheCaller
) -> Response[AskedOfPeople]:
    """Let a contact go on from another step; one who has moved on meanwhile is left alone."""

    async def make(_id: UUID) -> AskedOfPeople:
        async with database.request_transaction(caller.workspace_id) as connection:
            run = await people.move_run(connection, caller.workspace_id, id, data.to, by=caller.name)
            detail = {"run": str(id), "journey": str(run.journey_id), "step": run.step, "to": data.to}
            await _audit(connection, caller, "run.moved", run.contact_id, detail)
            return AskedOfPeople(journey_id=run.journey_id)

    return await answer_once(request, database, caller, make, status=202)


@post("/runs/{id:uuid}/remove", status_code=202)
async def remove_run(
    id: FromPath[UUID],
    request: AnyRequest,
    database: TheDatabase,
    caller: TheCaller,
    data: JSONBody[Removing | None] = None,
) -> Response[AskedOfPeople]:
    """Let a contact leave the journey; a message that has not left does not leave."""
    asked = data or Removing()

    async def make(_id: UUID) -> AskedOfPeople:
        async with database.request_transaction(caller.workspace_id) as connection:
            run = await people.remove_run(
                connection, caller.workspace_id, id, outcome=asked.outcome, by=caller.name
            )
            detail = {"run": str(id), "journey": str(run.journey_id), "step": run.step}
            await _audit(connection, caller, "run.removed", run.contact_id, detail)
            return AskedOfPeople(journey_id=run.journey_id)

    return await answer_once(request, database, caller, make, status=202)


@post("/journeys/{id:uuid}/people/move", status_code=202)
async def move_people(
    id: FromPath[UUID],
    request: AnyRequest,
    data: JSONBody[MovingAll],
    database: TheDatabase,
    caller: TheCaller,
) -> Response[AskedOfPeople]:
    """Let all who stand at a step go on from another; who has moved on before its turn is left alone."""

    async def make(_id: UUID) -> AskedOfPeople:
        async with database.request_transaction(caller.workspace_id) as connection:
            await people.move_people(
                connection, caller.workspace_id, id, data.step, to=data.to, by=caller.name
            )
            await _audit(connection, caller, "journey.people_moved", id, {"step": data.step, "to": data.to})
            return AskedOfPeople(journey_id=id)

    return await answer_once(request, database, caller, make, status=202)


@post("/journeys/{id:uuid}/people/remove", status_code=202)
async def remove_people(
    id: FromPath[UUID],
    request: AnyRequest,
    data: JSONBody[RemovingAll],
    database: TheDatabase,
    caller: TheCaller,
) -> Response[AskedOfPeople]:
    """Let all who stand at a step leave the journey."""

    async def make(_id: UUID) -> AskedOfPeople:
        async with database.request_transaction(caller.workspace_id) as connection:
            await people.remove_people(
                connection, caller.workspace_id, id, data.step, outcome=data.outcome, by=caller.name
            )
            detail = {"step": data.step, "outcome": data.outcome}
            await _audit(connection, caller, "journey.people_removed", id, detail)
            return AskedOfPeople(journey_id=id)

    return await answer_once(request, database, caller, make, status=202)


async def _audit(
    connection: Connection, caller: Caller, action: Action, subject: UUID, detail: dict[str, Any]
) -> None:
    await record_audit(
        connection,
        caller.workspace_id,
        caller=caller.name,
        action=action,
        subject=str(subject),
        detail=detail,
        at=present(),
    )


HANDLERS = [
    publish_journey,
    preview_publishing,
    count_late,
    resume_journey,
    move_run,
    remove_run,
    move_people,
    remove_people,
]
