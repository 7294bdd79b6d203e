"""`percorso segments`: applied from a file, listed, shown; applying twice changes nothing."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from percorso.db import Database
from percorso.segments.cli import segments
from tests.worker.scene import Scene


@pytest.fixture
def workspace(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A set-up instance that the command line finds by its address."""
    monkeypatch.setenv("PERCORSO_DATABASE_URL", database_url)

    async def set_up() -> None:
        database = await Database.open(database_url, name="test")
        await Scene.open(database)
        await database.close()

    asyncio.run(set_up())


def run(*arguments: str) -> Result:
    return CliRunner().invoke(segments, arguments)


def answer(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return msgspec.json.decode(result.stdout)


MILAN = """
name: Milano
tags: [city]
definition:
  kind: filter
  condition: {kind: test, source: attribute, path: city, type: text, operator: equals,
    operands: [{kind: value, value: Milano}]}
"""
OTHERS = """
name: Others
definition:
  kind: filter
  condition: {kind: not, condition: {kind: membership, of: segment, id: "segment:milano"}}
"""


@pytest.mark.usefixtures("workspace")
def test_a_segment_is_applied_once_and_shown_as_it_was_written(tmp_path: Path) -> None:
    first, second = tmp_path / "milan.yaml", tmp_path / "others.yaml"
    first.write_text(MILAN)
    second.write_text(OTHERS)
    made = answer("apply", str(first))
    assert (made["name"], made["revision"], made["members"]) == ("Milano", 1, 0)
    assert answer("apply", str(first)) == made
    answer("apply", str(second))
    listed = answer("list")["segments"]
    assert [segment["name"] for segment in listed] == ["Milano", "Others"]
    assert [segment["name"] for segment in answer("list", "--tag", "city")["segments"]] == ["Milano"]
    shown = run("show", "others").stdout
    assert "segment:Milano" in shown
    second.write_text(shown)
    assert answer("apply", str(second))["revision"] == 1
    first.write_text(MILAN.replace("value: Milano", "value: Monza"))
    assert answer("apply", str(first))["revision"] == 2


@pytest.mark.usefixtures("workspace")
def test_what_cannot_be_applied_is_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(OTHERS)
    refused = run("apply", str(path))
    assert refused.exit_code == 1
    assert "Error:" in refused.output
    assert run("show", "nobody").exit_code == 1
