"""What a contact agreed to, as the own API reads and writes it: statuses, leaves, suppressions, with proof."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from percorso.api.own.authoring import choose_list
from percorso.api.own.caller import TheCaller, TheDatabase, present
from percorso.api.own.routes import get, post, put
from percorso.consent.choices import record_choices
from percorso.consent.leaves import LEAVES, LeafChange
from percorso.consent.records import Channel, StatusChange
from percorso.consent.register import Suppression, lift_suppression, record_leaf, suppress_address
from percorso.contacts.identity.normal import normalise_email, normalise_phone
from percorso.db import Connection
from percorso.db.clock import read_product_time
from percorso.reports.consents import ContactConsents, get_consents
from percorso.reports.contacts import find_contact
from percorso.reports.model import Shape
from percorso.workspaces.audit import list_audit, record_audit
from percorso.workspaces.lists import get_list
from percorso.workspaces.store import list_lists

AnyRequest = Request[Any, Any, Any]
Source = Annotated[str, Meta(min_length=1, max_length=500)]
Wording = Annotated[str, Meta(min_length=1, max_length=5000)]


class NewStatus(Shape, frozen=True, forbid_unknown_fields=True):
    """A contact's status on a list and channel, how it came about and under which words: kept as proof.

    On a list that asks for confirmation, `subscribed` becomes `pending` and the contact is asked, unless `confirmed` says
    that it was.
    """

    channel: Channel
    status: Literal["subscribed", "pending", "unsubscribed"]
    source: Source
    wording: Wording
    list_id: UUID | None = None
    confirmed: bool = False


class NewLeaf(Shape, frozen=True, forbid_unknown_fields=True):
    """What a contact said of one leaf of the consent tree, how and under which words: kept as proof."""

    status: bool
    source: Source
    wording: Wording
    limitation: bool = False
    objection: bool = False


class SuppressionAsk(Shape, frozen=True, forbid_unknown_fields=True):
    """An address of the contact to close or open again, and why in words."""

    channel: Channel
    address: Annotated[str, Meta(min_length=3, max_length=512)]
    wording: Wording


class ConsentLeaves(Shape, frozen=True):
    """The leaves of the consent tree, in its order."""

    items: list[str]


@get("/consent-leaves")
async def list_consent_leaves(caller: TheCaller) -> ConsentLeaves:
    """What a contact can agree to: the leaves that records and conditions name."""
    return ConsentLeaves(items=list(LEAVES))


@get("/contacts/{id:uuid}/consents")
async def get_contact_consents(
    id: FromPath[UUID], database: TheDatabase, caller: TheCaller
) -> ContactConsents:
    """What a contact agreed to, with the whole register of proofs and whether its chain is unbroken."""
    async with database.request_snapshot(caller.workspace_id) as connection:
        return await get_consents(
            connection, caller.workspace_id, id, with_register=caller.narrowing.is_whole
        )


@put("/contacts/{id:uuid}/statuses")
async def set_status(
    id: FromPath[UUID], data: JSONBody[NewStatus], database: TheDatabase, caller: TheCaller
) -> ContactConsents:
    """Subscribe or unsubscribe a contact on one list and channel; repeating changes nothing."""
    async with database.request_snapshot(caller.workspace_id) as connection:
        contact = await find_contact(connection, caller.workspace_id, id)
        list_id = await choose_list(connection, caller, data.list_id)
        if not caller.narrowing.is_whole:
            await get_list(connection, caller.workspace_id, list_id)
        asks = not data.confirmed and await _asks(connection, caller, list_id)
    status = "pending" if data.status == "subscribed" and asks else data.status
    async with database.whole.transaction("consent.change") as connection:
        change = StatusChange(
            caller.workspace_id,
            contact.id,
            list_id,
            data.channel,
            status,
            data.source,
            data.wording,
            is_answered=True,
        )
        now = await read_product_time(connection)
        await record_choices(connection, [change], message_id=None, now=now)
    return await _read(database, caller, contact.id)


@put("/contacts/{id:uuid}/consents/{leaf:str}")
async def set_leaf(
    id: FromPath[UUID],
    leaf: FromPath[str],
    data: JSONBody[NewLeaf],
    database: TheDatabase,
    caller: TheCaller,
) -> ContactConsents:
    """Record what a contact said of one leaf, for example `marketing.automatic.email`."""
    async with database.request_snapshot(caller.workspace_id) as connection:
        contact = await find_contact(connection, caller.workspace_id, id)
    async with database.transaction("consent.change") as connection:
        change = LeafChange(
            workspace_id=caller.workspace_id,
            contact_id=contact.id,
            leaf=leaf,
            **msgspec.structs.asdict(data),
        )
        await record_leaf(connection, change, now=await read_product_time(connection))
    return await _read(database, caller, contact.id)


@post("/contacts/{id:uuid}/suppressions", status_code=200)
async def suppress(
    id: FromPath[UUID], data: JSONBody[SuppressionAsk], database: TheDatabase, caller: TheCaller
) -> ContactConsents:
    """Close an address by hand: nothing of marketing goes there again."""
    async with database.request_snapshot(caller.workspace_id) as connection:
        contact = await find_contact(connection, caller.workspace_id, id)
    async with database.transaction("consent.change") as connection:
        now = await read_product_time(connection)
        await suppress_address(connection, _asked(data, caller, contact.id), now=now)
    return await _read(database, caller, contact.id)


@post("/contacts/{id:uuid}/suppressions/lift", status_code=200)
async def lift(
    id: FromPath[UUID], data: JSONBody[SuppressionAsk], database: TheDatabase, caller: TheCaller
) -> ContactConsents:
    """Open a closed address again; a status or consent that refuses still refuses."""
    async with database.request_snapshot(caller.workspace_id) as connection:
        contact = await find_contact(connection, caller.workspace_id, id)
    async with database.transaction("consent.change") as connection:
        now = await read_product_time(connection)
        if await lift_suppression(connection, _asked(data, caller, contact.id), now=now):
            await record_audit(
                connection,
                caller.workspace_id,
                caller=caller.name,
                action="suppression.lifted",
                subject=str(contact.id),
                detail={"channel": data.channel, "wording": data.wording},
                at=present(),
            )
    return await _read(database, caller, contact.id)


async def _asks(connection: Connection, caller: TheCaller, list_id: UUID) -> bool:
    rows = await list_lists(connection, caller.workspace_id)
    return any(row["id"] == list_id and row["opt_in"] == "double" for row in rows)


def _asked(data: SuppressionAsk, caller: TheCaller, contact_id: UUID) -> Suppression:
    match data.channel:
        case "email":
            normalised = normalise_email(data.address)
        case "sms":
            normalised = normalise_phone(data.address)
        case "push":
            normalised = data.address.strip()
    return Suppression(
        workspace_id=caller.workspace_id,
        contact_id=contact_id,
        channel=data.channel,
        address=normalised or data.address,
        source="api",
        wording=data.wording,
    )


async def _read(database: TheDatabase, caller: TheCaller, contact_id: UUID) -> ContactConsents:
    async with database.request_snapshot(caller.workspace_id) as connection:
        return await get_consents(
            connection, caller.workspace_id, contact_id, with_register=caller.narrowing.is_whole
        )


class AuditLine(Shape, frozen=True):
    """What somebody did that somebody else may ask about: `caller` is `user:<id>` or `key:<id>`.

    `caller_name` is a key's, `subject_name` a list's.
    """

    id: UUID
    at: datetime
    caller: str
    action: str
    subject: str
    detail: dict[str, Any]
    caller_name: str | None
    subject_name: str | None


class AuditPage(Shape, frozen=True):
    """The newest lines of the audit, at most 200."""

    items: list[AuditLine]


@get("/audit")
async def read_audit(database: TheDatabase, caller: TheCaller) -> AuditPage:
    """Who took, removed or opened what, the newest first."""
    async with database.request_snapshot(caller.workspace_id) as connection:
        records = await list_audit(connection, caller.workspace_id)
    return AuditPage(items=[AuditLine(**msgspec.structs.asdict(record)) for record in records])


HANDLERS = [read_audit, list_consent_leaves, get_contact_consents, set_status, set_leaf, suppress, lift]
