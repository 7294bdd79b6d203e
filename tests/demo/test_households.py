"""The year of real baskets, recomputed household by household."""

import asyncio
import socket
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from percorso.config import read_config
from percorso.db import Database
from percorso.demo.client import Client, await_answer
from percorso.demo.households.load import Load, read_result
from percorso.demo.households.orders import Household, Order, list_households, list_orders, read_tables
from percorso.demo.households.run import HOUSEHOLDS
from percorso.demo.set_up import set_up
from percorso.processes.http import serve_http
from tests.demo.naive_households import Expected, expect


@pytest.fixture(scope="module")
def tables() -> dict[str, Any]:
    return read_tables()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class PulledError(Exception):
    """Somebody pulled the plug."""


async def load(
    database: Database,
    folder: Path,
    households: Sequence[Household],
    orders: Sequence[Order],
    *,
    moments: int | None = None,
) -> None:
    """Load the orders; only so many moments of them, if a number is given."""
    passed = 0

    def report(_moment: datetime) -> None:
        nonlocal passed
        passed += 1
        if passed == moments:
            raise PulledError

    config = read_config(
        {"PERCORSO_SECRET": "x" * 40, "PORT": str(free_port()), "PERCORSO_DATA": str(folder)}
    )
    access, _ = await set_up(database, folder, HOUSEHOLDS)
    stop = asyncio.Event()
    serving = asyncio.create_task(serve_http(database, config, stop))
    try:
        async with aiohttp.ClientSession() as session:
            url = f"http://127.0.0.1:{config.port}"
            await await_answer(session, url, log_folder=folder)
            client = Client(session, url, api_key=access.api_key, write_key=access.write_key)
            await Load(database, client, list_id=access.list_id, public_url=config.public_url).run(
                households, orders, report
            )
    finally:
        stop.set()
        await serving


async def read_households(database: Database) -> dict[int, Expected]:
    """What the database holds, in the words of the naive reading."""
    found: dict[int, Expected] = {}
    async with database.connection() as connection:
        contacts = {
            row["contact_id"]: int(row["value"].removeprefix("household-"))
            for row in await connection.fetch(
                "SELECT contact_id, value FROM identities WHERE kind = 'user_id'"
            )
        }
        orders = await connection.fetch(
            "SELECT contact_id, count(*) AS orders, sum((properties #>> '{amount,revenue}')::numeric) AS revenue"
            " FROM facts WHERE name = 'completedOrder' GROUP BY contact_id"
        )
        runs = await connection.fetch(
            "SELECT contact_id, outcome, memory -> 'captured' ->> 'order_id' AS order_id"
            " FROM runs ORDER BY entered_at"
        )
    for row in orders:
        found[contacts[row["contact_id"]]] = Expected(revenue=float(row["revenue"]), orders=row["orders"])
    words = {"positive": "again", "neutral": "large", "negative": "none", None: "inside"}
    for row in runs:
        expected = found[contacts[row["contact_id"]]]
        expected.entries.append(int(row["order_id"]))
        expected.paths[words[row["outcome"]]] += 1
    return found


def assert_same(found: dict[int, Expected], expected: dict[int, Expected]) -> None:
    assert found.keys() == expected.keys()
    for household, expectation in expected.items():
        there = found[household]
        assert there.orders == expectation.orders, household
        assert round(there.revenue, 2) == round(expectation.revenue, 2), household
        assert there.entries == expectation.entries, household
        assert there.paths == expectation.paths, household


async def test_some_weeks_of_some_households_come_out_as_a_naive_reading_says(
    database: Database, tmp_path: Path, tables: dict[str, Any]
) -> None:
    until = datetime(2017, 5, 1)  # noqa: DTZ001 - the tables name no zone
    redemptions = tables["coupon_redemptions"]
    early = redemptions[redemptions["redemption_date"] < until]["household_id"]
    chosen = {int(id) for id, _ in Counter(early.tolist()).most_common(12)} | {1, 2, 3}
    households = [household for household in list_households(tables) if household.id in chosen]
    orders = [order for order in list_orders(tables, chosen) if order.at < until.replace(tzinfo=UTC)]
    # Stopped on the way, it goes on where it was, and counts nothing twice.
    with pytest.raises(PulledError):
        await load(database, tmp_path, households, orders, moments=60)
    await load(database, tmp_path, households, orders)
    expected = {household.id: expect(tables, household.id, until) for household in households}
    assert_same(await read_households(database), expected)
    # The slice meets every path, or it would prove little.
    paths = sum((expectation.paths for expectation in expected.values()), Counter[str]())
    assert set(paths) == {"again", "large", "none"}
    result = await read_result(database)
    assert result.messages == {"accepted": sum(paths.values()) + paths["none"]}
    assert result.events == len(orders)


@pytest.mark.prove
async def test_the_whole_year_comes_out_as_a_naive_reading_says(
    database: Database, tmp_path: Path, tables: dict[str, Any]
) -> None:
    households, orders = list_households(tables), list_orders(tables)
    assert (len(households), len(orders)) == (2469, 155_848)
    await load(database, tmp_path, households, orders)
    expected = {household.id: expect(tables, household.id) for household in households}
    assert_same(await read_households(database), expected)


def test_every_order_is_received_at_the_end_of_its_four_hours(tables: dict[str, Any]) -> None:
    for order in list_orders(tables, {1, 2, 3}):
        wait = (order.received_at - order.at).total_seconds()
        assert 0 <= wait < 4 * 3600
        assert (order.received_at.hour % 4, order.received_at.minute, order.received_at.second) == (0, 0, 0)
