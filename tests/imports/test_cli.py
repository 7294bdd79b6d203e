"""`percorso contacts`: what it prints and what comes of it."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from percorso.db import Database
from percorso.imports.cli import contacts, parse_target
from percorso.imports.model import SKIP, Target
from tests.support.world import World


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command line over the test's database."""
    monkeypatch.setenv("PERCORSO_DATABASE_URL", database_url)
    return CliRunner()


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("email", Target("email")),
        ("skip", SKIP),
        ("externalId", Target("external_id")),
        ("address.city", Target("attribute", "address.city")),
        ("birthDate:date:dd/MM/yyyy", Target("attribute", "birthDate", "date", "dd/MM/yyyy")),
        ("at:date-time:dd/MM/yyyy HH:mm", Target("attribute", "at", "date-time", "dd/MM/yyyy HH:mm")),
    ],
)
def test_a_target_is_read(written: str, target: Target) -> None:
    assert parse_target(written) == target


def test_a_type_that_there_is_not_is_refused() -> None:
    with pytest.raises(click.ClickException, match="no type"):
        parse_target("x:number")


def in_a_thread(run: CliRunner, *arguments: str) -> str:
    """A command has an event loop of its own."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        result = pool.submit(run.invoke, contacts, list(arguments)).result()
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


async def test_a_file_comes_in_and_contacts_leave(database: Database, run: CliRunner, tmp_path: Path) -> None:
    world = await World.open(database)
    file = tmp_path / "clienti.csv"
    file.write_text("Email;Data\nada@example.com;31/12/2020\n", encoding="utf-8")
    shown = json.loads(in_a_thread(run, "import", str(file), "--preview", "--json"))
    assert shown["columns"]["Data"] == {
        "kind": "attribute", "path": "Data", "type": "date", "format": "dd/MM/yyyy",
    }  # fmt: skip
    started = in_a_thread(
        run,
        "import",
        str(file),
        "--map",
        "Data=joinedOn:date:dd/MM/yyyy",
        "--list",
        "Novità",
        "--no-wait",
        "--json",
    )
    assert json.loads(started)["state"] == "running"
    await world.drain()
    out = tmp_path / "out.csv"
    in_a_thread(
        run,
        "export",
        "--field",
        "email",
        "--field",
        "attributes.joinedOn",
        "--list",
        "Novità",
        "-o",
        str(out),
    )
    assert out.read_text(encoding="utf-8").splitlines() == ["email,joinedOn", "ada@example.com,2020-12-31"]
