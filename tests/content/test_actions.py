"""Templates are kept in versions that never change."""

from uuid import UUID, uuid4

import pytest

from percorso.content.actions import change_template, create_template
from percorso.content.errors import TemplateFaultError, UnknownTemplateError
from percorso.content.model import Design, Link
from percorso.content.store import ensure_token_keys, get_version, list_templates, read_current_numbers
from percorso.content.tokens import Named, Purpose
from percorso.courier.main import hand_over_all
from percorso.db import Connection, Database
from tests.support.scene import NOW, Scene, add_contact, plan, read_message, set_scene

FIRST = Design(kind="email", subject="Uno", html='<a href="https://a.it/1">uno</a>{{ unsubscribe_url }}')
SECOND = Design(kind="email", subject="Due", html='<a href="https://a.it/2">due</a>{{ unsubscribe_url }}')


async def create(connection: Connection, scene: Scene, design: Design = FIRST) -> UUID:
    return await create_template(
        connection,
        workspace_id=scene.workspace_id,
        list_id=scene.list_id,
        name="Prova",
        design=design,
        now=NOW,
    )


async def change(
    connection: Connection,
    scene: Scene,
    template_id: UUID,
    design: Design,
    *,
    workspace_id: UUID | None = None,
) -> int:
    return await change_template(
        connection,
        workspace_id=workspace_id or scene.workspace_id,
        list_id=scene.list_id,
        template_id=template_id,
        name="Prova 2",
        design=design,
        now=NOW,
    )


async def test_a_change_is_a_new_version_and_the_old_one_stays(tx: Connection) -> None:
    scene = await set_scene(tx)
    template_id = await create(tx, scene)
    assert await change(tx, scene, template_id, SECOND) == 2

    first, second = [await get_version(tx, template_id, number) for number in (1, 2)]
    assert (first.subject, first.links) == ("Uno", (Link(0, "https://a.it/1"),))
    assert (second.subject, second.links, second.name) == ("Due", (Link(0, "https://a.it/2"),), "Prova 2")
    assert await read_current_numbers(tx, [template_id, uuid4()]) == {template_id: 2}
    listed = await list_templates(tx, scene.workspace_id)
    assert [t.number for t in listed if t.template_id == template_id] == [2]


async def test_a_template_of_another_workspace_is_not_there(tx: Connection) -> None:
    scene = await set_scene(tx)
    template_id = await create(tx, scene)
    with pytest.raises(UnknownTemplateError):
        await change(tx, scene, template_id, SECOND, workspace_id=uuid4())
    with pytest.raises(UnknownTemplateError):
        await change(tx, scene, uuid4(), SECOND)
    with pytest.raises(UnknownTemplateError):
        await change(tx, scene, template_id, Design(kind="sms", body="x"))
    with pytest.raises(UnknownTemplateError):
        await get_version(tx, template_id, 2)


async def test_a_design_at_fault_leaves_nothing_behind(tx: Connection) -> None:
    scene = await set_scene(tx)
    before = await list_templates(tx, scene.workspace_id)
    with pytest.raises(TemplateFaultError):
        await create(tx, scene, Design(kind="email", subject="x", html="<p {{ a }}>"))
    assert await list_templates(tx, scene.workspace_id) == before


async def test_elements_nested_without_end_are_refused(tx: Connection) -> None:
    scene = await set_scene(tx)
    with pytest.raises(TemplateFaultError, match="nested"):
        await create(tx, scene, Design(kind="email", subject="x", html="<div>" * 5000 + "x"))


async def test_a_message_is_filled_from_the_version_of_the_moment(database: Database) -> None:
    async with database.transaction("test.commit") as connection:
        scene = await set_scene(connection)
        template_id = await create(connection, scene)
        contact_id = await add_contact(connection, scene)
        early = await plan(connection, scene, contact_id, template_id=template_id)
    await hand_over_all(database)
    async with database.transaction("test.commit") as connection:
        await change(connection, scene, template_id, SECOND)
        late = await plan(connection, scene, contact_id, template_id=template_id)
    await hand_over_all(database)

    versions = [(await read_message(database, id))["template_version"] for id in (early, late)]
    subjects = [(await read_message(database, id))["subject"] for id in (early, late)]
    assert (versions, subjects) == ([1, 2], ["Uno", "Due"])


async def test_the_keys_of_links_are_made_once(tx: Connection) -> None:
    named = Named(uuid4(), 1, uuid4())
    first, second = await ensure_token_keys(tx), await ensure_token_keys(tx)
    assert second.find_named(Purpose.VIEW, first.make_token(Purpose.VIEW, named)) == named
