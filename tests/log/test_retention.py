"""Facts go when they were kept long enough, by product time, and never before a worker has applied them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from percorso.db import Database
from percorso.db.clock import set_clock
from percorso.kit.ids import Bucket, WorkspaceId
from percorso.log.actions import append_facts
from percorso.log.model import FactDraft
from percorso.log.partitions import Partitions
from percorso.log.retention import (
    drop_old_months,
    empty_old_facts,
    kept_since,
    list_past_months,
    read_kept_since,
)
from percorso.worker.apply import apply_all
from percorso.worker.main import keep_partitions

LONG, SHORT = WorkspaceId(UUID(int=1)), WorkspaceId(UUID(int=2))
BUCKETS = (3, 200)


def at(month: int, day: int = 10) -> datetime:
    """Return a day of 2027, whose months go on after the twelfth."""
    return datetime(2027 + (month - 1) // 12, (month - 1) % 12 + 1, day, 12, tzinfo=UTC)


async def set_time(database: Database, moment: datetime) -> None:
    async with database.transaction("test.commit") as connection:
        await set_clock(connection, product_at=moment, rate=0)
    await Partitions(database).ensure(moment)


async def receive(
    database: Database, moment: datetime, workspaces: Sequence[WorkspaceId] = (LONG, SHORT)
) -> None:
    """Let each workspace receive one event in each bucket."""
    await set_time(database, moment)
    drafts = [
        FactDraft(
            bucket=Bucket(bucket),
            workspace_id=workspace_id,
            contact_id=UUID(int=(workspace_id.int << 32) + bucket),
            kind="event",
            name="viewedPage",
            message_id=f"{workspace_id.int}-{bucket}-{moment.isoformat()}",
            occurred_at=moment,
            properties=b"{}",
        )
        for workspace_id in workspaces
        for bucket in BUCKETS
    ]
    async with database.transaction("test.commit") as connection:
        await append_facts(connection, drafts, received_at=moment)


async def months_of(database: Database, workspace_id: UUID) -> list[tuple[int, str]]:
    """Return (bucket, month of receipt) of the workspace's events."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT bucket, to_char(received_at, 'YYYY-MM') AS month FROM facts WHERE workspace_id = $1 AND kind = 'event'"
            " ORDER BY 1, 2",
            workspace_id,
        )
    return [(row["bucket"], row["month"]) for row in rows]


@pytest.fixture
async def shops(database: Database) -> Database:
    """Two workspaces: one keeps events for three months, the other for one."""
    async with database.transaction("test.commit") as connection:
        for id, months in ((LONG, 3), (SHORT, 1)):
            await connection.execute(
                "INSERT INTO workspaces (id, name, time_zone, currency, language, created_at, events_kept_months)"
                " VALUES ($1, 'Shop', 'Europe/Rome', 'EUR', 'it', $2, $3)",
                id,
                at(1),
                months,
            )
            await connection.execute("INSERT INTO nodes (id, workspace_id, name) VALUES ($1, $1, 'Shop')", id)
    return database


async def test_facts_go_when_their_workspace_has_kept_them_long_enough(shops: Database) -> None:
    for month in (1, 2, 3, 4):
        await receive(shops, at(month))
        await apply_all(shops)
    await keep_partitions(shops)
    # In April: January to March are within three months, March within one.
    assert await months_of(shops, LONG) == [
        (bucket, month) for bucket in BUCKETS for month in ("2027-01", "2027-02", "2027-03", "2027-04")
    ]
    assert await months_of(shops, SHORT) == [
        (bucket, month) for bucket in BUCKETS for month in ("2027-03", "2027-04")
    ]
    async with shops.connection() as connection:
        assert await read_kept_since(connection, 3) == (None, {SHORT: date(2027, 3, 1)})
    await set_time(shops, at(5, 1))
    assert await drop_old_months(shops, at(5, 1)) == [date(2027, 1, 1)]
    assert await drop_old_months(shops, at(5, 1)) == []
    assert await empty_old_facts(shops, at(5, 1)) == 2
    assert await empty_old_facts(shops, at(5, 1)) == 0
    assert [month for bucket, month in await months_of(shops, LONG) if bucket == 3] == [
        "2027-02",
        "2027-03",
        "2027-04",
    ]
    assert [month for bucket, month in await months_of(shops, SHORT) if bucket == 3] == ["2027-04"]
    async with shops.connection() as connection:
        assert await read_kept_since(connection, 3) == (date(2027, 2, 1), {SHORT: date(2027, 4, 1)})
        # A bucket that never had a fact lost none.
        assert await read_kept_since(connection, 5) == (None, {SHORT: date(2027, 4, 1)})


async def test_what_no_worker_has_applied_stays(shops: Database) -> None:
    await receive(shops, at(1))
    later = at(12)
    await set_time(shops, later)
    assert await drop_old_months(shops, later) == []
    assert await empty_old_facts(shops, later) == 0
    assert len(await months_of(shops, LONG)) == len(await months_of(shops, SHORT)) == 2
    await apply_all(shops)
    assert await empty_old_facts(shops, later) == 2
    assert date(2027, 1, 1) in await drop_old_months(shops, later)
    assert await months_of(shops, LONG) == []
    # The log goes on where it was.
    await receive(shops, at(12, 11))
    await apply_all(shops)
    assert len(await months_of(shops, LONG)) == 2


async def test_a_month_that_somebody_reads_is_dropped_the_next_time(shops: Database) -> None:
    await receive(shops, at(1))
    await apply_all(shops)
    async with shops.transaction("test.commit") as connection:
        await connection.fetch("SELECT * FROM facts_202701")
        assert date(2027, 1, 1) not in await drop_old_months(shops, at(12))
    assert date(2027, 1, 1) in await drop_old_months(shops, at(12))


async def test_without_a_workspace_nothing_goes(database: Database) -> None:
    await set_time(database, at(1))
    assert await drop_old_months(database, at(60)) == []
    assert await empty_old_facts(database, at(60)) == 0


@pytest.mark.parametrize(
    ("now", "months", "first"),
    [
        (datetime(2027, 4, 30, 23, tzinfo=UTC), 1, datetime(2027, 3, 1, tzinfo=UTC)),
        (datetime(2027, 1, 1, tzinfo=UTC), 1, datetime(2026, 12, 1, tzinfo=UTC)),
        (datetime(2027, 1, 31, tzinfo=UTC), 25, datetime(2024, 12, 1, tzinfo=UTC)),
        (datetime(2027, 12, 31, tzinfo=UTC), 12, datetime(2026, 12, 1, tzinfo=UTC)),
    ],
)
def test_whole_months_are_kept(now: datetime, months: int, first: datetime) -> None:
    assert kept_since(now, months=months) == first


def test_a_month_is_past_when_the_next_one_has_begun_before_the_first_kept() -> None:
    months = [date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1)]
    assert list_past_months(months, first_kept=datetime(2027, 3, 1, tzinfo=UTC)) == months[:2]
