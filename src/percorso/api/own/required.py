"""Required fields of a contact that somebody writes by the own API."""

from typing import Any

from percorso.api.errors import FieldProblem, RequestError
from percorso.contacts.fields.required import list_lacking, list_required
from percorso.contacts.fields.store import list_fields
from percorso.contacts.identity.store import read_owners
from percorso.db import Database
from percorso.intake.model import Call
from percorso.kit.ids import bucket_of_value


async def check_required(database: Database, call: Call, *, is_apart: bool) -> None:
    """Raise RequestError (422) where a contact would be made without a required field, or would lose one.

    `is_apart`: a contact of its own is made whoever is there. Who lacked a field before is no fault of this call.
    """
    node, profile = call.source.node, call.profile
    assert profile is not None
    async with database.connection() as connection:
        required = list_required(await list_fields(connection, node.workspace_id))
        if not required:
            return
        buckets = {identity: bucket_of_value(node.workspace_id, *identity) for identity in call.identities}
        _, owners = await read_owners(connection, node.workspace_id, node.node_id, buckets)
    values: dict[str, Any] = {**profile.set, **dict(profile.plain.values())}
    is_new = is_apart or all(owner is None for owner in owners)
    lacking = list_lacking(required, set=values, clear=profile.clear, is_new=is_new)
    if lacking:
        raise RequestError(
            422,
            "required_missing",
            "Required fields are missing. Each of them is named.",
            fields=tuple(FieldProblem(f"attributes.{path}", "It is required.") for path in lacking),
        )
