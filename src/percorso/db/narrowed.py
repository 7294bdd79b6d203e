"""The database as a member sees it who is narrowed to some lists or nodes of the workspace.

Every connection that this view lends runs as `percorso_narrowed`, behind policies of its own (migration 0063): a
query that forgets to filter finds nothing more, and a table that nobody opened to the role is refused in words. What
would run as the owner of the tables is refused before it begins.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Final, NoReturn
from uuid import UUID

from asyncpg import InsufficientPrivilegeError

from percorso.db.database import Database
from percorso.db.errors import NarrowedError
from percorso.db.queries import Connection, load_queries

_queries: Final = load_queries("percorso.db")


class NarrowedDatabase(Database):
    """A view of one workspace for one request; `lists` and `nodes` are None where the member has all of them.

    Raises NarrowedError instead of lending a connection that could see more, also where the role is missing.
    """

    def __init__(  # pyright: ignore[reportMissingSuperCall]: it lends the connections of the whole, and has no pool
        self,
        whole: Database,
        workspace_id: UUID,
        *,
        lists: Sequence[UUID] | None,
        nodes: Sequence[UUID] | None,
    ) -> None:
        self._whole = whole
        self._settings = {"workspace_id": str(workspace_id), "lists": _write(lists), "nodes": _write(nodes)}

    @property
    def whole(self) -> Database:
        """The database itself."""
        return self._whole

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[Connection, None]:
        """Lend a connection for reading; each statement sees its own snapshot, of what is open."""
        with _Refusing():
            async with (
                self._whole.connection() as connection,
                connection.transaction(isolation="read_committed", readonly=True),
            ):
                await self._enter(connection)
                yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[Connection, None]:
        """Lend a connection for several reads of one snapshot, of what is open."""
        with _Refusing():
            async with self._whole.snapshot() as connection:
                await self._enter(connection)
                yield connection

    def transaction(self, commit_point: str) -> NoReturn:
        """Raise NarrowedError: it would write as the owner of the tables, whom no policy holds."""
        raise NarrowedError

    @asynccontextmanager
    async def request_transaction(
        self, workspace_id: UUID, commit_point: str = "db.request"
    ) -> AsyncGenerator[Connection, None]:
        """Lend a transaction that sees and writes what is open; `workspace_id` is the view's own anyway."""
        with _Refusing():
            async with self._whole.transaction(commit_point) as connection:
                await self._enter(connection)
                yield connection

    @asynccontextmanager
    async def request_snapshot(self, workspace_id: UUID) -> AsyncGenerator[Connection, None]:
        """Lend a connection for several reads of one snapshot, of what is open."""
        async with self.snapshot() as connection:
            yield connection

    async def _enter(self, connection: Connection) -> None:
        if not self._whole.has_narrowed_role:
            raise NarrowedError
        await _queries.execute(connection, "enter_narrowed", **self._settings)
        await _queries.execute(connection, "become_narrowed_role")


class _Refusing:
    """Says in words what PostgreSQL refuses the role: a table, a column, or a row that is not open."""

    def __enter__(self) -> None:
        """Begin to listen."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Raise NarrowedError in place of PostgreSQL's own error."""
        if isinstance(error, InsufficientPrivilegeError):
            raise NarrowedError from None


def _write(ids: Sequence[UUID] | None) -> str:
    return "all" if ids is None else "{" + ",".join(str(id) for id in ids) + "}"
