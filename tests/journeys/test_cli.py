import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from percorso.db import Database
from percorso.journeys.cli import journeys
from percorso.journeys.errors import GraphError, UnknownReferenceError
from percorso.journeys.trying import FailedTestsError
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


TESTED = """
name: Welcome
graph:
  starts: [{id: filled, event: formCompiled}]
  first: mail
  steps:
    mail: {kind: send_email, templateId: "template:cart", next: day}
    day: {kind: wait, period: {amount: 1, unit: days}, next: end}
    end: {kind: end, outcome: positive}
tests:
  - name: Everybody gets one mail
    begins: 2026-03-02T09:00
    happens: [{kind: event, event: formCompiled}]
    expect: {path: [mail, day, end], outcome: OUTCOME, messages: [{step: mail, at: 2026-03-02T09:00}]}
"""
PASSES = TESTED.replace("OUTCOME", "positive")
FAILS = TESTED.replace("OUTCOME", "negative")


def test_tests_of_a_file_are_run_without_a_database(tmp_path: Path) -> None:
    passed = run("test", write(tmp_path, PASSES))
    assert (passed.exit_code, passed.stdout) == (0, "ok    Everybody gets one mail\n1 / 1\n")
    failed = run("test", write(tmp_path, FAILS), "--language", "it", "--time-zone", "Europe/Rome")
    assert failed.exit_code == 1
    assert failed.stdout.splitlines() == [
        "FAIL  Everybody gets one mail",
        "      Passaggio 1: l'esito doveva essere negativo; è stato positivo, a «end», il 2026-03-03 09:00.",
        "0 / 1",
    ]
    told = run("test", write(tmp_path, FAILS), "--json")
    (one,) = msgspec.json.decode(told.stdout)["tests"]
    assert (told.exit_code, one["passed"]) == (1, False)
    assert [(found["code"], found["step"], found["at"]) for found in one["mismatches"]] == [
        ("outcome", "end", "2026-03-03 09:00")
    ]


def test_a_file_is_checked_without_a_database(tmp_path: Path) -> None:
    assert run("lint", write(tmp_path, PASSES)).exit_code == 0
    faulty = run("lint", write(tmp_path, PASSES.replace("next: end}", "next: none}")), "--language", "it")
    assert faulty.exit_code == 1
    assert "error: steps.day.next: " in faulty.stdout
    found = run("lint", write(tmp_path, PASSES.replace("next: end}", "next: none}")), "--json")
    assert "target_unknown" in [one["code"] for one in msgspec.json.decode(found.stdout)["findings"]]


def test_a_ready_journey_is_printed_as_a_file(tmp_path: Path) -> None:
    assert len(run("ready").stdout.splitlines()) == 15
    assert len(answer("ready", "--language", "it")["journeys"]) == 15
    text = run("ready", "abandoned-cart", "--language", "it").stdout
    assert text.startswith("name: Carrello abbandonato\n")
    assert run("lint", write(tmp_path, text)).exit_code == 0
    assert answer("ready", "abandoned-cart")["messages"][0]["subject"] == "You left something behind"
    assert run("ready", "none").exit_code == 2


def test_a_plan_says_what_applying_would_do_and_does_nothing(workspace: None, tmp_path: Path) -> None:
    del workspace
    planned = answer("plan", write(tmp_path, FILE))
    assert (planned["verb"], planned["journey"], planned["differences"]) == ("make", "Cart", [])
    assert answer("list") == {"journeys": []}
    journey = answer("apply", write(tmp_path, FILE))
    assert answer("plan", write(tmp_path, FILE))["verb"] == "leave"
    assert answer("diff", "Cart") == {"differences": []}
    changed = msgspec.json.decode(run("show", "Cart", "--json").stdout)
    graph = {**changed["graph"], "rounds": 3}
    text = msgspec.json.encode({"name": "Cart", "tags": ["cart"], "graph": graph}).decode()
    retagged = FILE.replace("[cart]", "[basket]")
    assert answer("plan", write(tmp_path, retagged))["verb"] == "change"
    planned = answer("plan", write(tmp_path, text))
    assert planned["verb"] == "change"
    assert len(planned["differences"]) == 1
    assert answer("list") == {"journeys": [journey]}
    answer("apply", write(tmp_path, text))
    assert answer("diff", "Cart", "--from", "1", "--to", "2")["differences"] == planned["differences"]
    refused = run(
        "plan", write(tmp_path, text.replace('"first":"mail"', '"first":"none"')), "--language", "it"
    )
    assert refused.exit_code == 1
    assert "Il primo passo «none» non esiste." in refused.stdout


def test_a_journey_whose_tests_fail_is_not_applied(workspace: None, tmp_path: Path) -> None:
    del workspace
    name = msgspec.json.decode(run("list", "--json").stdout)
    assert name == {"journeys": []}
    failing = FAILS.replace('"template:cart"', '"00000000-0000-8000-8000-0000000000e1"')
    planned = run("plan", write(tmp_path, failing), "--json")
    assert (planned.exit_code, msgspec.json.decode(planned.stdout)["failed"]) == (
        1,
        ["Everybody gets one mail"],
    )
    with pytest.raises(FailedTestsError, match="the outcome was expected to be negative"):
        run("apply", write(tmp_path, failing))
    assert answer("list") == {"journeys": []}
