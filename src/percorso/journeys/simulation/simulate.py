"""`simulate`: what a version makes of a scenario, from its beginning until nothing is left to happen. Pure."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from percorso.journeys.schedule import end_of
from percorso.journeys.simulation.outcome import Simulation
from percorso.journeys.simulation.reading import ScenarioError, check_scenario, read_moment
from percorso.journeys.simulation.scenario import Scenario
from percorso.journeys.simulation.story import Story
from percorso.journeys.version import Version
from percorso.kit.ids import derive_id

MOST_DECISIONS: Final = 10_000
"""Decisions of one simulation; what is still to come then is left out."""


def simulate(version: Version, scenario: Scenario) -> Simulation:
    """Return what the version makes of the scenario; raises ScenarioError with everything wrong with it.

    Time does not pass: it goes on from one thing that happens, or falls due, to the next.
    """
    faults = check_scenario(version, scenario)
    if faults:
        raise ScenarioError(faults)
    begins = read_moment(scenario.begins, version.zone)
    assert begins is not None
    horizon = None if scenario.until is None else end_of(scenario.until, since=begins, zone=version.zone)
    story = Story(version, scenario, derive_id("simulated", scenario.seed))
    stopped, ended_at = _tell(story, begins, horizon)
    record = story.record
    return Simulation(
        runs=record.list_runs(),
        judged=tuple(record.judged),
        waits=tuple(record.waits),
        messages=tuple(record.messages.values()),
        done=tuple(record.done),
        missed=tuple(record.missed),
        attributes=story.standing.attributes,
        ended_at=ended_at,
        stopped=stopped,
    )


def _tell(
    story: Story, begins: datetime, horizon: datetime | None
) -> tuple[Literal["over", "time_up", "too_many"], datetime]:
    """Tell the story; return why it stopped, and when the last thing happened."""
    last = begins
    while story.decisions < MOST_DECISIONS:
        due = _find_due(story)
        comes = story.coming[0][0] if story.coming else None
        moments = [moment for moment in (comes, due[0] if due is not None else None) if moment is not None]
        if not moments:
            return "over", last
        moment = min(moments)
        if horizon is not None and moment > horizon:
            return "time_up", horizon
        if due is not None and (comes is None or due[0] < comes):
            _take(story, due)
        else:
            story.come()
        last = moment
    return "too_many", last


_Due = tuple[datetime, int, UUID]
_SHOP: Final = -1
_RUN: Final = 0


def _find_due(story: Story) -> _Due | None:
    """Return what falls due first; at equal times the shop, then runs by their id, as the worker takes them."""
    due: list[_Due] = [(run.due_at, _RUN, run.id) for run in story.inside if run.due_at is not None]
    if story.standing.due_at is not None:
        due.append((story.standing.due_at, _SHOP, story.contact_id))
    return min(due, default=None)


def _take(story: Story, due: _Due) -> None:
    moment, kind, id = due
    if kind == _SHOP:
        story.take_shop(moment)
    else:
        story.take_due(id)
