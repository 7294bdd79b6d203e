"""An import is the same whatever dies meanwhile: at each commit point once."""

import pytest

from percorso.db.failpoints import Failpoints
from percorso.imports import work
from percorso.imports.model import Counts, Settings, Target
from percorso.imports.running import Importer
from percorso.worker.apply import apply_all
from tests.imports.conftest import Desk

LOT = 3
ROWS = 3 * LOT + 1
BAD = "not an address"


class _CrashError(BaseException):
    """Stands for a process that died."""


async def take_in(desk: Desk, monkeypatch: pytest.MonkeyPatch, nth: int) -> bool:
    """Import a file while a process dies at the nth pass of a commit point; another goes on; return whether it died."""
    people = [f"p{nth}-{number}@example.com" for number in range(ROWS)]
    found = await desk.receive("email,name\n" + "".join(f"{email},{nth}\n" for email in (*people, BAD)))
    await desk.start(found.id, Settings(targets=(Target("email"), Target("attribute", "name"))))
    passed = 0

    def crash(_: Failpoints, point: str, moment: str) -> None:
        nonlocal passed
        passed += point.startswith(("imports.", "worker."))
        if passed == nth:
            passed += 1
            raise _CrashError

    has_died = False
    with monkeypatch.context() as dying:
        dying.setattr(Failpoints, "pass_point", crash)
        importer = Importer(desk.database)
        try:
            while await importer.advance():
                await apply_all(desk.database, batch_buckets=256)
            await importer.close()
        except _CrashError:
            # It gives nothing back: its lease runs out.
            has_died = True
            for lots in importer._works.values():  # pyright: ignore[reportPrivateUsage]
                lots.close()
    async with desk.database.transaction("test.commit") as connection:
        await connection.execute(
            "UPDATE imports SET leased_until = '2020-01-01' WHERE leased_until IS NOT NULL"
        )
    await desk.world.drain()
    done = await desk.get(found.id)
    assert (done.state, done.counts) == ("done", Counts(rows=ROWS + 1, new=ROWS, rejected=1))
    rows = await desk.fetch(
        "SELECT count(DISTINCT contact_id), count(DISTINCT message_id), count(*) FROM facts"
        " WHERE kind = 'profile' AND properties->'set'->>'name' = $1",
        str(nth),
    )
    assert tuple(rows[0]) == (ROWS, ROWS, ROWS)
    assert {email for email in await desk.people() if email and email.startswith(f"p{nth}-")} == set(people)
    assert [reject.row for reject in await desk.rejects(found.id)] == [ROWS + 2]
    return has_died


@pytest.mark.parametrize("nth", [3, 6, 9, 13])
async def test_dying_during_an_import_changes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    monkeypatch.setattr(work, "LOT_ROWS", LOT)
    assert await take_in(desk, monkeypatch, nth)


@pytest.mark.prove
async def test_dying_once_at_each_commit_point_of_an_import_changes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "LOT_ROWS", LOT)
    deaths = 0
    for nth in range(1, 1_000):
        if not await take_in(desk, monkeypatch, nth):
            break
        deaths += 1
    assert deaths > 10
