"""What a message is filled with where an attribute is empty: its field's default."""

from typing import Any

import msgspec
import pytest

from percorso.contacts.fields.model import Field, Labels, fill_defaults
from percorso.contacts.fields.store import write_field
from percorso.db import Connection
from percorso.messages.circumstances import gather_filling
from percorso.messages.store import read_circumstances
from tests.messages.test_mark import claim_all
from tests.support.scene import NOW, add_contact, plan, set_scene


@pytest.mark.parametrize(
    ("attributes", "filled"),
    [
        ({}, {"name": "friend", "address": {"city": "Bari"}}),
        ({"name": "", "address": {"zip": "1"}}, {"name": "friend", "address": {"zip": "1", "city": "Bari"}}),
        ({"name": None, "address": {"city": "Roma"}}, {"name": "friend", "address": {"city": "Roma"}}),
        ({"name": "Ada", "address": {"city": []}}, {"name": "Ada", "address": {"city": "Bari"}}),
        ({"name": 0, "address": {"city": False}}, {"name": 0, "address": {"city": False}}),
    ],
)
def test_a_default_stands_in_where_nothing_is(attributes: dict[str, Any], filled: dict[str, Any]) -> None:
    before = dict(attributes)
    assert fill_defaults(attributes, {"name": "friend", "address.city": "Bari"}) == filled
    assert attributes == before


async def test_a_message_is_filled_with_its_workspaces_defaults(tx: Connection) -> None:
    scene = await set_scene(tx)
    await plan(tx, scene, await add_contact(tx, scene))
    messages = await claim_all(tx)
    (plain,) = await read_circumstances(tx, messages)
    field = Field(path="pet.name", labels=Labels(it="Animale", en="Pet"), type="text", default="Fido")
    await write_field(tx, scene.workspace_id, field, now=NOW)
    (around,) = await read_circumstances(tx, messages)
    assert around.attributes == {**plain.attributes, "pet": {"name": "Fido"}}


@pytest.mark.parametrize(
    ("said", "zone"),
    [("America/New_York", "America/New_York"), ("Nowhere/At_All", None), (7, None), (None, None)],
)
async def test_a_message_tells_times_in_the_contacts_zone_else_the_lists(
    tx: Connection, said: object, zone: str | None
) -> None:
    scene = await set_scene(tx)
    await plan(tx, scene, await add_contact(tx, scene))
    (message,) = await claim_all(tx)
    (found,) = await read_circumstances(tx, [message])
    around = msgspec.structs.replace(found, attributes={"timeZone": said})
    assert gather_filling(message, around, now=NOW).locale.time_zone == (zone or found.time_zone)
