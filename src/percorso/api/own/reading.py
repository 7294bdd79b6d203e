"""What can be read: journeys, contacts, runs, the mailbox, rejected calls."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath, FromQuery, QueryParameter

from percorso.api.language import TheLanguage, say_rejection
from percorso.api.own.caller import TheCaller, TheDatabase
from percorso.api.own.routes import get
from percorso.consent.records import Channel
from percorso.db import Database
from percorso.reports import contacts, journeys, mailbox, timeline
from percorso.reports.model import (
    ContactCount,
    ContactDetail,
    ContactPage,
    JourneyDetail,
    JourneyPage,
    JourneyState,
    MailDetail,
    MailPage,
    PeoplePage,
    RejectedCall,
    RejectedPage,
    RunTrace,
    StepCountsPage,
    TimelinePage,
)
from percorso.reports.store import await_applied
from percorso.workspaces.model import Language

AS_OF_HEADER = "percorso-as-of"
"""Says as of when a list is that could not wait for all that was stored before it was asked for."""

Cursor = Annotated[
    str | None, QueryParameter(name="cursor", max_length=2000, description="From `nextCursor`.")
]
Search = Annotated[str | None, QueryParameter(name="q", max_length=200, description="Text to look for.")]
AsOf = Annotated[datetime | None, QueryParameter(name="asOf", description="As of this moment (RFC 3339).")]
StepId = Annotated[str | None, QueryParameter(name="step", max_length=200, description="Only at this step.")]
InState = Annotated[JourneyState | None, QueryParameter(name="state", description="Only in this state.")]
Shown = Annotated[
    list[str] | None,
    QueryParameter(name="field", max_items=20, description="A path whose values to show; may be repeated."),
]
Tag = Annotated[str | None, QueryParameter(name="tag", max_length=200, description="Only with this tag.")]


@get("/journeys")
async def list_journeys(
    database: TheDatabase,
    caller: TheCaller,
    q: Search = None,
    journey_state: InState = None,
    tag: Tag = None,
    cursor: Cursor = None,
) -> JourneyPage:
    """Journeys by name; archived ones only with `state=archived`."""
    async with database.request_transaction(caller.workspace_id) as connection:
        return await journeys.list_journeys(
            connection, caller.workspace_id, q=q, state=journey_state, tag=tag, cursor=cursor
        )


@get("/journeys/{id:uuid}")
async def get_journey(id: FromPath[UUID], database: TheDatabase, caller: TheCaller) -> JourneyDetail:
    """One journey with the graph of its newest version."""
    async with database.request_transaction(caller.workspace_id) as connection:
        return await journeys.get_journey(connection, caller.workspace_id, id)


@get("/journeys/{id:uuid}/counts")
async def count_journey(id: FromPath[UUID], database: TheDatabase, caller: TheCaller) -> StepCountsPage:
    """What happened at each step, and how many are there."""
    async with database.request_snapshot(caller.workspace_id) as connection:
        return await journeys.count_journey(connection, caller.workspace_id, id)


@get("/journeys/{id:uuid}/people")
async def list_people(
    id: FromPath[UUID], database: TheDatabase, caller: TheCaller, step: StepId = None, cursor: Cursor = None
) -> Response[PeoplePage]:
    """Who is inside, at one step or anywhere."""
    headers = await _await_applied(database)
    async with database.request_transaction(caller.workspace_id) as connection:
        page = await journeys.list_people(connection, caller.workspace_id, id, step=step, cursor=cursor)
    return Response(page, headers=headers)


@get("/contacts")
async def list_contacts(
    database: TheDatabase,
    caller: TheCaller,
    q: Search = None,
    anonymous: FromQuery[bool] = False,
    field: Shown = None,
    cursor: Cursor = None,
) -> Response[ContactPage]:
    """Contacts, the newest first, with the fields asked for; anonymous ones with `anonymous=true`."""
    headers = await _await_applied(database)
    async with database.request_transaction(caller.workspace_id) as connection:
        page = await contacts.list_contacts(
            connection, caller.workspace_id, q=q, anonymous=anonymous, fields=field or (), cursor=cursor
        )
    return Response(page, headers=headers)


@get("/contacts/count")
async def count_contacts(database: TheDatabase, caller: TheCaller) -> ContactCount:
    """How many contacts the list has, all pages together. Reads them all: ask when somebody looks, not each second."""
    async with database.request_transaction(caller.workspace_id) as connection:
        return await contacts.count_contacts(connection, caller.workspace_id)


@get("/contacts/{id:uuid}")
async def get_contact(
    id: FromPath[UUID], database: TheDatabase, caller: TheCaller, as_of: AsOf = None
) -> ContactDetail:
    """One contact; a merged one is answered as the contact that it became.

    With `asOf`: its profile at that moment, without statuses and runs.
    """
    async with database.request_snapshot(caller.workspace_id) as connection:
        if as_of is not None:
            return await contacts.get_contact_as_of(connection, caller.workspace_id, id, as_aware(as_of))
        return await contacts.get_contact(connection, caller.workspace_id, id)


@get("/contacts/{id:uuid}/timeline")
async def list_timeline(
    id: FromPath[UUID],
    database: TheDatabase,
    caller: TheCaller,
    as_of: AsOf = None,
    cursor: Cursor = None,
) -> TimelinePage:
    """What happened to one contact and what was judged, the newest first; with `asOf`: what was received by then."""
    until = None if as_of is None else as_aware(as_of)
    async with database.request_snapshot(caller.workspace_id) as connection:
        return await timeline.list_timeline(connection, caller.workspace_id, id, as_of=until, cursor=cursor)


@get("/runs/{id:uuid}/trace")
async def get_trace(id: FromPath[UUID], database: TheDatabase, caller: TheCaller) -> RunTrace:
    """One run, and why it went the way it went."""
    async with database.request_snapshot(caller.workspace_id) as connection:
        return await timeline.get_trace(connection, caller.workspace_id, id)


@get("/mailbox")
async def list_mail(
    database: TheDatabase,
    caller: TheCaller,
    channel: FromQuery[Channel | None] = None,
    q: Search = None,
    cursor: Cursor = None,
) -> MailPage:
    """The embedded mailbox, the newest first."""
    async with database.request_transaction(caller.workspace_id) as connection:
        return await mailbox.list_mail(connection, caller.workspace_id, channel=channel, q=q, cursor=cursor)


@get("/mailbox/{id:uuid}")
async def get_mail(id: FromPath[UUID], database: TheDatabase, caller: TheCaller) -> MailDetail:
    """One message as it arrived."""
    async with database.request_transaction(caller.workspace_id) as connection:
        return await mailbox.get_mail(connection, caller.workspace_id, id)


@get("/rejected")
async def list_rejected(
    database: TheDatabase, caller: TheCaller, language: TheLanguage, cursor: Cursor = None
) -> RejectedPage:
    """Calls that could not be taken in, and why, the newest first."""
    async with database.request_transaction(caller.workspace_id) as connection:
        page = await mailbox.list_rejected(connection, caller.workspace_id, cursor=cursor)
    return msgspec.structs.replace(page, items=[_say(item, language) for item in page.items])


@get("/rejected/{id:uuid}")
async def get_rejected(
    id: FromPath[UUID], database: TheDatabase, caller: TheCaller, language: TheLanguage
) -> RejectedCall:
    """One call that could not be taken in, and why."""
    async with database.request_transaction(caller.workspace_id) as connection:
        return _say(await mailbox.get_rejected(connection, caller.workspace_id, id), language)


def _say(call: RejectedCall, language: Language) -> RejectedCall:
    return msgspec.structs.replace(call, reason=say_rejection(call.code, call.reason, language))


def as_aware(moment: datetime) -> datetime:
    """Return the moment; one without an offset is UTC."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


async def _await_applied(database: Database) -> dict[str, str]:
    """Wait for the worker; return the header that says as of when the list is, where it did not come in time."""
    as_of = await await_applied(database)
    return {} if as_of is None else {AS_OF_HEADER: as_of.isoformat()}


HANDLERS = [
    list_journeys,
    get_journey,
    count_journey,
    list_people,
    list_contacts,
    count_contacts,
    get_contact,
    list_timeline,
    get_trace,
    list_mail,
    get_mail,
    list_rejected,
    get_rejected,
]
