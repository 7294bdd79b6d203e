"""A contact's rights by the own API: everything that is held, and to be forgotten."""

from typing import Any, Literal
from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from percorso.api.own.caller import Caller, TheCaller, TheDatabase, present
from percorso.api.own.idempotency import forget_answers_about
from percorso.api.own.routes import get, post
from percorso.contacts.model import Contact
from percorso.db import Connection, Database
from percorso.db.clock import read_product_time
from percorso.privacy.erasure import erase_contact, list_identities
from percorso.privacy.errors import ChangingError
from percorso.privacy.export import ContactExport, export_contact
from percorso.reports.contacts import find_contact
from percorso.reports.model import Shape
from percorso.workspaces.audit import record_audit

_TRIES = 5


class ErasureShape(Shape, frozen=True):
    """An erasure that was begun; rows are emptied within five minutes."""

    id: UUID
    state: Literal["erasing"]


@get("/contacts/{id:uuid}/export")
async def export_one(id: FromPath[UUID], database: TheDatabase, caller: TheCaller) -> Response[ContactExport]:
    """All that is held about one contact, as a file; who took it is kept in the audit."""
    async with database.request_snapshot(caller.workspace_id) as connection:
        contact = await find_contact(connection, caller.workspace_id, id)
        document = await export_contact(connection, contact, now=await read_product_time(connection))
    async with database.request_transaction(caller.workspace_id) as connection:
        await _audit(connection, caller, "contact.exported", contact.id)
    headers = {
        "content-disposition": f'attachment; filename="contact-{contact.id}.json"',
        "x-content-type-options": "nosniff",
    }
    return Response(document, headers=headers)


@post("/contacts/{id:uuid}/erasure", status_code=202)
async def erase_one(id: FromPath[UUID], database: TheDatabase, caller: TheCaller) -> ErasureShape:
    """Forget a contact: from now on nothing leaves and nobody is found; what is left goes within five minutes."""
    tries_left = _TRIES
    while True:
        async with database.request_snapshot(caller.workspace_id) as connection:
            contact = await find_contact(connection, caller.workspace_id, id)
        try:
            await _erase(database, caller, contact)
        except ChangingError:
            tries_left -= 1
            if not tries_left:
                raise
        else:
            return ErasureShape(id=contact.id, state="erasing")


async def _erase(database: Database, caller: Caller, contact: Contact) -> None:
    async with database.transaction("privacy.erase") as connection:
        if await erase_contact(connection, contact):
            await _audit(connection, caller, "contact.erased", contact.id)
        values = [value for _, value in list_identities(contact)]
        await forget_answers_about(connection, caller.workspace_id, values)


async def _audit(
    connection: Connection,
    caller: Caller,
    action: Literal["contact.exported", "contact.erased"],
    subject: Any,
) -> None:
    await record_audit(
        connection,
        caller.workspace_id,
        caller=caller.name,
        action=action,
        subject=str(subject),
        at=present(),
    )


HANDLERS = [export_one, erase_one]
