"""Contacts made and subscribed by the own API: as calls of intake, so that the log tells of them like of any other."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta

from percorso.api.errors import RequestError
from percorso.api.own.authoring import choose_list
from percorso.api.own.caller import Caller, TheCaller, TheDatabase
from percorso.api.own.idempotency import answer_once
from percorso.api.own.required import check_required
from percorso.api.own.routes import post
from percorso.api.own.uniqueness import make_apart
from percorso.consent.records import Channel
from percorso.contacts.identity.store import read_owners
from percorso.contacts.store import find_entry_node
from percorso.db import Database
from percorso.intake.errors import RejectedError
from percorso.intake.gather import Gatherer
from percorso.intake.model import Call, Source, Taking
from percorso.intake.reading import Frame, read_call
from percorso.kit.ids import bucket_of_value
from percorso.reports.contacts import get_contact
from percorso.reports.model import ContactDetail, Shape
from percorso.workspaces.store import list_lists

TheGatherer = NamedDependency[Gatherer]
"""A handler's parameter that is given intake's way in."""

Text = Annotated[str, Meta(min_length=1, max_length=500)]


class NewSubscription(Shape, frozen=True, forbid_unknown_fields=True):
    """What the contact agreed to, and how it was put; kept as proof.

    On a list that asks for confirmation the contact is pending and is asked, unless `confirmed` says that it was.
    """

    channel: Channel
    source: Text
    wording: Annotated[str, Meta(min_length=1, max_length=5000)]
    list_id: UUID | None = None
    confirmed: bool = False


class NewContact(Shape, frozen=True, forbid_unknown_fields=True):
    """A contact to be made. Names at least one identity.

    `uniqueness`: what happens where somebody has one of them already. merge: that contact is added to. block: 409, and
    the problem names it. allow: the contact is made without it, and the value is a plain attribute.
    """

    email: Text | None = None
    phone: Text | None = None
    user_id: Text | None = None
    external_id: Text | None = None
    uniqueness: Literal["merge", "block", "allow"] = "merge"
    attributes: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])
    subscriptions: Annotated[tuple[NewSubscription, ...], Meta(max_length=20)] = ()


@post("/contacts", status_code=201)
async def make_contact(
    request: Request[Any, Any, Any],
    data: JSONBody[NewContact],
    database: TheDatabase,
    caller: TheCaller,
    gatherer: TheGatherer,
) -> Response[ContactDetail]:
    """Make a contact, or add to the one that has these identities; subscribe them where asked."""

    async def make(id: UUID) -> ContactDetail:
        source = await _find_source(database, caller, gatherer)
        calls = [await _read(source, caller, database, data, id, place) for place in range(_count(data))]
        await check_required(database, calls[0], is_apart=data.uniqueness == "allow")
        if data.uniqueness != "merge":
            calls[0] = await make_apart(database, gatherer, calls[0], is_allowed=data.uniqueness == "allow")
            # They name it by an identity that is its own.
            calls = [msgspec.structs.replace(call, identities=calls[0].identities) for call in calls]
        await gatherer.take_in(Taking(calls, []))
        contact_id = await _find_contact(database, source, calls[0])
        async with database.request_snapshot(caller.workspace_id) as connection:
            return await get_contact(connection, caller.workspace_id, contact_id)

    return await answer_once(request, database, caller, make)


def _count(data: NewContact) -> int:
    return 1 + len(data.subscriptions)


async def _find_source(database: Database, caller: Caller, gatherer: Gatherer) -> Source:
    async with database.connection() as connection:
        node_id = await find_entry_node(connection, caller.workspace_id)
        lists = await list_lists(connection, caller.workspace_id)
    assert node_id is not None
    return Source(
        node=gatherer.node(caller.workspace_id, node_id),
        is_server=True,
        list_ids=tuple(row["id"] for row in lists),
        confirming=frozenset(row["id"] for row in lists if row["opt_in"] == "double"),
    )


async def _read(
    source: Source, caller: Caller, database: Database, data: NewContact, id: UUID, place: int
) -> Call:
    """Return the call at `place`: first who the contact is, then each subscription; raises RequestError."""
    given = {"email": data.email, "phone": data.phone, "externalId": data.external_id}
    named = {key: value for key, value in given.items() if value is not None}
    body: dict[str, Any] = {"messageId": f"api-{id}-{place}", "userId": data.user_id}
    if place == 0:
        body |= {"type": "identify", "traits": {**data.attributes, **named}}
    else:
        subscription = data.subscriptions[place - 1]
        async with database.connection() as connection:
            list_id = await choose_list(connection, caller, subscription.list_id)
        properties = {**msgspec.to_builtins(subscription), "listId": str(list_id)}
        body |= {"type": "track", "event": "campaignSubscribed", "properties": properties}
        body["context"] = {"traits": named}
    try:
        return read_call(msgspec.json.encode(body), Frame(source))
    except RejectedError as error:
        raise RequestError(422, error.code, str(error)) from None


async def _find_contact(database: Database, source: Source, call: Call) -> UUID:
    node = source.node
    buckets = {identity: bucket_of_value(node.workspace_id, *identity) for identity in call.identities}
    async with database.connection() as connection:
        _, owners = await read_owners(connection, node.workspace_id, node.node_id, buckets)
    # Strongest first: where two known contacts were named, the call belongs to the first (architecture §9.2).
    return next(owner for owner in owners if owner is not None)


HANDLERS = [make_contact]
