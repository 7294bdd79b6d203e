"""The whole application: who answers which path, and how it fails."""

from pathlib import Path
from typing import Any

import asyncpg
import pytest

from percorso.api.app import Router
from percorso.api.health import create_health
from percorso.api.raw import RawRoutes, Receive, Scope, Send, send_answer
from percorso.api.static import StaticFiles
from percorso.db import Database
from tests.support.asgi import Client


def saying(text: str) -> Any:
    async def say(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send_answer(send, 200, text.encode())

    return say


def failing(error: Exception) -> Any:
    async def fail(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise error

    return fail


def client(**exact: Any) -> Client:
    routes = RawRoutes(
        exact={f"/{name}": part for name, part in exact.items()},
        prefixes={"/c/": saying("c"), "/c/deep/": saying("deep")},
    )
    return Client(Router([routes], own=saying("own"), static=saying("static")))


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("/one", "one"),
        ("/one/more", "static"),
        ("/c/token", "c"),
        ("/c/deep/token", "deep"),
        ("/c", "static"),
        ("/api/v1/journeys", "own"),
        ("/apiary", "static"),
        ("/", "static"),
    ],
)
async def test_a_path_goes_to_its_part(path: str, who: str) -> None:
    assert (await client(one=saying("one")).ask("GET", path)).body == who.encode()


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        asyncpg.CannotConnectNowError("starting up"),
        asyncpg.AdminShutdownError("going down"),
        asyncpg.TooManyConnectionsError("too many"),
        asyncpg.DiskFullError("no space left"),
        asyncpg.ConnectionDoesNotExistError("lost"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.ReadOnlySQLTransactionError("standby"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_database_that_is_away_is_503_whoever_was_asked(error: Exception) -> None:
    answer = await client(fail=failing(error)).ask("GET", "/fail")
    assert (answer.status, answer.headers["retry-after"], answer.json["code"]) == (503, "2", "database_away")


@pytest.mark.parametrize(
    "error", [KeyError("secret"), asyncpg.UniqueViolationError("secret")], ids=["key", "row"]
)
async def test_a_fault_of_ours_is_500_and_tells_nothing_of_its_inside(error: Exception) -> None:
    answer = await client(fail=failing(error)).ask("GET", "/fail")
    assert (answer.status, answer.json["code"]) == (500, "internal_error")
    assert b"secret" not in answer.body


async def test_health_and_readiness(database: Database) -> None:
    asked = Client(Router([create_health(database)], own=saying("own"), static=saying("static")))
    assert (await asked.ask("GET", "/health")).json == {"status": "up"}
    assert (await asked.ask("GET", "/ready")).json == {"status": "ready"}
    await database.close()
    assert (await asked.ask("GET", "/health")).status == 200
    assert (await asked.ask("GET", "/ready")).status == 503


@pytest.fixture
def built(tmp_path: Path) -> Client:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<p>app</p>")
    (tmp_path / "assets" / "app-1a2b.js").write_text("let a = 1;" * 500)
    (tmp_path.parent / "secret.txt").write_text("secret")
    return Client(StaticFiles(tmp_path))


async def test_files_are_served_with_a_strict_policy_and_kept_by_their_names(built: Client) -> None:
    page = await built.ask("GET", "/")
    assert (page.status, page.body) == (200, b"<p>app</p>")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["cache-control"] == "no-cache"
    script = await built.ask("GET", "/assets/app-1a2b.js", headers={"accept-encoding": "gzip"})
    assert script.headers["content-encoding"] == "gzip"
    assert "immutable" in script.headers["cache-control"]
    again = await built.ask("GET", "/assets/app-1a2b.js", headers={"if-none-match": script.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/journeys/17", 200),
        ("/assets/gone.js", 404),
        ("/../secret.txt", 404),
        ("/%2e%2e/secret.txt", 404),
        ("//etc/passwd", 200),
    ],
)
async def test_a_path_names_a_built_file_or_the_first_page(built: Client, path: str, status: int) -> None:
    answer = await built.ask("GET", path)
    assert answer.status == status
    assert b"secret" not in answer.body
    assert status != 200 or answer.body == b"<p>app</p>"


async def test_without_a_build_the_page_says_how_to_make_it(tmp_path: Path) -> None:
    answer = await Client(StaticFiles(tmp_path / "nothing")).ask("GET", "/")
    assert answer.status == 503
    assert b"make web" in answer.body
