"""L27: the log told again equals what production did, run by run."""

from datetime import timedelta
from uuid import UUID

import pytest

from percorso.backtest.actions import Asked, is_sampled, replay_journey
from percorso.backtest.model import Report, Span
from percorso.backtest.words import describe_report
from percorso.db import Database
from percorso.journeys.errors import UnknownJourneyError
from percorso.kit.ids import derive_id
from tests.worker.scene import START, WORKSPACE_ID, Scene
from tests.worker.script import PEOPLE, lay_out, live


async def replay(scene: Scene, journey: str | UUID, *, piece: int = 7) -> Report:
    """Tell a journey of the shop again, from its beginning to now."""
    journey_id = derive_id("journey", journey) if isinstance(journey, str) else journey
    span = Span(START - timedelta(days=1), scene.now + timedelta(microseconds=1))
    return await replay_journey(scene.database, WORKSPACE_ID, Asked(journey_id, span), piece=piece)


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_story_told_again_is_what_happened(database: Database, seed: int) -> None:
    scene = await lay_out(database)
    await live(scene, seed, steps=20)
    assert len({row[0] for row in await scene.rows("runs", "journey_id")}) >= 2
    for name in ("thanks", "cart", "reward"):
        report = await replay(scene, name)
        assert report.differences == []
        runs = [row for row in await scene.rows("runs", "journey_id") if row[0] == derive_id("journey", name)]
        assert report.compared == report.entries == len(runs)


async def test_a_run_that_went_otherwise_is_told_with_both_sides(database: Database) -> None:
    scene = await lay_out(database)
    await live(scene, 4, steps=15)
    async with database.transaction("test.commit") as connection:
        changed = await connection.fetchval(
            "UPDATE runs SET reason = 'invented' WHERE id = (SELECT min(id::text)::uuid FROM runs WHERE journey_id = $1)"
            " RETURNING id",
            derive_id("journey", "thanks"),
        )
        await connection.execute(
            "DELETE FROM traces WHERE (run_id, number) = ($1, 1)",
            changed,
        )
    report = await replay(scene, "thanks")
    assert [(one.run_id, one.what) for one in report.differences] == [(changed, "reason"), (changed, "trace")]
    assert report.differences[0].recorded == "invented" != report.differences[0].retold
    assert report.differing == 1
    english, italian = list(describe_report(report, "en")), list(describe_report(report, "it"))
    assert f"1 of {report.compared} runs differ from production." in english
    assert f"1 di {report.compared} passaggi sono diversi dalla produzione." in italian
    assert len(english) == len(italian)


async def test_the_figures_are_those_of_the_counters(database: Database) -> None:
    scene = await lay_out(database)
    await live(scene, 4, steps=15)
    report = await replay(scene, "thanks")
    counted: dict[tuple[str, str, str], int] = {}
    for journey, step, path, name, value in await scene.rows(
        "counters", "journey_id", "step", "path", "name", "value"
    ):
        if journey == derive_id("journey", "thanks"):
            counted[name, step, path] = counted.get((name, step, path), 0) + value
    assert report.entries == counted["entered", "", ""]
    for step in ("mail", "pause"):
        figures = report.steps[step]
        assert figures.entered == counted.get(("entered", step, ""), 0)
        assert figures.left == {p: n for (name, s, p), n in counted.items() if (name, s) == ("left", step)}
        assert figures.exited == {
            p: n for (name, s, p), n in counted.items() if (name, s) == ("exited", step)
        }
    planned = [row for row in await scene.rows("messages", "journey_id", "reason", "contact_id") if row[0] ==
               derive_id("journey", "thanks")]  # fmt: skip
    allowed = [row[2] for row in planned if row[1] is None]
    assert report.messages == len(allowed) == sum(report.per_day.values()) == sum(report.per_hour.values())
    assert report.per_person.people == len(set(allowed))
    assert report.per_person.maximum == max(allowed.count(person) for person in allowed)
    assert sum(report.refused.values()) == len(planned) - len(allowed)
    assert sum(report.outcomes.values()) + report.inside == report.entries


async def test_before_its_span_nothing_counts_and_after_it_nothing_is_read(database: Database) -> None:
    scene = await lay_out(database)
    await live(scene, 5, steps=10)
    journey_id = derive_id("journey", "thanks")
    whole = await replay(scene, "thanks")
    middle = sorted(row[0] for row in await scene.rows("runs", "entered_at", "journey_id") if row[1] == journey_id)[
        whole.entries // 2
    ]  # fmt: skip
    early = Asked(journey_id, Span(START - timedelta(days=1), middle))
    late = Asked(journey_id, Span(middle, scene.now + timedelta(microseconds=1)))
    first = await replay_journey(scene.database, WORKSPACE_ID, early)
    second = await replay_journey(scene.database, WORKSPACE_ID, late)
    assert 0 < first.entries < whole.entries
    assert first.entries + second.entries == whole.entries
    assert first.messages + second.messages == whole.messages
    assert first.differences == second.differences == []


async def test_a_journey_of_nobody_is_refused_and_a_sample_is_a_part(database: Database) -> None:
    scene = await lay_out(database)
    await live(scene, 6, steps=4)
    with pytest.raises(UnknownJourneyError):
        await replay(scene, "nothing")
    span = Span(START - timedelta(days=1), scene.now + timedelta(microseconds=1))
    done: list[tuple[int, int]] = []

    def tell(so_far: int, of: int) -> None:
        done.append((so_far, of))

    part = await replay_journey(
        database,
        WORKSPACE_ID,
        Asked(derive_id("journey", "cart"), span, sample=400),
        told=tell,
    )
    assert part.contacts == sum(is_sampled(person, 400) for person in PEOPLE) < len(PEOPLE)
    assert part.differences == []
    assert done == [(1, 3), (2, 3), (3, 3)]
