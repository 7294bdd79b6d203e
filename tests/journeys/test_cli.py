import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from percorso.db import Database
from percorso.journeys.cli import journeys
from percorso.journeys.errors import GraphError, UnknownReferenceError
from tests.journeys.test_actions import FILE, set_desk


@pytest.fixture
def workspace(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A set-up instance that the command line finds by its address."""
    monkeypatch.setenv("PERCORSO_DATABASE_URL", database_url)

    async def set_up() -> None:
        database = await Database.open(database_url, name="test")
        async with database.transaction("test.commit") as connection:
            await set_desk(connection)
        await database.close()

    asyncio.run(set_up())


def run(*arguments: str) -> Result:
    return CliRunner().invoke(journeys, arguments, catch_exceptions=False)


def answer(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return msgspec.json.decode(result.stdout)


def write(folder: Path, text: str) -> str:
    path = folder / "journey.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_file_is_applied_listed_shown_and_applied_again(workspace: None, tmp_path: Path) -> None:
    del workspace
    applied = answer("apply", write(tmp_path, FILE))
    assert (applied["name"], applied["state"], applied["version"], applied["tags"]) == (
        "Cart",
        "ready",
        1,
        ["cart"],
    )
    assert answer("list") == {"journeys": [applied]}
    assert answer("list", "--search", "CAR", "--tag", "cart", "--state", "ready") == {"journeys": [applied]}
    assert answer("list", "--search", "100%") == {"journeys": []}
    assert applied["id"] in run("list").stdout
    shown = run("show", "Cart")
    assert shown.exit_code == 0
    # What is shown, with ids in place of names, is the same journey.
    assert answer("apply", write(tmp_path, shown.stdout), "--activate") == applied | {"state": "active"}
    assert run("show", applied["id"]).stdout == shown.stdout
    assert answer("show", "Cart")["graph"]["first"] == "mail"


def test_a_faulty_file_is_refused_with_all_that_is_wrong(workspace: None, tmp_path: Path) -> None:
    del workspace
    with pytest.raises(GraphError, match=r"nobody could enter.*does not exist"):
        run("apply", write(tmp_path, "name: X\ngraph: {starts: [], first: a, steps: {b: {kind: end}}}"))
    assert answer("list") == {"journeys": []}


def test_a_journey_that_is_not_there_is_told(workspace: None) -> None:
    del workspace
    with pytest.raises(UnknownReferenceError, match="journey called “Nothing”"):
        run("publish", "Nothing")
