"""The pool of connections, and transactions that have a name."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from asyncpg import Record

from percorso.db.failpoints import FAILPOINTS, check_commit_point
from percorso.db.hints import TELLING, Hints
from percorso.db.queries import Connection, load_queries

REQUEST_ROLE = "percorso_request"
"""The role that row-level security binds (architecture §9.5)."""

NARROWED_ROLE = "percorso_narrowed"
"""The role of members who are narrowed to some lists or nodes (`percorso.db.narrowed`)."""

SESSION_SETTINGS = {
    "timezone": "UTC",
    "jit": "off",
    # A paused or cut-off process must give its buckets back within 15 s (architecture §2).
    "idle_in_transaction_session_timeout": "10s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "3",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "14s",
}
"""Session settings of every connection; Database.open adds the statement timeout and the name of the process."""

_queries = load_queries("percorso.db")


def _encode_jsonb(value: Any) -> bytes:
    return b"\x01" + msgspec.json.encode(value)


def _decode_jsonb(data: bytes) -> Any:
    return msgspec.json.decode(memoryview(data)[1:])


def _decode_raw_jsonb(data: bytes) -> msgspec.Raw:
    return msgspec.Raw(data[1:])


def as_json(value: Any) -> msgspec.Raw:
    """Return `value` encoded, to be passed as jsonb without a second look.

    Needed for lists inside a `jsonb[]` parameter, which the driver would take for a further dimension.
    """
    return msgspec.Raw(msgspec.json.encode(value))


async def prepare_connection(connection: Connection, *, raw_json: bool = False) -> None:
    """Make jsonb columns take and give Python values; with `raw_json` they give `msgspec.Raw`.

    Either way a `msgspec.Raw` is taken as the JSON that it holds, unread: the cheap way for hot paths.
    The binary form is used because COPY needs it.
    """
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=_encode_jsonb,
        decoder=_decode_raw_jsonb if raw_json else _decode_jsonb,
        format="binary",
    )


async def _keep_session(_connection: Connection) -> None:
    """Spare a round trip: whatever a transaction sets, it sets LOCAL, and nobody listens or locks by session."""


class Database:
    """One PostgreSQL database: reads through `connection`, writes through `transaction`, which must be named."""

    def __init__(
        self, pool: "asyncpg.Pool[Record]", *, has_request_role: bool, has_narrowed_role: bool = False
    ) -> None:
        self.pool = pool
        self.has_request_role = has_request_role
        """Whether requests run behind row-level security; False where the role could not be created."""
        self.has_narrowed_role = has_narrowed_role
        """Whether members can be narrowed; where the role could not be created, those who are get nothing."""
        self.hints = Hints(pool)
        """What this process tells the others of its commits, and hears of theirs."""

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        minimum: int = 1,
        maximum: int = 10,
        name: str = "percorso",
        statement_timeout_seconds: float = 60,
        raw_json: bool = False,
    ) -> "Database":
        """Return the database at `url` with `minimum` to `maximum` connections; raises what the driver raises.

        `name` shows in pg_stat_activity.
        """

        async def prepare(connection: Connection) -> None:
            await prepare_connection(connection, raw_json=raw_json)

        timeout = str(round(statement_timeout_seconds * 1000))
        pool = await asyncpg.create_pool(
            url,
            min_size=minimum,
            max_size=maximum,
            init=prepare,
            reset=_keep_session,
            timeout=10,
            server_settings={**SESSION_SETTINGS, "application_name": name, "statement_timeout": timeout},
        )
        try:
            async with pool.acquire() as connection:
                found = [
                    bool(await _queries.fetch_value(connection, "has_role", role=role))
                    for role in (REQUEST_ROLE, NARROWED_ROLE)
                ]
        except BaseException:
            pool.terminate()
            raise
        return cls(pool, has_request_role=found[0], has_narrowed_role=found[1])

    @property
    def whole(self) -> "Database":
        """The database itself, also where a request was given a narrowed view of it.

        For what was checked through the narrowed view before: every use of it in `api/own` is listed by a test.
        """
        return self

    async def close(self) -> None:
        """Close all connections, waiting 5 s for those in use and then cutting them off."""
        await self.hints.close()
        try:
            await asyncio.wait_for(self.pool.close(), 5)
        except TimeoutError:
            self.pool.terminate()

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[Connection, None]:
        """Lend a connection for reading; each statement sees its own snapshot."""
        async with self.pool.acquire() as connection:
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[Connection, None]:
        """Lend a connection for several reads of one and the same snapshot; nothing can be written."""
        async with (
            self.pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield connection

    @asynccontextmanager
    async def transaction(self, commit_point: str) -> AsyncGenerator[Connection, None]:
        """Lend a connection in a transaction that commits when the block ends without an error.

        `commit_point` must be registered in `percorso.db.failpoints`, else UnnamedCommitError is raised before
        anything happens.
        """
        check_commit_point(commit_point)
        async with self.pool.acquire() as connection:
            async with connection.transaction():
                yield connection
                FAILPOINTS.pass_point(commit_point, "before")
            FAILPOINTS.pass_point(commit_point, "after")
            if commit_point in TELLING:
                await self.hints.tell(connection)

    @asynccontextmanager
    async def request_transaction(
        self, workspace_id: UUID, commit_point: str = "db.request"
    ) -> AsyncGenerator[Connection, None]:
        """Lend a transaction that sees and writes rows of one workspace only.

        Row-level security holds it there (architecture §9.5); where the role is missing only the queries' own
        `workspace_id` does, and `doctor` says so.
        """
        async with self.transaction(commit_point) as connection:
            if self.has_request_role:
                await _queries.execute(connection, "enter_workspace", workspace_id=str(workspace_id))
                await _queries.execute(connection, "become_request_role")
            yield connection

    @asynccontextmanager
    async def request_snapshot(self, workspace_id: UUID) -> AsyncGenerator[Connection, None]:
        """Lend a connection for several reads of one snapshot, behind the same walls; nothing can be written."""
        async with self.snapshot() as connection:
            if self.has_request_role:
                await _queries.execute(connection, "enter_workspace", workspace_id=str(workspace_id))
                await _queries.execute(connection, "become_request_role")
            yield connection
