"""Tags of one contact or of many, put on and taken off."""

from typing import Annotated, Any, cast
from uuid import UUID, uuid4

from litestar.params import FromPath, JSONBody
from msgspec import Meta

from percorso.api.own.caller import TheCaller, TheDatabase
from percorso.api.own.routes import patch
from percorso.contacts.attributes import find_value
from percorso.contacts.tags import TagKind, change_tags
from percorso.reports.contacts import find_contact
from percorso.reports.model import Shape
from percorso.segments.groups.store import list_known

Tag = Annotated[str, Meta(min_length=1, max_length=200)]
Tags = Annotated[tuple[Tag, ...], Meta(max_length=100)]
AT_ONCE = 1_000
"""Contacts of one call: their buckets' heads are locked together, so that all are tagged or none."""


class TagChange(Shape, frozen=True, forbid_unknown_fields=True):
    """Tags to put on and to take off. `kind`: `manual` are people's, `auto` those of journeys and rules."""

    add: Tags = ()
    remove: Tags = ()
    kind: TagKind = "manual"


class TagsOfMany(TagChange, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Tags to put on these contacts and to take off them."""

    contact_ids: Annotated[tuple[UUID, ...], Meta(min_length=1, max_length=AT_ONCE)]


class Tagged(Shape, frozen=True):
    """How many of the contacts named there are."""

    contacts: int


class ContactTags(Shape, frozen=True):
    """The tags of a contact."""

    manual: list[str]
    auto: list[str]


@patch("/contacts/{id:uuid}/tags")
async def change_contact_tags(
    id: FromPath[UUID], data: JSONBody[TagChange], database: TheDatabase, caller: TheCaller
) -> ContactTags:
    """Put tags on a contact and take others off; repeating changes nothing."""
    async with database.request_snapshot(caller.workspace_id) as connection:
        contact = await find_contact(connection, caller.workspace_id, id)
    async with database.whole.transaction("contacts.tags") as connection:
        await change_tags(
            connection,
            caller.workspace_id,
            [contact.id],
            data.kind,
            add=data.add,
            remove=data.remove,
            cause=uuid4(),
        )
    async with database.request_snapshot(caller.workspace_id) as connection:
        contact = await find_contact(connection, caller.workspace_id, contact.id)
    found = {kind: find_value(contact.attributes, f"tags.{kind}") for kind in ("manual", "auto")}
    return ContactTags(manual=_list_texts(found["manual"]), auto=_list_texts(found["auto"]))


@patch("/contacts/tags")
async def change_tags_of_many(data: JSONBody[TagsOfMany], database: TheDatabase, caller: TheCaller) -> Tagged:
    """Put tags on many contacts and take others off, of all or of none; unknown contacts are left out."""
    async with database.request_snapshot(caller.workspace_id) as connection:
        known = await list_known(connection, caller.workspace_id, data.contact_ids)
    async with database.whole.transaction("contacts.tags") as connection:
        await change_tags(
            connection,
            caller.workspace_id,
            [id for id in data.contact_ids if id in known],
            data.kind,
            add=data.add,
            remove=data.remove,
            cause=uuid4(),
        )
    return Tagged(contacts=len(known))


def _list_texts(value: Any) -> list[str]:
    if not isinstance(value, list):
        return []
    return [item for item in cast("list[Any]", value) if isinstance(item, str)]


HANDLERS = [change_contact_tags, change_tags_of_many]
