"""What `percorso doctor` says of an installation."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from asyncpg import Record
from click.testing import CliRunner

from percorso.db import Connection, Database
from percorso.db.condition import Condition, SetAside, read_condition
from percorso.processes.doctor import Finding, doctor, examine_condition, examine_second_wall


def test_a_database_that_is_well() -> None:
    assert examine_condition(Condition(server_version=180_006, missing_migrations=0, lag=3)) == [
        Finding("database", "ok", "PostgreSQL 18."),
        Finding("schema", "ok", "Up to date."),
        Finding("worker", "ok", "The worker is 3 facts behind the log."),
    ]


@pytest.mark.parametrize(
    ("condition", "name", "level", "remedy"),
    [
        (
            Condition(server_version=140_001, missing_migrations=0, lag=0),
            "database",
            "error",
            "use 15 or later",
        ),
        (
            Condition(server_version=150_001, missing_migrations=2, lag=0),
            "schema",
            "error",
            "percorso migrate",
        ),
        (
            Condition(server_version=150_001, missing_migrations=0, lag=10_001),
            "worker",
            "warning",
            "more of them",
        ),
    ],
)
def test_what_is_wrong_comes_with_its_remedy(
    condition: Condition, name: str, level: str, remedy: str
) -> None:
    (finding,) = [finding for finding in examine_condition(condition) if finding.level != "ok"]
    assert (finding.name, finding.level) == (name, level)
    assert remedy in finding.sentence


def test_what_was_set_aside_is_named_with_its_reason() -> None:
    at, due_at = datetime(2026, 5, 4, 10, 20, tzinfo=UTC), datetime(2026, 5, 3, tzinfo=UTC)
    some = UUID(int=7)
    condition = Condition(
        server_version=180_006,
        missing_migrations=0,
        lag=0,
        given_up=23,
        newest_given_up=(
            SetAside(at, 7, 12, None, None, None, some, "numeric field overflow"),
            SetAside(at, 7, 13, some, None, None, some, "KeyError"),
            SetAside(at, 7, 13, None, some, due_at, some, "out of range"),
            SetAside(at, 7, 13, None, None, due_at, some, "out of range"),
        ),
    )
    finding = examine_condition(condition)[-1]
    assert (finding.name, finding.level) == ("set aside", "warning")
    assert finding.sentence.startswith("23 ")
    assert finding.details == [
        f"2026-05-04 10:20:00 fact 12 of contact {some}: numeric field overflow",
        f"2026-05-04 10:20:00 run {some} of contact {some}: KeyError",
        f"2026-05-04 10:20:00 moment 2026-05-03 00:00:00 of the segment {some} of contact {some}: out of range",
        f"2026-05-04 10:20:00 moment 2026-05-03 00:00:00 of the shop of contact {some}: out of range",
    ]


async def test_the_database_tells_what_was_set_aside_and_not_what_is_still_tried(tx: Connection) -> None:
    written = """INSERT INTO set_aside (bucket, id, "offset", contact_id, workspace_id, tries, error, set_aside_at)
        VALUES (3, $1, $2, $1, $1, 3, 'refused', $3)"""
    at = datetime(2026, 5, 4, tzinfo=UTC)
    for number, moment in enumerate((at, None, at + timedelta(hours=1)), 1):
        await tx.execute(written, UUID(int=number), number, moment)
    condition = await read_condition(tx)
    assert condition.given_up == 2
    assert [one.offset for one in condition.newest_given_up] == [3, 1]


def test_a_missing_second_wall_is_said_with_the_statement_that_builds_it() -> None:
    finding = examine_second_wall(has_request_role=False, has_narrowed_role=False)
    assert finding.level == "warning"
    assert "CREATE ROLE percorso_request NOLOGIN" in finding.sentence


def test_the_missing_role_of_narrowed_members_is_said_with_what_becomes_of_them() -> None:
    finding = examine_second_wall(has_request_role=True, has_narrowed_role=False)
    assert finding.level == "warning"
    assert "refused" in finding.sentence
    assert "CREATE ROLE percorso_narrowed NOLOGIN" in finding.sentence


async def test_wrong_counters_are_told_and_put_right(
    database_url: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERCORSO_DATABASE_URL", database_url)
    assert (await say("--recount"))["level"] == "ok"
    async with database.transaction("test.commit") as connection:
        await connection.execute(
            "INSERT INTO counters (bucket, workspace_id, journey_id, version, step, path, name, day, value)"
            " VALUES (7, $1, $2, 1, 'mail', '', 'entered', '2026-03-02', 4)",
            UUID(int=1),
            UUID(int=2),
        )
    wrong = await say("--recount")
    assert wrong["level"] == "error"
    assert "--repair" in wrong["sentence"]
    (detail,) = wrong["details"]
    assert detail.endswith("step mail, path -, bucket 7: counted 4, recounted 0")
    assert (await say("--recount", "--repair"))["level"] == "warning"
    assert (await say("--recount"))["level"] == "ok"
    assert [row["value"] for row in await read_counters(database)] == [0]


async def read_counters(database: Database) -> list[Record]:
    async with database.connection() as connection:
        return await connection.fetch("SELECT value FROM counters")


async def say(*options: str) -> dict[str, Any]:
    """Return what the command says about counters, in a thread: it runs a loop of its own."""
    result = await asyncio.to_thread(CliRunner().invoke, doctor, ["--json", *options])
    (finding,) = [
        each for each in msgspec.json.decode(result.stdout)["findings"] if each["name"] == "counters"
    ]
    assert result.exit_code == (1 if finding["level"] == "error" else 0), result.output
    return finding


def test_repair_alone_is_refused() -> None:
    result = CliRunner().invoke(doctor, ["--repair"])
    assert result.exit_code == 2
    assert "--recount" in result.output
