"""The step Wait, then check: docs/reference/steps/wait_then_check.md."""

from typing import Final

from percorso.conditions.model import Verdict
from percorso.journeys.early import counts_for
from percorso.journeys.graph import Path, WaitThenCheck
from percorso.journeys.judging import Compiler, could_hold
from percorso.journeys.model import EventArrived, EventSeen, Run, TimeDue
from percorso.journeys.schedule import end_of
from percorso.journeys.values import capture_values
from percorso.journeys.version import Judge
from percorso.journeys.walk import Go, Hold, Keep, Move, Walk

MAXIMUM_SEEN: Final = 1_000
"""Events kept at one visit that differ in what is read of them; later ones are left out."""


class WaitThenCheckPlan:
    """Hold for a time, then take the first path that one and the same event since then makes true."""

    __slots__ = ("awaits", "could", "paths", "reads", "step")

    def __init__(self, step: WaitThenCheck, compiler: Compiler) -> None:
        self.step = step
        self.reads = compiler.reads
        self.paths = compiler.paths(step.paths)
        self.awaits = tuple(sorted({path.event for path in step.paths if path.event is not None}))
        # Whether an event could still fulfil a path, whatever the profile will be when it is judged.
        self.could: tuple[tuple[str, Judge], ...] = tuple(
            (path.event, compiler.judge(None if path.condition is None else could_hold(path.condition)))
            for path in step.paths
            if path.event is not None
        )

    def reach(self, walk: Walk) -> Move:
        """Hold until the period has passed, keeping the events that a path asks for."""
        due_at = end_of(self.step.period, since=walk.now, zone=walk.zone)
        return Hold(due_at=due_at, awaits=self.awaits)

    def resume(self, walk: Walk, run: Run, input: EventArrived | TimeDue) -> Move | None:
        """Keep an event that could matter; judge when the time has come."""
        if isinstance(input, EventArrived):
            return self._keep(walk, run, input)
        return self._judge(walk, run)

    def _keep(self, walk: Walk, run: Run, event: EventArrived) -> Keep | None:
        if not counts_for(run, event):
            return None
        if len(run.seen) >= MAXIMUM_SEEN:
            return None
        subject = walk.subject(event.properties)
        if not any(name == event.name and judge.holds(subject) for name, judge in self.could):
            return None
        properties = {name: event.properties[name] for name in self.reads if name in event.properties}
        # Events that read alike are judged alike; the first stands for all.
        if any(seen.name == event.name and seen.properties == properties for seen in run.seen):
            return None
        return Keep(EventSeen(event.name, event.offset, event.occurred_at, properties))

    def _judge(self, walk: Walk, run: Run) -> Go:
        judged: list[Verdict] = []
        for path, judge in self.paths:
            if path.event is None:
                subject = walk.subject(None)
                judged.extend(judge.explain(subject))
                if judge.holds(subject):
                    return Go(path.id, path.to, judged=tuple(judged))
                continue
            met = self._first_event(walk, run, path, judge, judged)
            if met is not None:
                walk.event = met.properties
                capture_values(walk, self.step.captures)
                return Go(path.id, path.to, judged=tuple(judged))
        return Go("default", self.step.default, judged=tuple(judged))

    def _first_event(
        self, walk: Walk, run: Run, path: Path, judge: Judge, judged: list[Verdict]
    ) -> EventSeen | None:
        """Return the first event seen that fulfils the path; what was judged of it, or of the last, is noted."""
        last = None
        for seen in run.seen:
            if seen.name != path.event:
                continue
            last = walk.subject(seen.properties)
            if judge.holds(last):
                judged.extend(judge.explain(last))
                return seen
        judged.extend(judge.explain(last or walk.subject(None)))
        return None
