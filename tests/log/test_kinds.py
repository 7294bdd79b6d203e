"""The kinds of facts are the same closed set in Python and in every partition of the log."""

from collections.abc import Iterator
from typing import get_args
from uuid import uuid4

import asyncpg
import msgspec
import pytest

from percorso.db import Database
from percorso.db.migrate import list_migrations, migrate
from percorso.log.actions import append_facts
from percorso.log.model import FactKind
from tests.log.test_append import contact_in, draft_of, set_still_clock
from tests.log.test_partitions import NOON
from tests.server import TestServer

_GROUP_FACT = (
    "INSERT INTO facts VALUES (0, 1, gen_random_uuid(), gen_random_uuid(), 'group', 'groupJoined', 'm',"
    " '2031-12-02Z', '2031-12-02Z', '{}', NULL, 'api', false, 0)"
)


async def test_a_fact_of_every_kind_is_stored_and_no_other(database: Database) -> None:
    await set_still_clock(database, NOON)
    draft = draft_of(contact_in(7))
    drafts = [
        msgspec.structs.replace(draft, kind=kind, message_id=str(uuid4())) for kind in get_args(FactKind)
    ]
    async with database.transaction("test.commit") as connection:
        assert await append_facts(connection, drafts, received_at=NOON) == list(range(1, len(drafts) + 1))
    with pytest.raises(asyncpg.CheckViolationError, match="facts_kind_check"):
        async with database.transaction("test.commit") as connection:
            await append_facts(connection, [msgspec.structs.replace(draft, kind="other")], received_at=NOON)


@pytest.fixture
def empty_url(server: TestServer) -> Iterator[str]:
    name = server.make_database(template="template1")
    yield server.url(name)
    server.drop_database(name)


async def test_a_month_made_before_the_kinds_grew_takes_the_new_ones_too(empty_url: str) -> None:
    files = list_migrations()
    await migrate(empty_url, [file for file in files if file.number < 21])
    connection = await asyncpg.connect(empty_url)
    try:
        await connection.execute("SELECT ensure_month_of_facts('2031-12-01')")
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(_GROUP_FACT)
        await migrate(empty_url, files)
        await connection.execute(_GROUP_FACT)
    finally:
        await connection.close()
