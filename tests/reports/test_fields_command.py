"""`percorso fields`, as somebody types it."""

import asyncio
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from percorso.contacts.fields.errors import FieldFaultError, FieldPathError, UnknownFieldError
from percorso.db import Database
from percorso.reports.cli import fields
from tests.support.scene import set_scene

PET = ("pet.born", "--type", "date", "--it", "Nato il", "--en", "Born on")


@pytest.fixture
def environment(database_url: str) -> dict[str, str]:
    async def prepare() -> None:
        database = await Database.open(database_url)
        async with database.transaction("test.commit") as connection:
            await set_scene(connection)
        await database.close()

    asyncio.run(prepare())
    return {"PERCORSO_DATABASE_URL": database_url}


def run(environment: dict[str, str], *arguments: str) -> Any:
    result = CliRunner().invoke(fields, [*arguments, "--json"], env=environment, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return msgspec.json.decode(result.stdout)


def test_a_field_is_declared_changed_listed_and_deleted(environment: dict[str, str]) -> None:
    assert run(environment, "list") == {"fields": []}
    made = run(environment, "declare", *PET, "--format", "dd/MM/yyyy", "--required")
    assert (made["path"], made["format"], made["required"], made["default"]) == (
        "pet.born",
        "dd/MM/yyyy",
        True,
        None,
    )
    run(
        environment,
        "declare",
        "pet.legs",
        "--type",
        "integer",
        "--it",
        "Zampe",
        "--en",
        "Legs",
        "--default",
        "4",
    )
    changed = run(environment, "declare", *PET)
    assert (changed["format"], changed["required"]) == (None, False)
    listed = {field["path"]: field["default"] for field in run(environment, "list")["fields"]}
    assert listed == {"pet.born": None, "pet.legs": 4}
    assert "firstName" in {field["path"] for field in run(environment, "list", "--all")["fields"]}
    assert run(environment, "seen")["undeclared"] == []
    assert run(environment, "delete", "pet.legs") == {"deleted": "pet.legs"}
    shown = CliRunner().invoke(fields, ["list"], env=environment)
    assert shown.output.split() == ["pet.born", "date", "Nato", "il", "/", "Born", "on"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("delete", "nothing"), UnknownFieldError),
        (("declare", "a..b", *PET[1:]), FieldPathError),
        (("declare", *PET, "--format", "someday"), FieldFaultError),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    environment: dict[str, str], arguments: tuple[str, ...], error: type[Exception]
) -> None:
    result = CliRunner().invoke(fields, arguments, env=environment)
    assert isinstance(result.exception, error)
