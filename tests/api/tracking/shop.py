"""A workspace with its keys, a client for each, and what the log holds of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from percorso.api.raw import Application, RawRoutes
from percorso.api.tracking.routes import create_tracking
from percorso.db import Database
from percorso.db.clock import set_clock
from percorso.workspaces.actions import create_key, set_up_instance
from percorso.workspaces.model import Setup
from tests.support.asgi import Answer, Client, basic

NOON = datetime(2031, 3, 9, 12, tzinfo=UTC)


@dataclass
class Shop:
    database: Database
    setup: Setup
    server_key: str
    browser_key: str
    application: Application

    @property
    def server(self) -> Client:
        return Client(self.application, basic(self.server_key))

    @property
    def browser(self) -> Client:
        return Client(self.application, basic(self.browser_key))

    async def call(self, name: str, /, **fields: Any) -> Answer:
        return await self.server.post(f"/v1/{name}", fields)

    async def facts(self) -> list[dict[str, Any]]:
        """All facts by message id, then order; each without what a test cannot foresee."""
        async with self.database.connection() as connection:
            rows = await connection.fetch('SELECT * FROM facts ORDER BY message_id, bucket, "offset"')
        return [dict(row) for row in rows]

    async def fact(self, message_id: str) -> dict[str, Any]:
        (fact,) = [fact for fact in await self.facts() if fact["message_id"] == message_id]
        return fact

    async def fetch(self, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
        async with self.database.connection() as connection:
            return [tuple(row) for row in await connection.fetch(query, *arguments)]

    async def set_clock(self, moment: datetime, rate: float = 0) -> None:
        async with self.database.transaction("test.commit") as connection:
            await set_clock(connection, product_at=moment, rate=rate)

    async def contact_of(self, kind: str, value: str) -> UUID:
        ((contact_id,),) = await self.fetch(
            "SELECT contact_id FROM identities WHERE kind = $1 AND value = $2", kind, value
        )
        return contact_id

    async def rejected(self) -> list[tuple[str, str | None]]:
        rows = await self.fetch("SELECT code, name FROM rejected ORDER BY code, name")
        return [(code, name) for code, name in rows]


def only(routes: RawRoutes) -> Application:
    """The application of these routes alone."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"]
        route = routes.exact.get(path) or next(
            part for prefix, part in routes.prefixes.items() if path.startswith(prefix)
        )
        await route(scope, receive, send)

    return application


async def open_shop(database: Database, *, at: datetime = NOON) -> Shop:
    async with database.transaction("test.commit") as connection:
        setup = await set_up_instance(
            connection,
            workspace_name="Bottega",
            list_name="News",
            sender_address="news@bottega.example.com",
            sms_sender=None,
            email="owner@bottega.example.com",
            name="Ada",
            password="a long enough password",
            language="it",
            time_zone="Europe/Rome",
            currency="EUR",
            present=at,
        )
        keys = {}
        for kind in ("server", "browser"):
            _, keys[kind] = await create_key(
                connection,
                workspace_id=setup.workspace_id,
                name=kind,
                kind=kind,
                scopes=("track",),
                present=at,
            )
        await set_clock(connection, product_at=at, rate=0)
    application = only(create_tracking(database, public_url="http://localhost:8000"))
    return Shop(database, setup, keys["server"], keys["browser"], application)


def told(fact: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """These columns of a fact."""
    return {name: fact[name] for name in names}
