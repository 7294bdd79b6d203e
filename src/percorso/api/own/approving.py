"""Publishing that a second person approves: the workspace's setting, and what is decided about a proposal."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath, JSONBody

from percorso.api.errors import RequestError
from percorso.api.own.caller import Caller, TheCaller, TheDatabase, present
from percorso.api.own.idempotency import answer_once
from percorso.api.own.routes import delete, get, post, put
from percorso.journeys.approving import Person, approve, withdraw
from percorso.reports.journeys import get_journey
from percorso.reports.model import JourneyDetail, Shape
from percorso.workspaces.audit import record_audit
from percorso.workspaces.store import needs_approval, write_needs_approval


class PublishingSettings(Shape, frozen=True, forbid_unknown_fields=True):
    """`needsApproval`: whoever publishes a journey proposes it, and somebody else approves."""

    needs_approval: bool


@get("/publishing-settings")
async def get_publishing_settings(database: TheDatabase, caller: TheCaller) -> PublishingSettings:
    """Whether publishing needs a second person."""
    async with database.request_transaction(caller.workspace_id) as connection:
        return PublishingSettings(needs_approval=await needs_approval(connection, caller.workspace_id))


@put("/publishing-settings")
async def set_publishing_settings(
    data: JSONBody[PublishingSettings], database: TheDatabase, caller: TheCaller
) -> PublishingSettings:
    """Ask for a second person from now on, or no more; what is proposed already still waits."""
    async with database.request_transaction(caller.workspace_id) as connection:
        await write_needs_approval(connection, caller.workspace_id, data.needs_approval)
        detail = {"needsApproval": data.needs_approval}
        await record_audit(
            connection,
            caller.workspace_id,
            caller=caller.name,
            action="approval.changed",
            subject=str(caller.workspace_id),
            detail=detail,
            at=present(),
        )
    return data


@post("/journeys/{id:uuid}/approve", status_code=200)
async def approve_journey(
    id: FromPath[UUID], request: Request[Any, Any, Any], database: TheDatabase, caller: TheCaller
) -> Response[JourneyDetail]:
    """Publish what somebody else proposed, as they did; 409 where the journey was changed since."""
    person = person_of(caller)
    if caller.session is None:
        raise RequestError(409, "person_needed", "A person approves, not a key.")

    async def make(_id: UUID) -> JourneyDetail:
        async with database.request_transaction(caller.workspace_id) as connection:
            await approve(connection, caller.workspace_id, id, by=person)
            return await get_journey(connection, caller.workspace_id, id)

    return await answer_once(request, database, caller, make, status=200)


@delete("/journeys/{id:uuid}/proposal", status_code=204)
async def withdraw_proposal(id: FromPath[UUID], database: TheDatabase, caller: TheCaller) -> None:
    """Let what was proposed be proposed no more: who asked changed their mind, or somebody else says no."""
    async with database.request_transaction(caller.workspace_id) as connection:
        await withdraw(connection, caller.workspace_id, id, by=person_of(caller))


def person_of(caller: Caller) -> Person:
    """Return who asks, as a proposal names them; a key has no name that people know it by."""
    return Person(caller.name, caller.session.user.name if caller.session else "API")


HANDLERS = [get_publishing_settings, set_publishing_settings, approve_journey, withdraw_proposal]
