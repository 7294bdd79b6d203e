"""What was stored before a migration means the same after it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from percorso.db.migrate import list_migrations, migrate
from percorso.kit.ids import bucket_of_message
from tests.server import TestServer

ADA, WORKSPACE = UUID(int=1), UUID(int=2)
AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def empty_url(server: TestServer) -> Iterator[str]:
    name = server.make_database(template="template1")
    yield server.url(name)
    server.drop_database(name)


async def test_changes_by_path_become_changes_by_fact(empty_url: str) -> None:
    files = list_migrations()
    await migrate(empty_url, [file for file in files if file.number < 28])
    connection = await asyncpg.connect(empty_url)
    try:
        rows = [
            (0, ADA, 7, "points", WORKSPACE, "1", "null", AT, 1),
            (0, ADA, 7, "city", WORKSPACE, None, '"Bari"', AT, 0),
            (0, ADA, 9, "city", WORKSPACE, '"Bari"', None, AT, 0),
        ]
        await connection.executemany(
            'INSERT INTO changes (bucket, contact_id, "offset", path, workspace_id, old, new, changed_at, number)'
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            rows,
        )
        await migrate(empty_url, files)
        found = await connection.fetch('SELECT "offset", changed_at, changed FROM changes ORDER BY 1')
    finally:
        await connection.close()
    assert [(row[0], row[1], json.loads(row[2])) for row in found] == [
        (7, AT, [{"path": "city", "new": "Bari"}, {"path": "points", "old": 1, "new": None}]),
        (9, AT, [{"path": "city", "old": "Bari"}]),
    ]


async def test_message_ids_move_into_buckets_of_their_own(empty_url: str) -> None:
    files = list_migrations()
    await migrate(empty_url, [file for file in files if file.number < 29])
    connection = await asyncpg.connect(empty_url)
    try:
        await connection.execute(
            "SELECT ensure_week_of_seen('2026-01-01'), ensure_week_of_seen('2026-01-07')"
        )
        first, later = AT.date(), AT.date() + timedelta(days=6)
        # Two people were sent under one id, and one of them again later.
        rows = [(0, "m1", first), (9, "m1", first), (9, "m1", later), (0, "caffè", first), (255, "", first)]
        await connection.executemany(
            "INSERT INTO seen (bucket, workspace_id, message_id, received_on) VALUES ($1, $2, $3, $4)",
            [(bucket, WORKSPACE, *rest) for bucket, *rest in rows],
        )
        await migrate(empty_url, files)
        found = await connection.fetch("SELECT bucket, message_id, received_on FROM seen")
    finally:
        await connection.close()
    kept = {("m1", first), ("m1", later), ("caffè", first), ("", first)}
    assert sorted(tuple(row) for row in found) == sorted((bucket_of_message(id), id, day) for id, day in kept)
