"""What the questions are asked over: contacts, their standings and a year of facts, by COPY into the tables."""

from datetime import UTC, datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from percorso.bench.piping import pipe_rows
from percorso.db import Database, load_queries
from percorso.kit.ids import derive_id
from percorso.log.append_store import ensure_month
from percorso.log.rows import FACT_COLUMNS

queries: Final = load_queries("percorso.bench.segments")

NOW: Final = datetime(2026, 11, 1, 12, tzinfo=UTC)
"""When the questions are asked: at the end of the last partition's facts."""
EVENTS_EACH: Final = 20
"""Facts per contact."""

_SETTLE: Final = "VACUUM (ANALYZE) facts, contacts, statuses, group_members"
"""Statistics and visibility as they are when a database has been running for a while; no query, so not among them."""

Made = Literal["make_contacts", "make_statuses", "make_members", "make_facts"]

_COLUMNS: Final[dict[Made, tuple[str, tuple[str, ...]]]] = {
    "make_contacts": (
        "contacts",
        (
            "bucket",
            "id",
            "workspace_id",
            "node_id",
            "attributes",
            "identities",
            "email",
            "phone",
            "anonymous",
            "created_at",
            "updated_at",
            "last_event_at",
            "offset",
        ),
    ),
    "make_statuses": (
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
    "make_members": (
        "group_members",
        ("bucket", "group_id", "contact_id", "workspace_id", "joined_at", "offset"),
    ),
    "make_facts": ("facts", FACT_COLUMNS),
}


class Scene(msgspec.Struct, frozen=True):
    """Whose contacts they are, their list and their group."""

    workspace_id: UUID
    node_id: UUID
    list_id: UUID = derive_id("bench list")
    group_id: UUID = derive_id("bench group")


async def make_scene(database: Database, scene: Scene, *, contacts: int) -> None:
    """Fill the tables with so many contacts and twenty times as many facts."""
    events = EVENTS_EACH * contacts
    async with database.connection() as connection:
        for month in range(13):
            year, number = divmod(NOW.year * 12 + NOW.month - 1 - month, 12)
            await ensure_month(connection, datetime(year, number + 1, 1, tzinfo=UTC).date())
    said: dict[str, Any] = {"workspace_id": scene.workspace_id, "contacts": contacts, "until": NOW}
    await make_contacts(database, scene, contacts=contacts)
    await _copy(database, "make_statuses", {**said, "list_id": scene.list_id})
    await _copy(database, "make_members", {**said, "group_id": scene.group_id})
    facts = {**said, "list_id": scene.list_id, "events": events}
    await _copy(database, "make_facts", {**facts, "first": 1, "last": events})
    async with database.connection() as connection:
        await connection.execute(_SETTLE)


async def make_contacts(database: Database, scene: Scene, *, contacts: int) -> None:
    """Fill the table of contacts; number n has the address contact-n@example.com."""
    said: dict[str, Any] = {"workspace_id": scene.workspace_id, "node_id": scene.node_id, "until": NOW}
    await _copy(database, "make_contacts", {**said, "contacts": contacts})


async def _copy(database: Database, name: Made, arguments: dict[str, Any]) -> None:
    """Lead what one connection makes into a table by another."""
    table, columns = _COLUMNS[name]
    await pipe_rows(
        database, queries.sql(name), queries.arguments(name, arguments), table=table, columns=columns
    )
