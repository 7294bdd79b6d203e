"""Receiving domains that do not take our email at present, and letting it go to one again."""

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath

from percorso.api.own.caller import TheCaller, TheDatabase
from percorso.api.own.idempotency import answer_once
from percorso.api.own.routes import get, post
from percorso.deliverability.model import DomainWait
from percorso.deliverability.store import list_waits, release_wait
from percorso.reports.errors import NotFoundError
from percorso.reports.model import Shape

AnyRequest = Request[Any, Any, Any]
_AT_ONCE: Final = 500


class WaitingDomain(Shape, frozen=True):
    """A receiving domain that is left alone until `nextAt`, product time.

    `state`: waiting after 4xx or a fault of the connection, paused after a refusal by policy (5.7.x). `waits`: how many
    in a row since `since`. `reply`: its last answer.
    """

    id: UUID
    domain: str
    provider: str
    state: Literal["waiting", "paused"]
    waits: int
    since: datetime
    next_at: datetime
    reply: str
    replied_at: datetime


class WaitingDomains(Shape, frozen=True):
    """Paused domains first, then those that are tried again next; at most 500."""

    items: list[WaitingDomain]


@get("/receiving-domains")
async def list_receiving_domains(database: TheDatabase, caller: TheCaller) -> WaitingDomains:
    """Receiving domains that did not take email when last tried; the others are not listed."""
    async with database.request_transaction(caller.workspace_id) as connection:
        waits = await list_waits(connection, caller.workspace_id, size=_AT_ONCE)
    return WaitingDomains(items=[_to_shape(wait) for wait in waits])


@post("/receiving-domains/{id:uuid}/release", status_code=200)
async def release_receiving_domain(
    id: FromPath[UUID], request: AnyRequest, database: TheDatabase, caller: TheCaller
) -> Response[WaitingDomain]:
    """Let email go to the domain again, within five minutes; answers with how it waited."""

    async def release(_id: UUID) -> WaitingDomain:
        async with database.request_transaction(caller.workspace_id) as connection:
            wait = await release_wait(connection, caller.workspace_id, id)
        if wait is None:
            raise NotFoundError("receiving domain")
        return _to_shape(wait)

    return await answer_once(request, database, caller, release, status=200)


def _to_shape(wait: DomainWait) -> WaitingDomain:
    return WaitingDomain(
        id=wait.destination.id,
        domain=wait.destination.domain,
        provider=wait.destination.provider,
        state="waiting" if wait.paused_at is None else "paused",
        waits=wait.step,
        since=wait.since,
        next_at=wait.next_at,
        reply=wait.reply,
        replied_at=wait.replied_at,
    )


HANDLERS = [list_receiving_domains, release_receiving_domain]
