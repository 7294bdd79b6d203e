"""Runs the numbered SQL files of `migrations/`: each once, in order, one transaction each."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

import asyncpg

from percorso.db.errors import MigrationError
from percorso.db.failpoints import FAILPOINTS
from percorso.db.queries import Connection, load_queries

_FILE_NAME = re.compile(r"^(\d{4})_([a-z0-9_]+)\.sql$")

_queries = load_queries("percorso.db")


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of `migrations/`."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, in hexadecimal."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def file_name(self) -> str:
        """`NNNN_name.sql`."""
        return f"{self.number:04}_{self.name}.sql"


def list_migrations() -> list[Migration]:
    """Return the files that come with this Percorso, in order; raises MigrationError for twins.

    Numbers may be left out: they are given to pieces of work before these are written.
    """
    found: list[Migration] = []
    for entry in resources.files("percorso.db").joinpath("migrations").iterdir():
        if not entry.name.endswith(".sql"):
            continue
        match = _FILE_NAME.match(entry.name)
        if match is None:
            raise MigrationError(f"{entry.name} is not called NNNN_name.sql.")
        found.append(Migration(number=int(match[1]), name=match[2], sql=entry.read_text(encoding="utf-8")))
    found.sort(key=lambda migration: migration.number)
    if len({migration.number for migration in found}) != len(found):
        names = ", ".join(migration.file_name for migration in found)
        raise MigrationError(f"Two migrations have the same number: {names}.")
    return found


def next_migration(applied: Sequence[tuple[int, str]], files: Sequence[Migration]) -> Migration | None:
    """Return the file to apply next, or None when all are; `applied` is (number, checksum) in order.

    Raises MigrationError if an applied file has changed since, or this Percorso is older than the database.
    """
    if len(applied) > len(files):
        raise MigrationError(
            f"The database was migrated by a newer Percorso (to {len(applied)}; this one knows {len(files)}). "
            "Run that version or a later one."
        )
    for (number, checksum), migration in zip(applied, files, strict=False):
        if number > migration.number:
            raise MigrationError(
                f"{migration.file_name} comes before migration {number}, which was applied to this database without it. "
                "Give it a later number."
            )
        if number != migration.number or checksum != migration.checksum:
            raise MigrationError(
                f"{migration.file_name} was changed after it was applied to this database. "
                "Undo the change and write a new migration."
            )
    return files[len(applied)] if len(applied) < len(files) else None


async def migrate(url: str, files: Sequence[Migration] | None = None) -> list[str]:
    """Bring the database at `url` up to date and return the names of the files applied now.

    Repeating does nothing; runners that meet wait for each other (lock on the table `migrations`).
    """
    connection = await asyncpg.connect(
        url, timeout=10, server_settings={"application_name": "percorso migrate"}
    )
    try:
        return await _apply(connection, list_migrations() if files is None else files)
    finally:
        await connection.close()


async def _apply(connection: Connection, files: Sequence[Migration]) -> list[str]:
    await _create_table(connection)
    done: list[str] = []
    while True:
        async with connection.transaction():
            await _queries.execute(connection, "lock_migrations")
            rows = await _queries.fetch(connection, "list_migrations")
            migration = next_migration([(row["number"], row["checksum"]) for row in rows], files)
            if migration is None:
                return done
            await connection.execute(migration.sql)
            await _queries.execute(
                connection,
                "record_migration",
                number=migration.number,
                name=migration.name,
                checksum=migration.checksum,
            )
            FAILPOINTS.pass_point("db.migrate", "before")
        FAILPOINTS.pass_point("db.migrate", "after")
        done.append(migration.file_name)


async def _create_table(connection: Connection) -> None:
    try:
        await _queries.execute(connection, "create_migrations")
    except (asyncpg.UniqueViolationError, asyncpg.DuplicateObjectError, asyncpg.DuplicateTableError):
        # Two runners made it at the same moment; `if not exists` does not cover that race.
        await _queries.execute(connection, "create_migrations")
