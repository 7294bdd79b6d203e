"""What becomes of those inside when somebody decides about them: another version, another step, or the end. Pure.

A decision reaches each run as a fact of its contact (`Ask`), and takes effect in the contact's order of things.
"""

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from percorso.conditions.model import Subject
from percorso.journeys.door import is_at_door
from percorso.journeys.graph import Outcome, React, Wait, WaitAfterMessage, WaitThenCheck
from percorso.journeys.model import CancelMessage, Count, Decision, Run, TraceEntry
from percorso.journeys.passage import Passage
from percorso.journeys.removal import find_standing_exit
from percorso.journeys.steps.sending import SKIPPED_LATE
from percorso.journeys.version import Version
from percorso.journeys.walk import Go, Hold, Move, Walk

MOVED: Final = "moved"
"""The path by which a run leaves a step, and why its message is cancelled, when somebody put it elsewhere."""

REPLACED: Final = "replaced"
"""Why a run ended whose version gave way to another that those inside should not see."""

BY_HAND: Final = "removed_by_hand"
"""Why a run ended that somebody ended."""

REMOVED_LATE: Final = "removed_late"
"""Why a run ended whose message could not leave while its journey was paused."""

RUN_MOVED: Final = "runMoved"
RUN_REMOVED: Final = "runRemoved"
STEP_SKIPPED: Final = "stepSkipped"
ASKING: Final = frozenset({RUN_MOVED, RUN_REMOVED, STEP_SKIPPED})
"""The names of the facts, of kind run, that carry an ask."""

_WAITING: Final = (Wait, React, WaitThenCheck, WaitAfterMessage)
"""Steps whose hold asks nothing of anybody outside: reaching them again has no effects."""


