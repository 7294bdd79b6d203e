"""Contacts handed in: let into a journey by the API or by a user, with values of their own."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response
from litestar.params import FromPath, JSONBody
from msgspec import Meta, field

from percorso.api.errors import FieldProblem, RequestError
from percorso.api.own.caller import Caller, TheCaller, TheDatabase, present
from percorso.api.own.idempotency import answer_once
from percorso.api.own.routes import post
from percorso.contacts.identity.normal import Identity, is_identity_value, normalise_email, normalise_phone
from percorso.contacts.identity.store import read_owners
from percorso.contacts.store import find_entry_node
from percorso.db import Connection
from percorso.journeys.people.entering import AT_ONCE, HandedIn, hand_in
from percorso.kit.ids import bucket_of_value
from percorso.reports.model import Shape
from percorso.segments.groups.store import list_known
from percorso.workspaces.audit import record_audit

Named = Annotated[str, Meta(min_length=1, max_length=500)]


class Entry(Shape, frozen=True, forbid_unknown_fields=True):
    """A contact that is to enter, named in one way; `values` are what the start's captures read, as an event's properties."""

    contact_id: UUID | None = None
    external_id: Named | None = None
    user_id: Named | None = None
    email: Named | None = None
    phone: Named | None = None
    values: dict[str, Any] = field(default_factory=dict[str, Any])


class Entering(Shape, frozen=True, forbid_unknown_fields=True):
    """Contacts that are to enter."""

    contacts: Annotated[tuple[Entry, ...], Meta(min_length=1, max_length=AT_ONCE)]


class Entered(Shape, frozen=True):
    """How many were handed in, and the places, from 0, of those whom the workspace does not know.

    Whether each enters is for the journey's condition, re-entry rule and options to say.
    """

    accepted: int
    unknown: list[int]


@post("/journeys/{id:uuid}/entries", status_code=202)
async def enter_journey(
    id: FromPath[UUID],
    request: Request[Any, Any, Any],
    data: JSONBody[Entering],
    database: TheDatabase,
    caller: TheCaller,
) -> Response[Entered]:
    """Let contacts into an active journey by its pushed start: of a key as source `api`, of a user as `hand`.

    Unknown contacts are left out and named. Repeated with the same `Idempotency-Key` nobody enters twice.
    """
    identities = [_read_identity(place, entry) for place, entry in enumerate(data.contacts)]
    source = "api" if caller.session is None else "hand"

    async def make(cause: UUID) -> Entered:
        async with database.transaction("journeys.entries") as connection:
            found = await _find(connection, caller, data.contacts, identities)
            people = [
                HandedIn(place, contact_id, entry.values)
                for place, (entry, contact_id) in enumerate(zip(data.contacts, found, strict=True))
                if contact_id is not None
            ]
            if source == "hand" and people:
                await record_audit(
                    connection,
                    caller.workspace_id,
                    caller=caller.name,
                    action="journey.people_added",
                    subject=str(id),
                    detail={"contacts": len(people)},
                    at=present(),
                )
            await hand_in(connection, caller.workspace_id, id, people, source=source, cause=cause)
        unknown = [place for place, contact_id in enumerate(found) if contact_id is None]
        return Entered(accepted=len(people), unknown=unknown)

    return await answer_once(request, database, caller, make, status=202)


def _read_identity(place: int, entry: Entry) -> Identity | None:
    """Return the identity that names the contact, None where its id does; raises RequestError where not one does."""
    email = None if entry.email is None else normalise_email(entry.email)
    phone = None if entry.phone is None else normalise_phone(entry.phone)
    given: dict[str, tuple[str, str | None]] = {
        "externalId": ("external_id", entry.external_id),
        "userId": ("user_id", entry.user_id),
        "email": ("email", email),
        "phone": ("phone", phone),
    }
    asked = [name for name in given if getattr(entry, given[name][0]) is not None]
    if len(asked) + (entry.contact_id is not None) != 1:
        raise _refuse(f"contacts[{place}]", "one_name_needed", "Name the contact in one way, and one only.")
    if not asked:
        return None
    kind, value = given[asked[0]]
    if value is None or not is_identity_value(value):
        raise _refuse(f"contacts[{place}].{asked[0]}", "identity_malformed", "This names nobody.")
    return kind, value


def _refuse(path: str, code: str, sentence: str) -> RequestError:
    return RequestError(422, code, sentence, fields=(FieldProblem(path, sentence),))


async def _find(
    connection: Connection, caller: Caller, entries: tuple[Entry, ...], identities: list[Identity | None]
) -> list[UUID | None]:
    """Return the contact of each entry, None where the workspace has none.

    One named by an identity counts from when that was taken in; by its id, once its first fact is applied.
    """
    named = [entry.contact_id for entry in entries if entry.contact_id is not None]
    known = await list_known(connection, caller.workspace_id, named) if named else set[UUID]()
    buckets = {
        identity: bucket_of_value(caller.workspace_id, *identity)
        for identity in identities
        if identity is not None
    }
    owners: dict[Identity, UUID | None] = {}
    if buckets:
        node_id = await find_entry_node(connection, caller.workspace_id)
        assert node_id is not None
        _, found = await read_owners(connection, caller.workspace_id, node_id, buckets)
        owners = dict(zip(buckets, found, strict=True))
    return [
        owners[identity] if identity is not None else entry.contact_id if entry.contact_id in known else None
        for entry, identity in zip(entries, identities, strict=True)
    ]


HANDLERS = [enter_journey]
