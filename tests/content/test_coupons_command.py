"""`percorso coupons`, as somebody types it."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from percorso.content.cli import coupons
from percorso.content.coupons.errors import UnknownPoolError
from percorso.db import Database
from tests.support.scene import set_scene


@pytest.fixture
def environment(database_url: str) -> dict[str, str]:
    async def prepare() -> None:
        database = await Database.open(database_url)
        async with database.transaction("test.commit") as connection:
            await set_scene(connection)
        await database.close()

    asyncio.run(prepare())
    return {"PERCORSO_DATABASE_URL": database_url}


def run(environment: dict[str, str], *arguments: str, input: str | None = None) -> Any:
    result = CliRunner().invoke(
        coupons, [*arguments, "--json"], env=environment, input=input, catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return msgspec.json.decode(result.stdout)


def test_a_pool_is_made_filled_and_listed(environment: dict[str, str], tmp_path: Path) -> None:
    pool = run(environment, "create", "Sfilata")
    assert pool == {"id": pool["id"], "name": "Sfilata", "codes": 0, "free": 0}
    file = tmp_path / "codes.txt"
    file.write_text("ABC1\nABC2\n\nABC1\n")
    assert run(environment, "add", "Sfilata", str(file)) == {"added": 2, "repeated": 1, "refused": 0}
    assert run(environment, "add", pool["id"], "-", input="ABC3\nABC2\n" + "x" * 201) == {
        "added": 1,
        "repeated": 1,
        "refused": 1,
    }
    assert run(environment, "add", "Sfilata", "--generate", "20", "--prefix", "MI") == {
        "added": 20,
        "repeated": 0,
        "refused": 0,
    }
    assert run(environment, "list") == {"pools": [{**pool, "codes": 23, "free": 23}]}
    listed = CliRunner().invoke(coupons, ["list"], env=environment)
    assert listed.output == f"{pool['id']}\t23\t23\tSfilata\n"


def test_an_unknown_pool_is_refused_in_words(environment: dict[str, str]) -> None:
    result = CliRunner().invoke(coupons, ["add", "Nulla", "--generate", "1"], env=environment)
    assert isinstance(result.exception, UnknownPoolError)
    assert str(result.exception) == "There is no such pool of coupons."


def test_two_pools_of_one_name_are_told_apart_by_id(environment: dict[str, str]) -> None:
    pool = run(environment, "create", "Sfilata")
    run(environment, "create", "Sfilata")
    result = CliRunner().invoke(coupons, ["add", "Sfilata", "--generate", "1"], env=environment)
    assert result.exit_code == 2
    assert "2 pools are called Sfilata" in result.output
    assert run(environment, "add", pool["id"], "--generate", "1")["added"] == 1


def test_codes_come_from_a_file_or_are_made_up_but_not_both(environment: dict[str, str]) -> None:
    assert CliRunner().invoke(coupons, ["add", "Sfilata"], env=environment).exit_code == 2
    both = ["add", "Sfilata", "-", "--generate", "1"]
    assert CliRunner().invoke(coupons, both, env=environment, input="A").exit_code == 2
