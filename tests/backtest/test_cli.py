"""`percorso journeys backtest`: found beside the other commands, in words and as JSON, wrong where something differs."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from percorso.backtest.cli import journeys
from percorso.db import Database
from percorso.journeys.errors import UnknownReferenceError
from percorso.worker.main import settle
from tests.worker.scene import ORDER, START, Scene, contact_id, thanks_graph

ADA, BEA = contact_id(1), contact_id(2)


@pytest.fixture
def shop(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A shop in which one was thanked and one was not, found by its address."""
    monkeypatch.setenv("PERCORSO_DATABASE_URL", database_url)

    async def set_up() -> None:
        database = await Database.open(database_url, name="test")
        scene = await Scene.open(database)
        await scene.publish("thanks", thanks_graph())
        await scene.subscribe(ADA)
        await scene.append(*(scene.known(person, number) for number, person in enumerate((ADA, BEA))))
        await scene.append(*(scene.event(person, "completedOrder", ORDER) for person in (ADA, BEA)))
        await settle(database)
        await scene.move_clock(hours=1)
        await database.close()

    asyncio.run(set_up())
    return database_url


def run(*arguments: str) -> Result:
    return CliRunner().invoke(journeys, ["backtest", *arguments], catch_exceptions=False)


def test_it_tells_what_a_journey_made_of_the_past(shop: str) -> None:
    result = run("thanks", "--json")
    assert result.exit_code == 0, result.output
    report: dict[str, Any] = msgspec.json.decode(result.stdout)
    assert (report["entries"], report["messages"], report["refused"]) == (2, 1, {"not_subscribed": 1})
    assert report["perDay"] == {"2026-03-02": 1}
    # Nine in the morning of UTC is ten in the list's zone.
    assert START.hour == 9
    assert report["perHour"] == {"10": 1}
    assert report["perPerson"] == {"people": 1, "median": 1.0, "p99": 1.0, "maximum": 1}
    assert (report["compared"], report["differing"]) == (2, 0)
    assert msgspec.convert(report["until"], str).startswith((START + timedelta(hours=1)).isoformat()[:13])
    assert "All 2 runs are the same as in production." in run("thanks").stdout
    assert (
        "Tutti i 2 passaggi sono uguali a quelli della produzione."
        in run("thanks", "--language", "it").stdout
    )


def test_it_ends_with_one_where_production_went_otherwise(shop: str) -> None:
    async def invent() -> None:
        database = await Database.open(shop, name="test")
        async with database.transaction("test.commit") as connection:
            await connection.execute("UPDATE runs SET version = 7 WHERE contact_id = $1", ADA)
        await database.close()

    asyncio.run(invent())
    result = run("thanks")
    assert result.exit_code == 1
    assert "1 of 2 runs differ from production." in result.stdout
    assert f"contact {ADA}, version: production 7; told again 1." in result.stdout


def test_a_journey_that_is_not_there_is_told(shop: str) -> None:
    del shop
    with pytest.raises(UnknownReferenceError, match="Nowhere"):
        run("Nowhere")
