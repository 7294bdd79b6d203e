"""Fixtures of every test. Pure tests need none; the server starts when the first test asks for a database."""

import gc
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import hypothesis
import pytest
from argon2 import PasswordHasher

from percorso.db import Connection, Database, prepare_connection
from tests.server import TestRun, TestServer, choose_cluster_parent, find_server

# How long an example takes says nothing on a machine that others use too.
hypothesis.settings.register_profile("percorso", deadline=None)
hypothesis.settings.load_profile("percorso")

_RUN = pytest.StashKey[TestRun]()


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.stash[_RUN] = TestRun()


def pytest_unconfigure(config: pytest.Config) -> None:
    run = config.stash.get(_RUN, None)
    if run is not None:
        run.end()


def pytest_collection_finish() -> None:
    """Keep what all tests share out of later collections of garbage, which would look at each of it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hash passwords with as little as the algorithm allows: a real hash costs 50 ms, a test knows its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("percorso.workspaces.secrets._hasher", PasswordHasher(1, 8, 1))
        yield


@pytest.fixture(scope="session")
def server() -> TestServer:
    """The PostgreSQL of this run: makes and drops databases by name."""
    return find_server(os.environ.get("PYTEST_XDIST_WORKER", "main"))


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """A data folder for an embedded database: unlike `tmp_path`, another system user can reach it."""
    with tempfile.TemporaryDirectory(prefix="percorso-data-", dir=choose_cluster_parent()) as name:
        Path(name).chmod(0o711)
        yield Path(name) / "data"


@pytest.fixture
def database_url(server: TestServer) -> Iterator[str]:
    """The address of a fresh, migrated, empty database, dropped afterwards: for tests that start processes."""
    name = server.make_database()
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh, migrated, empty database, for tests that commit."""
    database = await Database.open(database_url, name="test")
    yield database
    await database.close()


@pytest.fixture(scope="session")
def worker_database_url(server: TestServer) -> Iterator[str]:
    """The address of the database behind `tx`, one per worker, never committed to."""
    name = server.make_database()
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
async def tx(worker_database_url: str) -> AsyncIterator[Connection]:
    """A connection in a transaction that is rolled back: the cheap way to test a store."""
    connection = await asyncpg.connect(worker_database_url, server_settings={"timezone": "UTC"})
    try:
        await prepare_connection(connection)
        transaction = connection.transaction()
        await transaction.start()
        yield connection
        await transaction.rollback()
    finally:
        await connection.close()
