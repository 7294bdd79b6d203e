"""Rows are taken in once, whatever dies and whoever goes on."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from percorso.imports import running
from percorso.imports.actions import sweep_imports
from percorso.imports.model import Counts, Settings, Target
from percorso.imports.receiving import receive_file
from percorso.imports.running import Importer
from percorso.imports.work import LOT_ROWS
from percorso.worker.apply import apply_all
from tests.imports.conftest import Desk

SETTINGS = Settings(targets=(Target("email"),))
ROWS = 2 * LOT_ROWS + 7


def make_file(rows: int = ROWS) -> str:
    return "email\n" + "".join(f"person-{number}@example.com\n" for number in range(rows))


async def lay_out(desk: Desk) -> UUID:
    found = await desk.receive(make_file())
    await desk.start(found.id, SETTINGS)
    return found.id


async def count_rows(desk: Desk) -> list[int]:
    """How many contacts there are by facts, and how many rows were told of."""
    rows = await desk.fetch(
        "SELECT count(DISTINCT contact_id) AS people, count(DISTINCT message_id) AS told, count(*) AS facts"
        " FROM facts WHERE kind = 'profile'"
    )
    return list(rows[0].values())


async def lapse_leases(desk: Desk) -> None:
    async with desk.database.transaction("test.commit") as connection:
        await connection.execute("UPDATE imports SET leased_until = '2020-01-01'")


async def test_another_process_goes_on_where_one_stopped(desk: Desk) -> None:
    import_id = await lay_out(desk)
    first = Importer(desk.database)
    assert await first.advance()
    assert (await desk.get(import_id)).read_rows == LOT_ROWS + 1
    second = Importer(desk.database)
    # Nothing is taken from who holds it.
    assert not await second.advance()
    # The first died: its lease runs out.
    await lapse_leases(desk)
    assert await second.advance()
    assert (await desk.get(import_id)).read_rows == 2 * LOT_ROWS + 1
    # The first was only paused, and finds out.
    assert not await first.advance() or (await desk.get(import_id)).read_rows == 2 * LOT_ROWS + 1
    await first.close()
    while await second.advance():
        await apply_all(desk.database)
    await second.close()
    await desk.world.drain()
    done = await desk.get(import_id)
    assert (done.state, done.counts) == ("done", Counts(rows=ROWS, new=ROWS))
    assert await count_rows(desk) == [ROWS, ROWS, ROWS]


@pytest.mark.parametrize("at", [1, 2, 3])
async def test_a_lot_that_broke_off_is_taken_in_again(
    desk: Desk, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nth lot fails after its facts are appended, before its commit: nothing of it is there."""
    import_id = await lay_out(desk)
    calls = 0
    append = running.append_bulk

    async def break_off(*arguments: object, **options: object) -> object:
        nonlocal calls
        appended = await append(*arguments, **options)  # type: ignore[arg-type]
        calls += 1
        if calls == at:
            raise ConnectionResetError
        return appended

    monkeypatch.setattr(running, "append_bulk", break_off)
    importer = Importer(desk.database)
    with pytest.raises(ConnectionResetError):
        while True:
            await importer.advance()
            await apply_all(desk.database)
    # Its process is gone with all that it remembered.
    await lapse_leases(desk)
    await desk.world.drain()
    done = await desk.get(import_id)
    assert (done.state, done.counts) == ("done", Counts(rows=ROWS, new=ROWS))
    assert await count_rows(desk) == [ROWS, ROWS, ROWS]


