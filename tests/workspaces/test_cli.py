"""`percorso users`: setting up once, adding people, giving passwords."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from click.testing import CliRunner, Result

from percorso.workspaces.cli import users
from percorso.workspaces.errors import (
    AlreadySetUpError,
    EmailTakenError,
    NarrowingError,
    NotSetUpError,
    UnknownUserError,
    WeakPasswordError,
)

Run = Callable[..., Result]
SET_UP = ("set-up", "ada@example.com", "--workspace", "Casa", "--sender", "ciao@casa.example.com")


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Run:
    """Runs `percorso users …` on an empty database and returns what came of it."""

    def run_users(*arguments: str) -> Result:
        environment = {"PERCORSO_DATABASE_URL": database_url, "PERCORSO_DATA": str(tmp_path)}
        return CliRunner().invoke(users, arguments, env=environment)

    return run_users


def printed(result: Result) -> Any:
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


def test_an_instance_is_set_up_once(run: Run) -> None:
    assert isinstance(run("create", "eva@example.com").exception, NotSetUpError)
    made = printed(run(*SET_UP, "--json"))
    assert (made["workspace"], made["email"]) == ("Casa", "ada@example.com")
    assert isinstance(run(*SET_UP).exception, AlreadySetUpError)
    assert [(user["email"], user["role"]) for user in printed(run("list", "--json"))["users"]] == [
        ("ada@example.com", "owner")
    ]


def test_people_are_added_once_with_a_role(run: Run) -> None:
    run(*SET_UP)
    made = printed(run("create", "eva@example.com", "--role", "viewer", "--name", "Eva", "--json"))
    assert made["role"] == "viewer"
    assert isinstance(run("create", "EVA@example.com").exception, EmailTakenError)
    assert isinstance(run("create", "ugo@example.com", "--password", "short").exception, WeakPasswordError)
    assert [(user["email"], user["name"]) for user in printed(run("list", "--json"))["users"]] == [
        ("ada@example.com", "ada@example.com"),
        ("eva@example.com", "Eva"),
    ]


def test_a_new_password_is_a_new_hash_and_ends_every_session(run: Run, database_url: str) -> None:
    run(*SET_UP)

    async def look(*statements: str) -> list[Any]:
        connection = await asyncpg.connect(database_url)
        try:
            return [await connection.fetchval(statement) for statement in statements]
        finally:
            await connection.close()

    hash_before, _ = asyncio.run(
        look(
            "SELECT password_hash FROM users",
            "INSERT INTO sessions SELECT 'token', user_id, workspace_id, 'csrf', clock_timestamp(),"
            " clock_timestamp(), clock_timestamp() + interval '1 day', NULL FROM roles",
        )
    )
    printed(run("password", "ADA@example.com", "--json"))
    hash_after, revoked = asyncio.run(
        look("SELECT password_hash FROM users", "SELECT revoked_at IS NOT NULL FROM sessions")
    )
    assert hash_after != hash_before
    assert revoked is True
    assert isinstance(run("password", "nobody@example.com").exception, UnknownUserError)


def test_a_zone_that_does_not_exist_is_refused(run: Run) -> None:
    result = run(*SET_UP, "--time-zone", "Mars/Olympus")
    assert result.exit_code == 2
    assert "no IANA time zone" in result.output


def test_a_role_is_narrowed_to_lists_and_widened_again(run: Run) -> None:
    run(*SET_UP)
    run("create", "eva@example.com", "--list", "Casa")

    def find() -> Any:
        return next(
            one for one in printed(run("list", "--json"))["users"] if one["email"] == "eva@example.com"
        )

    assert (len(find()["lists"]), find()["nodes"]) == (1, None)
    narrowed = printed(run("narrow", "eva@example.com", "--node", "Casa", "--role", "viewer", "--json"))
    assert (narrowed["role"], narrowed["lists"], len(narrowed["nodes"])) == ("viewer", None, 1)
    assert run("narrow", "eva@example.com").exit_code == 2
    assert run("narrow", "eva@example.com", "--list", "Nowhere").exit_code == 2
    assert isinstance(run("narrow", "ada@example.com", "--list", "Casa").exception, NarrowingError)
    assert isinstance(run("narrow", "ugo@example.com", "--everything").exception, UnknownUserError)
    assert printed(run("narrow", "eva@example.com", "--everything", "--json"))["nodes"] is None
    assert (find()["lists"], find()["nodes"], find()["role"]) == (None, None, "viewer")
