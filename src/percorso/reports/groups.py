"""Members of a group as its page shows them."""

from datetime import datetime
from uuid import UUID

from percorso.contacts.store import load_contacts
from percorso.db import Connection
from percorso.reports.cursors import PAGE, read_cursor, write_cursor
from percorso.reports.model import Shape
from percorso.reports.words import contact_name
from percorso.segments.groups.store import list_members


class GroupMember(Shape, frozen=True):
    """A contact in a group. `name` is empty when none is known."""

    id: UUID
    name: str
    email: str | None
    phone: str | None
    joined_at: datetime


class MemberPage(Shape, frozen=True):
    """Members of a group."""

    items: list[GroupMember]
    next_cursor: str | None


async def list_group_members(
    connection: Connection, workspace_id: UUID, group_id: UUID, *, cursor: str | None = None
) -> MemberPage:
    """Return a page of a group's members."""
    members = await list_members(
        connection, workspace_id, group_id, after=read_cursor(cursor, UUID), maximum=PAGE + 1
    )
    shown = members[:PAGE]
    contacts = await load_contacts(connection, [member.contact_id for member in shown])
    return MemberPage(
        items=[
            GroupMember(
                id=member.contact_id,
                name=contact_name(contact.attributes),
                email=contact.email,
                phone=contact.phone,
                joined_at=member.joined_at,
            )
            for member in shown
            if (contact := contacts.get(member.contact_id)) is not None
        ],
        next_cursor=write_cursor(shown[-1].contact_id) if len(members) > PAGE else None,
    )
