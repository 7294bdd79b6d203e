"""The first start of the demo, the second, and a database that is nobody's toy."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from percorso.db import Database
from percorso.db.clock import read_clock, set_clock
from percorso.demo.product_time import RATE, start_clock, stop_clock
from percorso.demo.set_up import AURORA, EMAIL, FILE, NotADemoError, set_up
from percorso.workspaces.actions import set_up_instance
from percorso.workspaces.model import ALL_SCOPES, TRACK
from percorso.workspaces.secrets import hash_token
from percorso.workspaces.sign_in import sign_in
from percorso.workspaces.store import find_key

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


async def test_the_second_start_finds_what_the_first_made(database: Database, tmp_path: Path) -> None:
    made, first = await set_up(database, tmp_path)
    again, second = await set_up(database, tmp_path)
    assert (first, second) == (True, False)
    assert again == made
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    async with database.connection() as connection:
        write_key = await find_key(connection, hash_token(made.write_key))
        api_key = await find_key(connection, hash_token(made.api_key))
    assert write_key is not None
    assert api_key is not None
    assert (write_key.kind, write_key.scopes, api_key.scopes) == ("server", (TRACK,), ALL_SCOPES)


async def test_who_lost_the_file_gets_in_again(database: Database, tmp_path: Path) -> None:
    made, _ = await set_up(database, tmp_path)
    (tmp_path / FILE).unlink()
    again, first = await set_up(database, tmp_path)
    assert first is False
    assert again.list_id == made.list_id
    assert again.password != made.password
    assert await sign_in(
        database, email=EMAIL, password=again.password, address="127.0.0.1", present=datetime.now(UTC)
    )


async def test_a_database_in_production_is_left_alone(database: Database, tmp_path: Path) -> None:
    async with database.transaction("workspaces.set_up") as connection:
        await set_up_instance(
            connection,
            workspace_name="Real",
            list_name="Real",
            sender_address="ciao@real.example.com",
            sms_sender=None,
            email=EMAIL,
            name="Anna",
            password="a long enough phrase",
            language=AURORA.language,
            time_zone=AURORA.time_zone,
            currency=AURORA.currency,
            present=LONG_AGO,
        )
    with pytest.raises(NotADemoError):
        await set_up(database, tmp_path)
    assert not (tmp_path / FILE).exists()
    assert await sign_in(
        database,
        email=EMAIL,
        password="a long enough phrase",
        address="127.0.0.1",
        present=datetime.now(UTC),
    )


async def test_time_goes_on_from_where_it_stood_and_never_back(database: Database) -> None:
    await start_clock(database, first=True)
    await stop_clock(database)
    async with database.connection() as connection:
        stopped = await read_clock(connection)
    assert stopped.rate == 0
    assert await start_clock(database, first=False) == stopped.product_at
    ahead = stopped.product_at + timedelta(hours=2)
    async with database.transaction("test.commit") as connection:
        # Killed: the clock's row says noon, but something was received at two.
        await set_clock(connection, product_at=stopped.product_at, rate=RATE)
        await connection.execute('UPDATE heads SET "offset" = 1, received_at = $1 WHERE bucket = 7', ahead)
    assert await start_clock(database, first=False) == ahead
