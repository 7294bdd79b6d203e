"""A small shop for tests of the worker: one workspace, list and template, journeys, facts appended by hand."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from percorso.db import Connection, Database
from percorso.db.clock import set_clock
from percorso.kit.ids import Bucket, WorkspaceId, bucket_of, derive_id
from percorso.log.actions import append_facts
from percorso.log.model import FactDraft

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
WORKSPACE_ID = WorkspaceId(UUID(int=1))
NODE_ID = UUID(int=2)
LIST_ID = UUID(int=3)
TEMPLATE_ID = UUID(int=4)
ORDER = {"orderId": "o1", "amount": {"revenue": 120}}


def contact_id(number: int, bucket: int = 7) -> UUID:
    """Return a contact's id in the bucket."""
    return UUID(int=derive_id("contact", number).int >> 8 << 8 | bucket)


class Scene:
    """One database with a shop in it; product time stands still unless moved."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = START
        self._appended = 0

    @classmethod
    async def open(cls, database: Database) -> "Scene":
        scene = cls(database)
        async with database.transaction("test.commit") as connection:
            await set_clock(connection, product_at=START, rate=0)
            await _insert(connection, "workspaces", id=WORKSPACE_ID, name="Shop", time_zone="Europe/Rome",
                          currency="EUR", language="it", created_at=START)  # fmt: skip
            await _insert(connection, "nodes", id=NODE_ID, workspace_id=WORKSPACE_ID, name="Shop")
            await _insert(connection, "lists", id=LIST_ID, workspace_id=WORKSPACE_ID, name="News",
                          sender_name="Shop", sender_address="shop@example.com", time_zone="Europe/Rome",
                          language="it", created_at=START)  # fmt: skip
        await scene.insert_template(TEMPLATE_ID, "Thanks")
        return scene

    async def insert_template(self, id: UUID, name: str) -> None:
        """Store a marketing template for email."""
        async with self.database.transaction("test.commit") as connection:
            await _insert(connection, "templates", id=id, workspace_id=WORKSPACE_ID, list_id=LIST_ID,
                          name=name, kind="email", **{"class": "marketing"}, version=1, created_at=START,
                          modified_at=START)  # fmt: skip

    async def move_clock(self, **duration: float) -> None:
        """Let product time pass."""
        self.now += timedelta(**duration)
        async with self.database.transaction("test.commit") as connection:
            await set_clock(connection, product_at=self.now, rate=0)

    async def publish(
        self,
        name: str,
        graph: dict[str, Any],
        *,
        buckets: Sequence[int] = (7,),
        activate: bool = True,
        version: int = 1,
    ) -> UUID:
        """Publish a version and, unless told otherwise, make it active in these buckets; return the journey."""
        journey_id = derive_id("journey", name)
        async with self.database.transaction("test.commit") as connection:
            if version == 1:
                await _insert(connection, "journeys", id=journey_id, workspace_id=WORKSPACE_ID, list_id=LIST_ID,
                              name=name, state="active", version=1, created_at=START, modified_at=START)  # fmt: skip
            await _insert(connection, "journey_versions", journey_id=journey_id, number=version, graph=graph,
                          published_at=self.now)  # fmt: skip
            names = ["journeyPublished", *(["journeyActivated"] if activate else [])]
            await self._append_controls(connection, journey_id, version, names, buckets)
        return journey_id

    async def control(
        self, journey_id: UUID, name: str, *, version: int = 1, buckets: Sequence[int] = (7,)
    ) -> None:
        """Append a control fact about a journey to these buckets."""
        async with self.database.transaction("test.commit") as connection:
            await self._append_controls(connection, journey_id, version, [name], buckets)

    async def _append_controls(
        self,
        connection: Connection,
        journey_id: UUID,
        version: int,
        names: Sequence[str],
        buckets: Sequence[int],
    ) -> None:
        properties = msgspec.json.encode({"journeyId": str(journey_id), "version": version})
        drafts = [
            FactDraft(
                Bucket(bucket),
                WORKSPACE_ID,
                None,
                "control",
                name,
                self._message_id(),
                self.now,
                properties,
                origin="job",
            )
            for name in names
            for bucket in buckets
        ]
        await append_facts(connection, drafts, received_at=self.now)

    def event(
        self, contact: UUID, name: str, properties: dict[str, Any] | None = None, **more: Any
    ) -> FactDraft:
        """Return an event of a contact, occurred now."""
        values: dict[str, Any] = {
            "kind": "event",
            "occurred_at": self.now,
            "message_id": self._message_id(),
        } | more
        return FactDraft(
            bucket=bucket_of(contact),
            workspace_id=WORKSPACE_ID,
            contact_id=contact,
            name=name,
            properties=msgspec.json.encode(properties or {}),
            **values,
        )

    def update(self, contact: UUID, **said: Any) -> FactDraft:
        """Return a `contactUpdated` of a contact."""
        return self.event(contact, "contactUpdated", said, kind="profile")

    def known(self, contact: UUID, number: int, **attributes: Any) -> FactDraft:
        """Return the fact that gives a contact an email and attributes."""
        return self.update(contact, set=attributes, identities={"email": [f"c{number}@example.com"]})

    async def append(self, *drafts: FactDraft) -> list[int]:
        """Append facts in one commit; return their offsets."""
        async with self.database.transaction("test.commit") as connection:
            return await append_facts(connection, drafts, received_at=self.now)

    async def subscribe(self, contact: UUID, channel: str = "email") -> None:
        """Subscribe a contact to the list, as the gate will read it."""
        async with self.database.transaction("test.commit") as connection:
            await _insert(connection, "statuses", bucket=bucket_of(contact), contact_id=contact, list_id=LIST_ID,
                          channel=channel, workspace_id=WORKSPACE_ID, status="subscribed", source="test",
                          wording="", changed_at=START)  # fmt: skip

    def _message_id(self) -> str:
        self._appended += 1
        return f"m{self._appended}"

    async def rows(self, table: str, *columns: str, order: str = "1") -> list[tuple[Any, ...]]:
        """Return these columns of all rows of a table."""
        quoted = ", ".join(f'"{column}"' for column in columns)
        async with self.database.connection() as connection:
            return [
                tuple(row) for row in await connection.fetch(f"SELECT {quoted} FROM {table} ORDER BY {order}")
            ]


async def _insert(connection: Connection, table: str, **values: Any) -> None:
    columns = ", ".join(f'"{column}"' for column in values)
    places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
    await connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", *values.values())


def thanks_graph(**more: Any) -> dict[str, Any]:
    """Return a journey that thanks for an order of 100 or more, waits a day and ends."""
    return {
        "starts": [{"id": "s1", "event": "completedOrder", "condition": at_least("amount.revenue", 100)}],
        "first": "mail",
        "steps": {
            "mail": {"kind": "send_email", "templateId": str(TEMPLATE_ID), "next": "pause"},
            "pause": {"kind": "wait", "period": {"amount": 1, "unit": "days"}, "next": "end"},
            "end": {"kind": "end", "outcome": "positive"},
        },
    } | more


def at_least(path: str, value: float) -> dict[str, Any]:
    """Return the condition that a property of the event is a number of at least `value`."""
    return {
        "kind": "test",
        "source": "event",
        "path": path,
        "type": "number",
        "operator": "at_least",
        "operands": [{"kind": "value", "value": value}],
    }


def pause_graph() -> dict[str, Any]:
    """Return a journey that lets a day pass after any order, and ends."""
    graph = thanks_graph(first="pause", starts=[{"id": "s1", "event": "completedOrder"}])
    del graph["steps"]["mail"]
    return graph
