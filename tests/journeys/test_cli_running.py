"""Journeys that run, caps and holidays, from the command line."""

import asyncio
from typing import Any

import click
import msgspec
import pytest
from click.testing import CliRunner, Result

from percorso.db import Database
from percorso.journeys.cli import journeys
from percorso.journeys.errors import OwnProposalError, UnknownReferenceError, WrongStateError
from percorso.messages.caps.cli import caps
from percorso.workspaces.audit import list_audit
from percorso.workspaces.holidays_cli import holidays
from tests.support.world import World

GRAPH: dict[str, Any] = {
    "starts": [
        {"id": "began", "event": "began"},
        {"id": "romans", "kind": "field", "existing": True, "condition": {
            "kind": "test", "source": "attribute", "path": "city", "type": "text", "operator": "equals",
            "operands": [{"kind": "value", "value": "Roma"}]}},
    ],
    "first": "pause",
    "steps": {
        "pause": {"kind": "wait", "period": {"amount": 9, "unit": "days"}, "next": "later"},
        "later": {"kind": "wait", "period": {"amount": 9, "unit": "days"}, "next": "end"},
        "end": {"kind": "end"},
    },
}  # fmt: skip


class Desk:
    """A world whose commands are given on the command line, and what the worker makes of them."""

    def __init__(self, database_url: str) -> None:
        self.url = database_url
        self.calls = 100

    def act(self, *said: tuple[str, str]) -> list[tuple[str | None, str | None]]:
        """Let these users do these events, and whatever was asked be carried out; return (step, outcome) of all runs."""

        async def work() -> list[tuple[str | None, str | None]]:
            database = await Database.open(self.url, name="test")
            try:
                world = World(database, *self.known)
                self.calls += 100
                # A message id that was used before is the same call told twice.
                world._calls = self.calls  # pyright: ignore[reportPrivateUsage]
                for user, event in said:
                    await world.track(user, event)
                await world.drain()
                async with database.connection() as connection:
                    rows = await connection.fetch("SELECT step, outcome FROM runs ORDER BY entered_at, id")
                return [(row["step"], row["outcome"]) for row in rows]
            finally:
                await database.close()

        return asyncio.run(work())

    def set_up(self) -> None:
        async def work() -> None:
            database = await Database.open(self.url, name="test")
            world = await World.open(database)
            for name in ("ada", "bea"):
                await world.join(name, phone=None, city="Roma")
            await world.join("cia", phone=None)
            await world.publish("Pause", {**GRAPH, "starts": GRAPH["starts"][:1]})
            self.known = (world.workspace_id, world.list_id, world.write_key)
            await database.close()

        asyncio.run(work())

    def execute(self, statement: str) -> None:
        async def work() -> None:
            database = await Database.open(self.url, name="test")
            async with database.transaction("test.commit") as connection:
                await connection.execute(statement)
            await database.close()

        asyncio.run(work())

    def audit(self) -> list[tuple[str, str]]:
        async def work() -> list[tuple[str, str]]:
            database = await Database.open(self.url, name="test")
            async with database.connection() as connection:
                lines = await list_audit(connection, self.known[0])
            await database.close()
            return [(line.caller, line.action) for line in reversed(lines)]

        return asyncio.run(work())


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A world with a journey that is on; Ada and Bea live in Rome."""
    monkeypatch.setenv("PERCORSO_DATABASE_URL", database_url)
    desk = Desk(database_url)
    desk.set_up()
    return desk


def run(group: click.Group, *arguments: str) -> Result:
    return CliRunner().invoke(group, arguments, catch_exceptions=False)


def answer(group: click.Group, *arguments: str) -> Any:
    result = run(group, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return msgspec.json.decode(result.stdout)


def test_a_journey_is_paused_resumed_and_put_away(desk: Desk) -> None:
    assert answer(journeys, "pause", "Pause")["state"] == "paused"
    assert desk.act() == []
    assert desk.act(("ada", "began")) == []
    assert answer(journeys, "resume", "Pause", "--preview") == {"steps": {}}
    assert answer(journeys, "resume", "Pause", "--late", "skip")["state"] == "paused"
    assert desk.act() == []
    with pytest.raises(WrongStateError):
        run(journeys, "activate", "Pause")
    assert [step for step, _ in desk.act(("bea", "began"))] == ["pause"]
    assert answer(journeys, "archive", "Pause")["state"] == "archived"
    assert desk.audit() == [("command line", "journey.resumed")]


def test_who_is_inside_is_moved_and_removed_by_step_and_by_contact(desk: Desk) -> None:
    assert desk.act(("ada", "began"), ("bea", "began")) == [("pause", None), ("pause", None)]
    answer(journeys, "move", "Pause", "later", "--contact", "ADA@example.com")
    assert sorted(desk.act(), key=str) == [("later", None), ("pause", None)]
    answer(journeys, "move", "Pause", "later", "--step", "pause")
    assert desk.act() == [("later", None), ("later", None)]
    answer(journeys, "remove", "Pause", "--contact", "bea@example.com", "--outcome", "negative")
    assert sorted(desk.act(), key=str) == [("later", None), (None, "negative")]
    answer(journeys, "remove", "Pause", "--step", "later")
    assert sorted(desk.act(), key=str) == [(None, "negative"), (None, "neutral")]
    assert [action for _, action in desk.audit()] == [
        "run.moved",
        "journey.people_moved",
        "run.removed",
        "journey.people_removed",
    ]
    with pytest.raises(UnknownReferenceError, match=r"contact .* inside the journey"):
        run(journeys, "remove", "Pause", "--contact", "bea@example.com")
    for said in (("move", "Pause", "later"), ("remove", "Pause", "--step", "a", "--contact", "b")):
        assert run(journeys, *said).exit_code == 2


def test_contacts_are_let_in_with_values(desk: Desk, tmp_path: Any) -> None:
    captures = [{"name": "cart", "operand": {"kind": "event", "path": "cart"}}]
    start = {"kind": "pushed", "id": "in", "sources": ["hand"], "captures": captures}
    file = tmp_path / "by-hand.json"
    file.write_bytes(msgspec.json.encode({"name": "By hand", "graph": GRAPH | {"starts": [start]}}))
    answer(journeys, "apply", str(file))
    answer(journeys, "activate", "By hand")
    assert desk.act() == []
    people = ("--contact", "ada@example.com", "--contact", "BEA@example.com")
    assert answer(journeys, "enter", "By hand", *people, "--values", '{"cart": 7}')["state"] == "active"
    assert desk.act() == [("pause", None), ("pause", None)]
    assert desk.audit() == [("command line", "journey.people_added")]
    with pytest.raises(UnknownReferenceError, match=r"contact “zoe@example\.com”"):
        run(journeys, "enter", "By hand", "--contact", "zoe@example.com")
    for malformed in ("[]", "{", "seven"):
        assert run(journeys, "enter", "By hand", *people, "--values", malformed).exit_code == 2


def test_the_command_line_proposes_and_approves_nothing_of_its_own(desk: Desk, tmp_path: Any) -> None:
    desk.execute("UPDATE workspaces SET needs_approval = true")
    file = tmp_path / "waits.json"
    file.write_bytes(msgspec.json.encode({"name": "Waits", "graph": GRAPH}))
    proposed = run(journeys, "apply", str(file), "--activate", "--json")
    assert msgspec.json.decode(proposed.stdout)["state"] == "draft"
    assert proposed.stderr == "Proposed by command line: somebody else approves it.\n"
    with pytest.raises(OwnProposalError):
        run(journeys, "approve", "Waits")
    desk.execute(
        "UPDATE journeys SET proposal = jsonb_set(proposal, '{by,id}', '\"user:1\"') WHERE name = 'Waits'"
    )
    assert answer(journeys, "approve", "Waits")["version"] == 1
    assert [action for _, action in desk.audit()] == ["journey.proposed", "journey.approved"]


def test_who_meets_a_start_already_is_said_before_it_is_switched_on(desk: Desk, tmp_path: Any) -> None:
    file = tmp_path / "romans.json"
    file.write_bytes(msgspec.json.encode({"name": "Romans", "graph": GRAPH}))
    assert answer(journeys, "apply", str(file))["state"] == "ready"
    assert answer(journeys, "existing", "Romans") == {
        "version": 1,
        "starts": [{"start": "romans", "included": True, "people": 2}],
    }
    said = run(journeys, "existing", "Romans", "--language", "it").stdout
    assert said == "romans: 2 lo soddisfano già; entrano all'attivazione\n"
    assert answer(journeys, "activate", "Romans")["state"] == "active"
    assert desk.act() == [("pause", None), ("pause", None)]


def test_tests_that_a_file_carries_are_kept_and_written_out(desk: Desk, tmp_path: Any) -> None:
    carried = {
        "name": "Waits",
        "begins": "2026-03-02T09:00",
        "until": {"amount": 2, "unit": "days"},
        "happens": [{"kind": "event", "event": "began"}],
        "expect": {"waitsAt": "pause"},
    }
    file = tmp_path / "tried.json"
    file.write_bytes(msgspec.json.encode({"name": "Tried", "graph": GRAPH, "tests": [carried]}))
    assert answer(journeys, "apply", str(file))["version"] == 1
    assert answer(journeys, "apply", str(file))["version"] == 1
    shown = run(journeys, "show", "Tried").stdout
    written = tmp_path / "shown.yaml"
    written.write_text(shown)
    assert "tests:\n- name: Waits\n" in shown
    assert answer(journeys, "apply", str(written))["version"] == 1


def test_caps_and_holidays_are_kept(desk: Desk) -> None:
    assert answer(caps, "list") == {}
    assert answer(caps, "set", "email.week=3", "sms.day=1") == {"email.week": 3, "sms.day": 1}
    assert answer(caps, "set", "sms.day=none", "email.day=2") == {"email.day": 2, "email.week": 3}
    for wrong in ("email=3", "fax.day=1", "email.day=0", "email.day=x", "email.year=1"):
        assert run(caps, "set", wrong).exit_code == 2
    assert answer(holidays, "add", "2026-12-07", "Patron") == {
        "holidays": [{"day": "2026-12-07", "name": "Patron"}]
    }
    run(holidays, "add", "2026-08-14")
    assert (
        run(holidays, "add", "2026-12-07", "Sant'Ambrogio").stdout
        == "2026-08-14\n2026-12-07  Sant'Ambrogio\n"
    )
    assert answer(holidays, "remove", "2026-08-14")["holidays"] == [
        {"day": "2026-12-07", "name": "Sant'Ambrogio"}
    ]
    assert run(holidays, "add", "2026-02-30").exit_code == 2
    assert {action for _, action in desk.audit()} == {"caps.changed", "holidays.changed"}
