"""What `percorso doctor` says of an installation."""

import pytest

from percorso.db.condition import Condition
from percorso.processes.doctor import Finding, examine_condition, examine_second_wall


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


def test_a_missing_second_wall_is_said_with_the_statement_that_builds_it() -> None:
    finding = examine_second_wall(has_request_role=False)
    assert finding.level == "warning"
    assert "CREATE ROLE percorso_request NOLOGIN" in finding.sentence