async def test_lots_wait_while_the_worker_is_behind(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = await lay_out(desk)
    monkeypatch.setattr(running, "MOST_FACTS", 3)
    importer = Importer(desk.database)
    assert await importer.advance()
    # 500 facts in 256 buckets: some bucket has 3.
    assert not await importer.advance()
    assert (await desk.get(import_id)).read_rows == LOT_ROWS + 1
    await apply_all(desk.database)
    assert await importer.advance()
    assert (await desk.get(import_id)).read_rows == 2 * LOT_ROWS + 1
    await importer.close()


async def test_an_import_ends_when_its_last_row_is_folded(desk: Desk) -> None:
    found = await desk.receive("email\nada@example.com\n")
    await desk.start(found.id, SETTINGS)
    importer = Importer(desk.database)
    for _ in range(4):
        await importer.advance()
    assert (await desk.get(found.id)).state == "applying"
    await apply_all(desk.database)
    await importer.advance()
    assert (await desk.get(found.id)).state == "done"
    await importer.close()


async def test_a_row_that_the_database_refuses_is_rejected_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The edge lets something pass that PostgreSQL does not: halved until it stands alone."""
    content = "email,note\n" + "".join(f"p{n}@example.com,{'bad' if n == 5 else 'good'}\n" for n in range(9))
    found = await desk.receive(content)
    append = running.append_bulk

    async def refuse(connection: object, partitions: object, calls: object, **options: object) -> object:
        if any(call.profile and call.profile.set.get("note") == "bad" for call in calls):  # type: ignore[attr-defined]
            await connection.execute("SELECT '\"\\u0000\"'::jsonb")  # type: ignore[attr-defined]
        return await append(connection, partitions, calls, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(running, "append_bulk", refuse)
    await desk.start(found.id, Settings(targets=(Target("email"), Target("attribute", "note"))))
    await desk.world.drain()
    done = await desk.get(found.id)
    assert (done.state, done.counts) == ("done", Counts(rows=9, new=8, rejected=1))
    assert [(reject.row, reject.code) for reject in await desk.rejects(found.id)] == [(7, "unstorable")]


async def test_someone_who_unsubscribes_meanwhile_stays_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the reading of statuses and the lock of the head, a contact unsubscribes."""
    from percorso.intake import bulk

    await desk.world.join("ada")
    async with desk.database.transaction("test.commit") as connection:
        await connection.execute("DELETE FROM statuses")
    read = bulk._read_statuses  # pyright: ignore[reportPrivateUsage]
    done = False

    async def read_then_refuse(*arguments: object) -> object:
        nonlocal done
        standings = await read(*arguments)  # type: ignore[arg-type]
        if not done:
            done = True
            await desk.world.track(
                "ada", "campaignUnsubscribed", listId=str(desk.world.list_id), channel="email"
            )
        return standings

    monkeypatch.setattr(bulk, "_read_statuses", read_then_refuse)
    finished = await desk.take_in("email\nada@example.com\n", subscribing=desk.subscribing())
    assert finished.counts.kept_unsubscribed == 1
    assert (await desk.statuses())["ada@example.com", "email"] == "unsubscribed"


async def test_an_import_that_cannot_go_on_fails_and_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await desk.receive("email\nada@example.com\n")

    async def break_down(*_arguments: object, **_options: object) -> object:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(running, "append_bulk", break_down)
    await desk.start(found.id, SETTINGS)
    await desk.world.drain()
    failed = await desk.get(found.id)
    assert (failed.state, failed.error, failed.read_rows) == ("failed", "our_fault", 0)
    assert failed.finished_at is not None


async def test_what_did_not_arrive_leaves_nothing(desk: Desk) -> None:
    async def break_off() -> AsyncIterator[bytes]:
        yield b"email\n" + b"ada@example.com\n" * 100_000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await receive_file(
            desk.database, desk.workspace_id, break_off(), id=uuid4(), file_name="x.csv", made_by="key"
        )
    assert await desk.fetch("SELECT 1 FROM imports") == []
    assert await desk.fetch("SELECT 1 FROM import_pieces") == []


async def test_what_nobody_asks_for_goes(desk: Desk) -> None:
    done = await desk.take_in("email,age\nnobody,4\nada@example.com,5\n")
    arriving = await desk.receive("email\nada@example.com\n")
    async with desk.database.transaction("test.commit") as connection:
        await connection.execute(
            "UPDATE imports SET state = 'uploading', layout = NULL, created_at = created_at - interval '25 hours'"
            " WHERE id = $1",
            arriving.id,
        )
        await connection.execute(
            "UPDATE imports SET finished_at = finished_at - interval '31 days' WHERE id = $1", done.id
        )
    assert len(await desk.rejects(done.id)) == 1
    assert await sweep_imports(desk.database) == 2
    assert await desk.rejects(done.id) == []
    assert await desk.fetch("SELECT 1 FROM import_pieces") == []
    assert [row["id"] for row in await desk.fetch("SELECT id FROM imports")] == [done.id]
