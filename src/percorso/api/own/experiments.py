"""What a journey's experiments came to."""

from datetime import datetime
from uuid import UUID

from litestar.params import FromPath

from percorso.api.own.caller import TheCaller, TheDatabase
from percorso.api.own.routes import get
from percorso.journeys.actions import get_journey
from percorso.journeys.experiments.model import Kept
from percorso.journeys.experiments.store import list_experiments
from percorso.reports.model import Shape


class PathFigures(Shape, frozen=True):
    """How many visits of a path are over, the goal's time having passed, and how many of them came to the goal.

    `path` is `hold_out` for those who are held out.
    """

    path: str
    runs: int
    successes: int


class ExperimentFigures(Shape, frozen=True):
    """An experiment of the newest version, as measured last; null: not yet. Times are product time.

    `since`: the version from which on it is what it is, and from which it is counted. `winner`: the path that all but the
    hold-out take since `decidedAt`; null: none yet.
    """

    step: str
    since: int
    began_at: datetime | None
    measured_at: datetime | None
    winner: str | None
    decided_at: datetime | None
    paths: list[PathFigures]


class ExperimentPage(Shape, frozen=True):
    """The experiments of a journey, by step."""

    items: list[ExperimentFigures]


@get("/journeys/{id:uuid}/experiments")
async def list_journey_experiments(
    id: FromPath[UUID], database: TheDatabase, caller: TheCaller
) -> ExperimentPage:
    """The experiments of a journey's newest version, measured about every hour."""
    async with database.request_snapshot(caller.workspace_id) as connection:
        await get_journey(connection, caller.workspace_id, id)
        return ExperimentPage(items=[_shape(one) for one in await list_experiments(connection, id)])


def _shape(kept: Kept) -> ExperimentFigures:
    return ExperimentFigures(
        step=kept.step,
        since=kept.since,
        began_at=kept.began_at,
        measured_at=kept.measured_at,
        winner=kept.winner,
        decided_at=kept.decided_at,
        paths=[
            PathFigures(path=path, runs=one.runs, successes=one.successes)
            for path, one in sorted(kept.figures.items())
        ],
    )


HANDLERS = [list_journey_experiments]
