"""One automation a template: what another journey sends is copied, whatever else the graph sends, and of two who publish one wins."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from percorso.db import Database
from percorso.journeys.actions import archive_journey, create_journey, publish_journey
from percorso.journeys.copying import name_copy
from percorso.journeys.faults import GraphError
from tests.support.world import World


def graph(template: str) -> dict[str, Any]:
    return {
        "starts": [{"id": "s", "event": "completedOrder"}],
        "first": "mail",
        "steps": {
            "mail": {"kind": "send_email", "templateId": template, "next": "end"},
            "end": {"kind": "end"},
        },
    }


async def draw(world: World, name: str, template: str) -> UUID:
    async with world.database.transaction("test.commit") as connection:
        made = await create_journey(
            connection, world.workspace_id, list_id=world.list_id, name=name, draft=graph(template)
        )
    return made.id


async def publish(world: World, journey_id: UUID, **said: Any) -> list[str]:
    """Publish, and return the codes of what kept it from being published."""
    try:
        async with world.database.transaction("test.commit") as connection:
            await publish_journey(connection, world.workspace_id, journey_id, **said)
    except GraphError as error:
        return [fault.code for fault in error.faults]
    return []


async def test_what_is_copied_says_the_same_and_the_original_stays_where_it_is(database: Database) -> None:
    world = await World.open(database)
    link = "<html><body><a href='https://shop.example.com/a'>A</a></body></html>"
    template = await world.email_template("Thanks", subject="Thank you", html=link)
    first, second = await draw(world, "First", template), await draw(world, "Second", template)
    assert await publish(world, first, copies=True) == []
    assert await publish(world, second) == ["template_used"]
    assert await publish(world, second, copies=True) == []
    async with database.connection() as connection:
        sent = await connection.fetch(
            "SELECT j.name, v.graph->'steps'->'mail'->>'templateId' AS id FROM journey_versions AS v"
            " JOIN journeys AS j ON j.id = v.journey_id ORDER BY j.name"
        )
        assert sent[0]["id"] == template
        texts = await connection.fetch(
            "SELECT t.name, v.subject, v.html, v.body, l.url, l.tracked FROM templates AS t"
            " JOIN template_versions AS v ON v.template_id = t.id JOIN links AS l ON l.template_id = t.id"
            " WHERE t.id = ANY ($1::uuid[]) ORDER BY t.name",
            [row["id"] for row in sent],
        )
    assert [row["name"] for row in texts[:: len(texts) // 2]] == ["Thanks", "Thanks [Second]"]
    half = len(texts) // 2
    assert [tuple(row)[1:] for row in texts[:half]] == [tuple(row)[1:] for row in texts[half:]]

    await world.join("ada")
    async with database.transaction("test.commit") as connection:
        await archive_journey(connection, world.workspace_id, first)
    third = await draw(world, "Third", template)
    assert await publish(world, third) == []


async def test_of_two_that_publish_a_template_at_once_one_is_refused(database: Database) -> None:
    world = await World.open(database)
    template = await world.email_template("Thanks")
    ids = [await draw(world, name, template) for name in ("First", "Second", "Third")]
    found = await asyncio.gather(*(publish(world, id) for id in ids))
    assert sorted(found) == [[], ["template_used"], ["template_used"]]


@pytest.mark.parametrize(
    ("name", "journey", "copy"),
    [("Thanks", "Cart", "Thanks [Cart]"), ("x" * 200, "Cart", "x" * 200)],
)
def test_a_copy_is_called_like_the_template_and_its_journey(name: str, journey: str, copy: str) -> None:
    assert name_copy(name, journey) == copy
