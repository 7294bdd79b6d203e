"""Reading templates, their versions and links, and the keys of public links."""

from collections.abc import Sequence
from typing import Final, Literal
from uuid import UUID

from percorso.content.errors import UnknownTemplateError
from percorso.content.model import Link, TemplateVersion
from percorso.content.tokens import TokenKeys
from percorso.db import Connection, Record, load_queries
from percorso.db.clock import read_clock
from percorso.workspaces.actions import ensure_instance_key

queries: Final = load_queries("percorso.content")

_FIRST_KEY = "k001"


def _to_version(row: Record, links: Sequence[Record]) -> TemplateVersion:
    return TemplateVersion(
        template_id=row["template_id"],
        number=row["number"],
        workspace_id=row["workspace_id"],
        list_id=row["list_id"],
        name=row["name"],
        kind=row["kind"],
        template_class=row["class"],
        subject=row["subject"],
        html=row["html"],
        body=row["body"],
        link=row["link"],
        image=row["image"],
        links=tuple(Link(link["position"], link["url"], link["tracked"]) for link in links),
    )


async def read_current_numbers(connection: Connection, template_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the version that each template stands at; unknown ones are left out."""
    rows = await queries.fetch(connection, "list_current_versions", template_ids=list(template_ids))
    return {row["template_id"]: row["number"] for row in rows}


async def get_version(connection: Connection, template_id: UUID, number: int) -> TemplateVersion:
    """Return a version with its links; raises UnknownTemplateError."""
    row = await queries.fetch_row(connection, "find_version", template_id=template_id, number=number)
    if row is None:
        raise UnknownTemplateError
    links = await queries.fetch(connection, "list_links", template_id=template_id, number=number)
    return _to_version(row, links)


async def list_templates(connection: Connection, workspace_id: UUID) -> list[TemplateVersion]:
    """Return the current versions of a workspace's templates, by name, without their links."""
    rows = await queries.fetch(connection, "list_templates", workspace_id=workspace_id)
    return [_to_version(row, ()) for row in rows]


async def read_classes(
    connection: Connection, template_ids: Sequence[UUID]
) -> dict[UUID, Literal["marketing", "transactional"]]:
    """Return whether each template is of marketing."""
    if not template_ids:
        return {}
    rows = await queries.fetch(connection, "list_classes", ids=list(template_ids))
    return {row["id"]: row["class"] for row in rows}


async def ensure_token_keys(connection: Connection) -> TokenKeys:
    """Return the keys of public links, the first made at first use; needs a transaction that may write."""
    rows = await queries.fetch(connection, "list_link_keys")
    if not rows:
        clock = await read_clock(connection)
        await ensure_instance_key(connection, _FIRST_KEY, purpose="public_links", present=clock.real_at)
        rows = await queries.fetch(connection, "list_link_keys")
    return TokenKeys({row["id"]: row["secret"] for row in rows}, rows[-1]["id"])
