"""A crowd that a journey lets in when it is switched on: contacts, all subscribed, in groups by number; as rows, not by facts."""

from collections.abc import Sequence
from typing import Any, Final, Literal
from uuid import UUID

from percorso.bench.frame import Ground
from percorso.bench.piping import pipe_rows
from percorso.bench.segments.scene import Scene, make_contacts
from percorso.content.actions import create_template
from percorso.content.model import Design
from percorso.db import load_queries
from percorso.db.clock import read_product_time
from percorso.journeys.actions import activate_journey, create_journey, publish_journey
from percorso.kit.ids import derive_id
from percorso.segments.groups.actions import create_group

_queries: Final = load_queries("percorso.bench")

Filling = Literal["make_subscribed", "make_joined", "make_memberships"]

_FILLED: Final[dict[Filling, tuple[str, tuple[str, ...]]]] = {
    "make_subscribed": (
        "statuses",
        (
            "bucket",
            "contact_id",
            "list_id",
            "channel",
            "workspace_id",
            "status",
            "source",
            "wording",
            "changed_at",
        ),
    ),
    "make_joined": (
        "group_members",
        ("bucket", "group_id", "contact_id", "workspace_id", "joined_at", "offset"),
    ),
    "make_memberships": (
        "memberships",
        ("bucket", "contact_id", "segment_id", "workspace_id", "entered_at"),
    ),
}
"""Which table and columns a query makes rows for."""


async def make_people(ground: Ground, groups: Sequence[int]) -> None:
    """Make as many contacts as the groups hold together: the first so many are in group 0, the next in group 1 …"""
    list_id = await find_list(ground)
    contacts = sum(groups)
    scene = Scene(ground.workspace_id, ground.node_id, list_id)
    await make_contacts(ground.database, scene, contacts=contacts)
    said: dict[str, Any] = {"workspace_id": ground.workspace_id}
    await fill(ground, "make_subscribed", {**said, "list_id": list_id})
    first = 1
    for number, size in enumerate(groups):
        async with ground.database.transaction("bench.copy") as connection:
            group = await create_group(
                connection, ground.workspace_id, id=group_id(number), name=f"Group {number}"
            )
        last = first + size - 1
        await fill(ground, "make_joined", {**said, "group_id": group.id, "first": first, "last": last})
        first = last + 1
    async with ground.database.connection() as connection:
        await connection.execute("VACUUM (ANALYZE) contacts, statuses, group_members")


async def fill(ground: Ground, name: Filling, arguments: dict[str, Any]) -> None:
    """Write what a query makes into the table that it is for."""
    table, columns = _FILLED[name]
    query, values = _queries.sql(name), _queries.arguments(name, arguments)
    await pipe_rows(ground.database, query, values, table=table, columns=columns)


async def find_list(ground: Ground) -> UUID:
    """Return the list that the workspace began with."""
    async with ground.database.connection() as connection:
        list_id: UUID = await _queries.fetch_value(connection, "find_list", workspace_id=ground.workspace_id)
    return list_id


def group_id(number: int) -> UUID:
    """Return the id of a group of the crowd."""
    return derive_id("bench crowd", number)


async def make_template(ground: Ground) -> UUID:
    """Make an email for one journey, and return its id."""
    list_id = await find_list(ground)
    async with ground.database.transaction("bench.copy") as connection:
        return await create_template(
            connection,
            workspace_id=ground.workspace_id,
            list_id=list_id,
            name="Thanks",
            design=Design(kind="email", subject="Thanks", html="<p>Thank you</p>", body="Thank you"),
            now=await read_product_time(connection),
        )


async def switch_on(ground: Ground, name: str, graph: dict[str, Any]) -> UUID:
    """Make a journey of the graph, publish and activate it; return its id. Who is told is the worker's to do."""
    list_id = await find_list(ground)
    async with ground.database.transaction("bench.copy") as connection:
        journey = await create_journey(
            connection, ground.workspace_id, list_id=list_id, name=name, draft=graph
        )
        await publish_journey(connection, ground.workspace_id, journey.id)
        await activate_journey(connection, ground.workspace_id, journey.id)
    return journey.id


async def count_passed(ground: Ground, journey_id: UUID, name: str, step: str) -> int:
    """Return how many entered or left a step by the journey's counters; `entered` at step '': who entered the journey."""
    async with ground.database.connection() as connection:
        counted: int = await _queries.fetch_value(
            connection, "count_passed", journey_id=journey_id, name=name, step=step
        )
    return counted


async def count_rows(ground: Ground, tables: Sequence[str]) -> dict[str, int]:
    """Return how many rows these tables hold."""
    counted: dict[str, int] = {}
    async with ground.database.connection() as connection:
        for table in tables:
            written = await _queries.fetch_row(connection, "write_count", name=table)
            assert written is not None
            counted[table] = await connection.fetchval(written["statement"])
    return counted
