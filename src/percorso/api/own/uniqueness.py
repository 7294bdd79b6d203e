"""Making a contact where merging is not wanted: refused, or made without what is somebody else's already."""

from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.contacts.identity.normal import Identity
from percorso.contacts.identity.store import read_owners
from percorso.db import Database
from percorso.intake.errors import TakenError
from percorso.intake.gather import Gatherer
from percorso.intake.model import Call, ProfileChange
from percorso.kit.ids import bucket_of, bucket_of_value
from percorso.log.store import has_message

_TRIES: Final = 20
_PATHS: Final = {"external_id": "externalId", "user_id": "userId", "email": "email", "phone": "phone"}


async def make_apart(database: Database, gatherer: Gatherer, call: Call, *, is_allowed: bool) -> Call:
    """Make the contact of an identify, and return the call as it was taken in; repeating finds it made.

    `is_allowed`: identities that others have become plain attributes; a contact that has none left gets a user id
    of its own. Otherwise raises TakenError.
    """
    made = await _find_made(database, call)
    if made is not None:
        return await _keep_own(database, call, made)
    for _ in range(_TRIES):
        asked = await _keep_free(database, call) if is_allowed else call
        try:
            await gatherer.make_new(asked)
        except TakenError:
            if not is_allowed:
                raise
        else:
            return asked
    raise TimeoutError("Others kept being faster; nothing was made.")


async def _keep_free(database: Database, call: Call) -> Call:
    owners = await _read_owners(database, call)
    return _without(call, {identity for identity, owner in owners.items() if owner is not None})


async def _find_made(database: Database, call: Call) -> UUID | None:
    """Return the contact that this very call made before: an answer that got lost is no conflict."""
    asked = msgspec.structs.replace(call, identities=(*call.identities, _own_identity(call)))
    for owner in set((await _read_owners(database, asked)).values()) - {None}:
        assert owner is not None
        async with database.connection() as connection:
            if await has_message(connection, bucket_of(owner), owner, call.message_id):
                return owner
    return None


def _own_identity(call: Call) -> Identity:
    return "user_id", f"percorso-{call.message_id}"


async def _keep_own(database: Database, call: Call, contact_id: UUID) -> Call:
    owners = await _read_owners(database, call)
    return _without(call, {identity for identity, owner in owners.items() if owner != contact_id})


async def _read_owners(database: Database, call: Call) -> dict[Identity, UUID | None]:
    node = call.source.node
    buckets = {identity: bucket_of_value(node.workspace_id, *identity) for identity in call.identities}
    async with database.connection() as connection:
        _, owners = await read_owners(connection, node.workspace_id, node.node_id, buckets)
    return dict(zip(buckets, owners, strict=True))


def _without(call: Call, taken: set[Identity]) -> Call:
    """Return the call without these identities; their values are attributes."""
    if not taken:
        return call
    profile = call.profile or ProfileChange()
    attributes: dict[str, Any] = dict(profile.set)
    for identity in taken:
        path, value = profile.plain.get(identity, (_PATHS.get(identity[0], identity[0]), identity[1]))
        attributes[path] = value
    free = tuple(identity for identity in call.identities if identity not in taken)
    return msgspec.structs.replace(
        call,
        identities=free or (_own_identity(call),),
        profile=msgspec.structs.replace(
            profile,
            set=attributes,
            plain={identity: said for identity, said in profile.plain.items() if identity not in taken},
        ),
    )