class InsidePlan(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What becomes of those inside when a version is published.

    finish: they go on along the version that they entered. move: they stand in the new version, at the step of the same
    id or at the one that `steps` says for theirs; who stands where neither is finishes on the old. exit: they end,
    neutral. `waits` of those at the same step: their date is kept, or reckoned anew from when they reached the step.
    """

    then: Literal["finish", "move", "exit"] = "finish"
    steps: dict[str, str] = {}
    waits: Literal["keep", "recompute"] = "keep"


FINISH: Final = InsidePlan()

Late = Literal["send", "skip", "remove"]
"""What becomes of those whose message could not leave while their journey was paused."""


class Ask(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What is asked of one run. `visit`: only if it still stands there; `version`: the one that it is moved to.

    `plan`: as a version was published with, for runs of older ones. `step`: by hand, to this one. `by` is who asked.
    """

    journey_id: UUID
    run_id: UUID
    version: int = 0
    plan: InsidePlan | None = None
    step: str | None = None
    visit: int | None = None
    reason: str = BY_HAND
    outcome: Outcome = "neutral"
    by: str | None = None


class Standing(msgspec.Struct, frozen=True):
    """Where a run stands when it is asked: what is true of its contact, the moment, and the fact's offset."""

    attributes: dict[str, Any]
    now: datetime
    around: Subject | None = None
    offset: int = 0


def decide_asked(
    name: str, ask: Ask, run: Run, old: Version, new: Version | None, standing: Standing
) -> Decision:
    """Return what the ask makes of the run; one that it does not concern (any more) is left as it was.

    `new` is the version that the ask names, None where there is none. Asking again changes nothing: the run then stands
    in that version, at another visit, or has ended.
    """
    if run.state == "ended" or run.step is None or (ask.visit is not None and ask.visit != run.visit):
        return Decision(run)
    if is_at_door(run) and name != RUN_REMOVED:
        # Whoever has not entered can be moved nowhere.
        return Decision(run)
    if ask.plan is not None and run.version >= ask.version:
        return Decision(run)
    if name == STEP_SKIPPED:
        return _skip(run)
    if name == RUN_REMOVED:
        return _end(old, run, standing, ask.outcome, ask.reason)
    if new is None:
        return Decision(run)
    if ask.plan is None:
        return _put(old, new, run, ask.step, standing)
    return cross(old, new, run, ask.plan, standing)


def find_step(plan: InsidePlan, step: str, new: Version) -> str | None:
    """Return the step of the new version where who stands at `step` goes, None: nowhere, they finish on the old."""
    target = plan.steps.get(step, step)
    return target if target in new.graph.steps else None


def cross(old: Version, new: Version, run: Run, plan: InsidePlan, standing: Standing) -> Decision:
    """Return what a version's publishing makes of a run of an older one."""
    if plan.then == "finish" or run.step is None:
        return Decision(run)
    if plan.then == "exit":
        return _end(old, run, standing, "neutral", REPLACED)
    target = find_step(plan, run.step, new)
    if target is None:
        return Decision(run)
    if target != run.step or not is_same_kind(old, new, run.step):
        return _put(old, new, run, target, standing)
    return _carry(old, new, run, plan, standing)


def is_same_kind(old: Version, new: Version, step: str) -> bool:
    """Whether the step of this id is of one kind in both versions: then who stands there may go on standing there."""
    return type(old.graph.steps.get(step)) is type(new.graph.steps.get(step))


def hold_anew(new: Version, run: Run, standing: Standing) -> Move | None:
    """Return how the run would hold at its step, had it reached it in this version; None: it waits for an answer."""
    assert run.step is not None, "asked of runs that wait"
    if not isinstance(new.graph.steps[run.step], _WAITING):
        return None
    walk = Walk(new, run, standing.attributes, run.reached_at, standing.around)
    return new.steps[run.step].reach(walk)


def is_over(move: Move | None, now: datetime) -> bool:
    """Whether a wait reckoned anew is over by now: the run goes on at once."""
    return isinstance(move, Go) or (isinstance(move, Hold) and move.due_at is not None and move.due_at <= now)


def _carry(old: Version, new: Version, run: Run, plan: InsidePlan, standing: Standing) -> Decision:
    """Let the run go on standing where it stands, in the new version; it is the same visit."""
    ended = _leave(new, old, run, standing)
    if ended is not None:
        return ended
    assert run.step is not None, "asked of runs that wait"
    move = hold_anew(new, run, standing)
    passage = _begin(old, new, run, standing)
    passage.counts.append(Count("entered", run.step))
    kept = Hold(due_at=run.due_at, awaits=run.awaits, message_id=run.message_id)
    if move is None:
        return _stand(passage, kept)
    if isinstance(move, Hold):
        due_at = run.due_at if plan.waits == "keep" else move.due_at
        # A moment that has passed has come now: what was decided meanwhile stays decided.
        due_at = None if due_at is None else max(due_at, standing.now)
        return _stand(passage, Hold(due_at=due_at, awaits=move.awaits))
    return _stand(passage, kept) if plan.waits == "keep" and run.due_at else passage.follow(move)


def _stand(passage: Passage, hold: Hold) -> Decision:
    """Return the decision by which the run holds so, at the same visit, with the trace of how it came over."""
    decision = passage.follow(hold)
    run = msgspec.structs.replace(decision.run, traced=passage.run.traced + len(passage.trace))
    return msgspec.structs.replace(decision, run=run)


def _put(old: Version, new: Version, run: Run, step: str | None, standing: Standing) -> Decision:
    """Let the run arrive at a step of the new version; what it waited for is forgotten, its message does not leave."""
    if step is None or step not in new.graph.steps:
        return Decision(run)
    ended = _leave(new, old, run, standing)
    if ended is not None:
        return ended
    passage = _begin(old, new, run, standing)
    passage.caused_at, passage.offset = standing.now, max(run.reached_offset, standing.offset)
    if run.message_id is not None:
        passage.walk.effects.append(CancelMessage(run.message_id, MOVED))
    return passage.go_to(step)


def _begin(old: Version, new: Version, run: Run, standing: Standing) -> Passage:
    """Return a passage in the new version, that left the old one's step by being moved."""
    assert run.step is not None, "asked of runs that wait"
    came = msgspec.structs.replace(run, version=new.number)
    passage = Passage(Walk(new, came, standing.attributes, standing.now, standing.around), came)
    left = old.number if old.number != new.number else None
    passage.trace.append(
        TraceEntry(step=run.step, visit=run.visit, at=standing.now, path=MOVED, left_version=left)
    )
    passage.counts.append(Count("left", run.step, MOVED, version=old.number))
    return passage


def _leave(new: Version, old: Version, run: Run, standing: Standing) -> Decision | None:
    """Return the end of the run, if a removal or goal of the new version that is a condition holds now."""
    walk = Walk(old, run, standing.attributes, standing.now, standing.around)
    subject = walk.subject(run.event)
    found = find_standing_exit(new, subject)
    if found is None:
        return None
    return Passage(walk, run).cancel(found.outcome, found.reason, found.judge.explain(subject))


def _end(version: Version, run: Run, standing: Standing, outcome: Outcome, reason: str) -> Decision:
    walk = Walk(version, run, standing.attributes, standing.now, standing.around)
    return Passage(walk, run).cancel(outcome, reason)


def _skip(run: Run) -> Decision:
    """Cancel the message that the run waits for: the fact of that lets it go on, unless the message has left."""
    if run.message_id is None:
        return Decision(run)
    return Decision(run, (CancelMessage(run.message_id, SKIPPED_LATE),))
