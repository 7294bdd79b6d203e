"""`percorso contacts`: what it prints and what comes of it."""

import json
from pathlib import Path
from uuid import UUID

import click
import pytest
from click.testing import CliRunner

from percorso.db import Database
from percorso.imports import cli
from percorso.imports.actions import advance_imports
from percorso.imports.cli import contacts, describe_row, parse_target
from percorso.imports.faults import Language
from percorso.imports.model import SKIP, ForeseenChange, ForeseenRow, Import, Target
from percorso.imports.receiving import get_import
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


ROWS = [
    ForeseenRow(3, "rejected", code="email", column=0, cell="nobody"),
    ForeseenRow(4, "rejected", code="no_identity"),
    ForeseenRow(
        2,
        "updated",
        changes=(ForeseenChange("city", "Bari", "Roma"), ForeseenChange("age", "4", None)),
        more_changes=7,
    ),
]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            [
                (3, "rejected", "Email", "It is no email address."),
                (4, "rejected", None, "Nothing in it says who the contact is."),
                (2, "updated", "city", "Bari → Roma"),
                (2, "updated", "age", "4 → (nothing)"),
                (2, "updated", None, "and 7 more"),
            ],
        ),
        (
            "it",
            [
                (3, "rejected", "Email", "Non è un indirizzo email."),
                (4, "rejected", None, "Niente dice chi è il contatto."),
                (2, "updated", "city", "Bari → Roma"),
                (2, "updated", "age", "4 → (niente)"),
                (2, "updated", None, "e altri 7"),
            ],
        ),
    ],
)
def test_what_rows_would_do_is_told_in_both_languages(
    language: Language, told: list[tuple[object, ...]]
) -> None:
    lines = [line for row in ROWS for line in describe_row(row, ("Email", "Age"), language)]
    assert [tuple(line.values()) for line in lines] == told


async def test_a_dry_run_tells_its_rows(
    database: Database, run: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await World.open(database)
    file = tmp_path / "clienti.csv"
    file.write_text("email;city\nada@example.com;Bari\nnobody;Roma\n", encoding="utf-8")
    monkeypatch.setattr(cli, "_wait", _advance_and_get)
    shown = json.loads(in_a_thread(run, "import", str(file), "--dry-run", "--json", "--language", "it"))
    assert (shown["state"], shown["new"], shown["rejected"]) == ("checked", 1, 1)
    assert shown["foreseen"][0] == {
        "row": 3, "outcome": "rejected", "field": "email", "why": "Non è un indirizzo email.",
    }  # fmt: skip
    plain = in_a_thread(run, "import", str(file), "--dry-run")
    assert plain.splitlines()[0] == "3  rejected  email  It is no email address."


async def _advance_and_get(database: Database, workspace_id: UUID, import_id: UUID) -> Import:
    """Be the worker that the command waits for."""
    while await advance_imports(database):
        pass
    async with database.connection() as connection:
        return await get_import(connection, workspace_id, import_id)
