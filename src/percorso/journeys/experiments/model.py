"""An experiment as kept, and how its visits are counted. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from percorso.journeys.graph import Experiment, Graph
from percorso.journeys.schedule import end_of
from percorso.journeys.winner import Figures, decide_winner

DECIDED: Final = "experimentDecided"
"""The control fact that a path has won: {journeyId, since, step, path}."""


class Kept(msgspec.Struct, frozen=True):
    """An experiment as kept. `since`: the version from which on it is what it is; the rest as in the table."""

    journey_id: UUID
    workspace_id: UUID
    step: str
    since: int
    began_at: datetime | None
    measured_at: datetime | None
    figures: dict[str, Figures]
    winner: str | None
    decided_at: datetime | None


class Visit(msgspec.Struct, frozen=True):
    """A run reached the experiment at this moment and took the path."""

    contact_id: UUID
    path: str
    at: datetime


class Measured(msgspec.Struct, frozen=True):
    """What came of measuring: figures by path, the hold-out's too, and the first visit; None: there was none."""

    figures: Mapping[str, Figures]
    began_at: datetime | None


def list_experiments(graph: Graph) -> dict[str, Experiment]:
    """Return the experiments of a graph by step."""
    return {id: step for id, step in graph.steps.items() if isinstance(step, Experiment)}


def is_same(one: Experiment, other: Experiment) -> bool:
    """Whether the figures of one go on in the other: the same paths, shares and goal. Names and the rule may differ."""
    return _describe(one) == _describe(other)


def _describe(step: Experiment) -> Any:
    def ways(path: Any) -> tuple[str, float, str | None]:
        return path.id, path.percent, path.to

    held = None if step.hold_out is None else ways(step.hold_out)
    return sorted(map(ways, step.paths)), held, step.goal


def count_visits(
    step: Experiment,
    visits: Iterable[Visit],
    goals: Mapping[UUID, Sequence[datetime]],
    now: datetime,
    zone: ZoneInfo,
) -> Measured:
    """Return the figures of the visits that are over; `goals` are the moments of the goal's event by contact, in order."""
    runs: Counter[str] = Counter()
    successes: Counter[str] = Counter()
    began_at: datetime | None = None
    for visit in visits:
        began_at = visit.at if began_at is None else min(began_at, visit.at)
        until = end_of(step.goal.within, since=visit.at, zone=zone)
        if until > now:
            continue
        runs[visit.path] += 1
        successes[visit.path] += any(visit.at <= at <= until for at in goals.get(visit.contact_id, ()))
    return Measured({path: Figures(runs[path], successes[path]) for path in runs}, began_at)


def add_measured(one: Measured, other: Measured) -> Measured:
    """Return the sum of two parts of an experiment."""
    paths = {**one.figures, **other.figures}
    none = Figures(0, 0)
    figures = {path: _add(one.figures.get(path, none), other.figures.get(path, none)) for path in paths}
    began = [at for at in (one.began_at, other.began_at) if at is not None]
    return Measured(figures, min(began, default=None))


def _add(one: Figures, other: Figures) -> Figures:
    return Figures(one.runs + other.runs, one.successes + other.successes)


def find_winner(step: Experiment, measured: Measured, now: datetime, zone: ZoneInfo) -> str | None:
    """Return the path that has won by the step's rule; None: there is no rule, it is too early, or none is better yet."""
    rule = step.winner
    if rule is None or measured.began_at is None:
        return None
    if end_of(rule.after, since=measured.began_at, zone=zone) > now:
        return None
    # A path that nobody took yet counts: it has too few runs for a comparison.
    return decide_winner(rule, {path.id: measured.figures.get(path.id, Figures(0, 0)) for path in step.paths})
