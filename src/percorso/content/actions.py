"""What can be done with templates: each is part of one transaction of its caller."""

from datetime import datetime
from uuid import UUID, uuid4

from percorso.content.design import Prepared, prepare_design
from percorso.content.errors import UnknownTemplateError
from percorso.content.model import Design
from percorso.content.store import get_version, queries, read_current_numbers
from percorso.db import Connection


async def create_template(
    connection: Connection,
    *,
    workspace_id: UUID,
    list_id: UUID,
    name: str,
    design: Design,
    now: datetime,
    template_id: UUID | None = None,
) -> UUID:
    """Make a template and its first version with its links; return its id.

    Raises TemplateFaultError for a design that cannot be used, UnknownTemplateError for a list of another workspace.
    """
    prepared = await _prepare(connection, workspace_id, list_id, design)
    return await _insert(connection, template_id or uuid4(), workspace_id, list_id, name, prepared, now)


async def copy_template(
    connection: Connection, workspace_id: UUID, template_id: UUID, *, name: str, now: datetime
) -> UUID:
    """Make a template of this name that says what another one's newest version says, with the same links; return its id.

    Raises UnknownTemplateError.
    """
    numbers = await read_current_numbers(connection, [template_id])
    found = await get_version(connection, template_id, numbers.get(template_id, 0))
    if found.workspace_id != workspace_id:
        raise UnknownTemplateError
    design = Design(
        kind=found.kind,
        template_class=found.template_class,
        subject=found.subject,
        html=found.html,
        body=found.body,
        link=found.link,
        image=found.image,
    )
    prepared = Prepared(design=design, links=found.links)
    return await _insert(connection, uuid4(), workspace_id, found.list_id, name, prepared, now)


async def _insert(
    connection: Connection,
    template_id: UUID,
    workspace_id: UUID,
    list_id: UUID,
    name: str,
    prepared: Prepared,
    now: datetime,
) -> UUID:
    await queries.execute(
        connection,
        "insert_template",
        id=template_id,
        workspace_id=workspace_id,
        list_id=list_id,
        name=name,
        kind=prepared.design.kind,
        **{"class": prepared.design.template_class},
        now=now,
    )
    await _write_version(connection, template_id, 1, prepared, now)
    return template_id


async def change_template(
    connection: Connection,
    *,
    workspace_id: UUID,
    list_id: UUID,
    template_id: UUID,
    name: str,
    design: Design,
    now: datetime,
) -> int:
    """Write a template's next version and return its number; what was rendered before keeps its own.

    Raises UnknownTemplateError, also where `design.kind` is another than the template's.
    """
    prepared = await _prepare(connection, workspace_id, list_id, design)
    number: int | None = await queries.fetch_value(
        connection,
        "advance_template",
        id=template_id,
        workspace_id=workspace_id,
        name=name,
        kind=design.kind,
        **{"class": design.template_class},
        now=now,
    )
    if number is None:
        raise UnknownTemplateError
    await _write_version(connection, template_id, number, prepared, now)
    return number


async def _prepare(connection: Connection, workspace_id: UUID, list_id: UUID, design: Design) -> Prepared:
    language = await queries.fetch_value(
        connection, "find_list_language", list_id=list_id, workspace_id=workspace_id
    )
    if language is None:
        raise UnknownTemplateError
    return prepare_design(design, language=language)


async def _write_version(
    connection: Connection, template_id: UUID, number: int, prepared: Prepared, now: datetime
) -> None:
    await queries.execute(
        connection,
        "insert_version",
        template_id=template_id,
        number=number,
        subject=prepared.design.subject,
        html=prepared.design.html,
        body=prepared.design.body,
        link=prepared.design.link,
        image=prepared.design.image,
        now=now,
    )
    await queries.execute(
        connection,
        "insert_links",
        template_id=template_id,
        number=number,
        positions=[link.position for link in prepared.links],
        urls=[link.url for link in prepared.links],
        tracked=[link.tracked for link in prepared.links],
    )
