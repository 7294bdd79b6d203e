"""The PostgreSQL that Percorso brings: made, found again, refused where it must not be touched."""

import asyncio
import os
import shutil
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from percorso.db import embedded
from percorso.db.embedded import FLEETING_SETTINGS, EmbeddedServer
from percorso.db.embedded_files import Owner, choose_cluster_folder, find_binaries
from percorso.db.errors import EmbeddedServerError, FolderInUseError, FolderVersionError

as_root = pytest.mark.skipif("os.geteuid() != 0", reason="only root becomes another user")


def make_server(folder: Path) -> EmbeddedServer:
    return EmbeddedServer(folder, settings=FLEETING_SETTINGS)


@pytest.fixture
async def running(data_folder: Path) -> AsyncIterator[EmbeddedServer]:
    server = make_server(data_folder)
    await server.start()
    yield server
    await server.stop()


async def run_sql(server: EmbeddedServer, statement: str) -> object:
    connection = await asyncpg.connect(server.url())
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_what_was_committed_is_there_after_a_stop(running: EmbeddedServer) -> None:
    await run_sql(running, "CREATE TABLE kept AS SELECT 42 AS number")
    await running.stop()
    assert not Path(f"/proc/{running.process_id}").exists()
    again = make_server(running.folder)
    await again.start()
    try:
        assert await run_sql(again, "SELECT number FROM kept") == 42
    finally:
        await again.stop()


async def test_a_server_that_died_serves_again_at_the_same_address(running: EmbeddedServer) -> None:
    address = running.url()
    running.kill()
    assert await running.wait() == -9
    await running.start()
    assert running.url() == address
    assert await run_sql(running, "SELECT 1") == 1


async def test_leftovers_that_end_by_themselves_do_not_keep_it_from_starting(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = await asyncio.create_subprocess_exec("true")
    await ended.wait()
    found = iter([[ended.pid]])
    monkeypatch.setattr(embedded, "_processes_in", lambda _folder: next(found, []))
    server = make_server(data_folder)
    await server.start()
    try:
        assert await run_sql(server, "SELECT 1") == 1
    finally:
        await server.stop()


async def test_starting_twice_is_starting_once(running: EmbeddedServer) -> None:
    process_id = running.process_id
    await running.start()
    assert running.process_id == process_id


async def test_a_folder_in_use_is_refused_by_name(running: EmbeddedServer) -> None:
    with pytest.raises(FolderInUseError, match=str(running.folder)):
        await make_server(running.folder).start()


async def test_a_folder_of_another_version_is_refused_by_name(running: EmbeddedServer) -> None:
    await running.stop()
    version = choose_cluster_folder(running.folder, Owner.of_this_process()) / "PG_VERSION"
    version.write_text("14\n")
    with pytest.raises(FolderVersionError, match="holds a database of PostgreSQL 14"):
        await make_server(running.folder).start()


async def test_a_server_that_cannot_start_says_why_in_its_own_words(running: EmbeddedServer) -> None:
    await running.stop()
    broken = EmbeddedServer(running.folder, settings={"shared_buffers": "nonsense"})
    with pytest.raises(EmbeddedServerError, match="shared_buffers"):
        await broken.start()


async def test_a_preparation_that_was_cut_off_is_begun_again(data_folder: Path) -> None:
    half = data_folder / "postgres"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    server = make_server(data_folder)
    await server.start()
    try:
        assert await run_sql(server, "SELECT 1") == 1
    finally:
        await server.stop()


async def test_only_its_owner_can_read_the_password(running: EmbeddedServer) -> None:
    assert stat.S_IMODE((running.folder / "endpoint.json").stat().st_mode) == 0o600
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(running.url(), password="guessed")


async def test_a_path_too_long_for_a_socket_is_served_from_a_shorter_one(data_folder: Path) -> None:
    server = make_server(data_folder / ("a" * 60) / ("b" * 60))
    await server.start()
    try:
        assert await run_sql(server, "SELECT 1") == 1
    finally:
        await server.stop()


@as_root
async def test_root_leaves_foreign_folders_as_they_are(tmp_path: Path) -> None:
    """`tmp_path` is closed to others: the database goes elsewhere instead of opening it."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "data").mkdir()
    before = {folder: folder.stat().st_mode for folder in (closed, *closed.parents)}
    server = make_server(closed / "data")
    cluster = choose_cluster_folder((closed / "data"), Owner.of_this_process())
    assert not cluster.is_relative_to(tmp_path)
    try:
        await server.start()
        assert await run_sql(server, "SELECT 1") == 1
    finally:
        await server.stop()
        await asyncio.to_thread(_remove, cluster.parent)
    assert {folder: folder.stat().st_mode for folder in before} == before


@as_root
async def test_binaries_out_of_reach_are_copied_and_work(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = Owner.of_this_process()
    reachable = Owner.may_pass
    monkeypatch.setattr(
        Owner, "may_pass", lambda self, folder: "pginstall" not in str(folder) and reachable(self, folder)
    )
    data_folder.mkdir()
    binaries = await asyncio.to_thread(find_binaries, owner, data_folder)
    assert binaries.folder.is_relative_to(data_folder)
    server = EmbeddedServer(data_folder, settings=FLEETING_SETTINGS, binaries=binaries)
    await server.start()
    try:
        assert await run_sql(server, "SELECT 1") == 1
    finally:
        await server.stop()


def _remove(folder: Path) -> None:
    shutil.rmtree(folder)
    if not os.listdir(folder.parent):
        folder.parent.rmdir()
