"""The engine: what an entry, an event or a moment makes of a run.

Pure: no clock, no chance, no reading or writing. `now` is the fact's `received_at` or the run's `due_at`,
never the wall clock, so a late worker decides what a punctual one would have. Ids are derived: repeating
arrives at the same ones.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.conditions.model import Subject
from percorso.journeys.answers import is_answer
from percorso.journeys.door import ALL, FULL, FULL_TODAY, WAITS, is_at_door, is_limited, list_requests
from percorso.journeys.entry import Enter, Restart
from percorso.journeys.message_facts import MESSAGE_FACTS, note_message
from percorso.journeys.model import (
    ContactChanged,
    Count,
    Decision,
    EventArrived,
    Input,
    Removed,
    RequestPlace,
    Run,
    TimeDue,
    TraceEntry,
)
from percorso.journeys.passage import STEP_MISSING, Passage
from percorso.journeys.removal import (
    LEFT_LIST,
    STANDING,
    UNSUBSCRIBED,
    find_exit,
    find_standing_exit,
    has_left_list,
)
from percorso.journeys.steps.check_now import PLACES
from percorso.journeys.steps.sending import POSTPONED
from percorso.journeys.values import capture_values
from percorso.journeys.version import Version
from percorso.journeys.walk import Hold, Keep, Walk
from percorso.kit.ids import derive_id
from percorso.log.model import Fact

PUT_OFF: Final = "postponed: "
"""How a line of the trace begins that tells of a message that waits: the run has not moved."""

_REMOVING = ("removed: ", "goal: ")


def enter(
    version: Version,
    entry: Enter | Restart,
    fact: Fact,
    attributes: dict[str, Any],
    now: datetime,
    around: Subject | None = None,
) -> Decision:
    """Return the run that begins with `fact`, walked until it holds or ends, and what must be done.

    `around` tells where the contact stands at this moment: segments, groups, statuses, what it did.

    The runs of a Restart are ended by the caller first: `advance(version, run, Removed(RESTARTED), …)`.
    """
    assert fact.contact_id is not None
    run = Run(
        id=derive_run_id(version.journey_id, fact.contact_id, fact),
        journey_id=version.journey_id,
        version=version.number,
        contact_id=fact.contact_id,
        key=entry.key,
        state="waiting",
        step=None,
        visit=0,
        entered_at=now,
        reached_at=now,
        reached_offset=fact.offset,
        caused_at=fact.occurred_at,
        event=fact.properties,
        began_at=fact.occurred_at,
    )
    walk = Walk(version, run, attributes, now, around)
    start = entry.start
    judged = start.judge.explain(walk.subject(walk.event))
    capture_values(walk, start.captures)
    passage = Passage(walk, run)
    if is_limited(version):
        passage.trace.append(TraceEntry(step="", visit=0, at=now, outcome=WAITS, judged=judged))
        return _ask_at_door(passage, start.id, next(list_requests(version, now)))
    passage.trace.append(
        TraceEntry(step="", visit=0, at=now, path=start.id, outcome="entered", judged=judged)
    )
    return _let_in(passage)


def _let_in(passage: Passage) -> Decision:
    """Return the decision that begins with entering, unless a removal or goal that is a condition holds already."""
    version = passage.walk.version
    passage.counts.append(Count("entered"))
    return _leave_standing(version, passage) or passage.go_to(version.graph.first)


def _ask_at_door(passage: Passage, start: str, request: RequestPlace) -> Decision:
    """Return the decision by which the run waits at the door for this place."""
    walk = passage.walk
    walk.step, walk.visit = request.step, request.visit
    walk.further.append(request)
    decision = passage.hold(Hold(awaits=PLACES))
    return msgspec.structs.replace(decision, run=msgspec.structs.replace(decision.run, start=start))


def _answer_at_door(walk: Walk, run: Run, input: EventArrived) -> Decision:
    """Return what a place taken, or that there is none, makes of a run at the door."""
    if input.name not in PLACES or not is_answer(run, input):
        return Decision(run)
    passage = Passage(walk, run)
    passage.offset = max(run.reached_offset, input.offset)
    if input.name != "placeTaken":
        return passage.finish("neutral", FULL if input.properties.get("path") == ALL else FULL_TODAY)
    further = [asked for asked in list_requests(walk.version, run.entered_at) if asked.visit > run.visit]
    if further:
        return _ask_at_door(passage, run.start, further[0])
    passage.run = msgspec.structs.replace(run, step=None, visit=0, start="")
    walk.step, walk.visit = "", 0
    passage.trace.append(TraceEntry(step="", visit=0, at=walk.now, path=run.start, outcome="entered"))
    return _let_in(passage)


def advance(
    version: Version,
    run: Run,
    input: Input,
    attributes: dict[str, Any],
    now: datetime,
    around: Subject | None = None,
) -> Decision:
    """Return what `input` makes of `run`, and what must be done besides.

    Give every waiting run of the contact each event whose name is in `version.names`, and `TimeDue` when its
    `due_at` has come. What does not concern the run leaves it as it was (`decision.run is run`).
    """
    if run.state == "ended" or run.step is None:
        return Decision(run)
    if isinstance(input, EventArrived) and not _may_concern(version, run, input.name):
        return Decision(run)
    walk = Walk(version, run, attributes, now, around)
    match input:
        case Removed():
            return Passage(walk, run).cancel(input.outcome, input.reason)
        case ContactChanged():
            return _leave_standing(version, Passage(walk, run)) or Decision(run)
        case TimeDue():
            if run.due_at is None or run.due_at > now:
                return Decision(run)
            # A worker that comes late decides what a punctual one would have.
            walk.now = run.due_at
            ended = _leave_standing(version, Passage(walk, run))
            return ended or _resume(walk, run, input, run.due_at)
        case EventArrived() if input.name == POSTPONED:
            return _note_postponed(run, input, now)
        case EventArrived():
            if input.name in version.exits or input.name == LEFT_LIST:
                ended = _leave(walk, run, input)
                if ended is not None:
                    return ended
            if run.messages and input.name in MESSAGE_FACTS:
                run = note_message(run, input)
                walk.messages = run.messages
            return _resume(walk, run, input, input.occurred_at) if input.name in run.awaits else Decision(run)


def _may_concern(version: Version, run: Run, name: str) -> bool:
    """Whether a fact of this name could change anything for the run: most do not, and cost nothing more."""
    return (
        name in run.awaits
        or name in version.exits
        or name in (LEFT_LIST, POSTPONED)
        or (bool(run.messages) and name in MESSAGE_FACTS)
    )


def _note_postponed(run: Run, told: EventArrived, now: datetime) -> Decision:
    """Return the run as it stands, with a line on its trace that says why its message waits, and until when, if that is known."""
    if run.message_id is None or told.properties.get("messageId") != str(run.message_id):
        return Decision(run)
    until = told.properties.get("until")
    said = f"{PUT_OFF}{told.properties.get('reason')}" + ("" if until is None else f" until {until}")
    entry = TraceEntry(step=run.step or "", visit=run.visit, at=now, outcome=said)
    return Decision(msgspec.structs.replace(run, traced=run.traced + 1), trace=(entry,))


def _resume(walk: Walk, run: Run, input: EventArrived | TimeDue, caused_at: datetime) -> Decision:
    """Return what the step where the run holds makes of the input."""
    if is_at_door(run):
        return _answer_at_door(walk, run, input) if isinstance(input, EventArrived) else Decision(run)
    plan = walk.version.steps.get(walk.step)
    if plan is None:
        return Passage(walk, run).finish("neutral", STEP_MISSING)
    move = plan.resume(walk, run, input)
    if move is None:
        return Decision(run)
    if isinstance(move, Keep):
        return Decision(msgspec.structs.replace(run, seen=(*run.seen, move.event)))
    passage = Passage(walk, run)
    passage.caused_at, passage.offset = caused_at, max(run.reached_offset, input.offset)
    return passage.follow(move)


def _leave_standing(version: Version, passage: Passage) -> Decision | None:
    """Return the end of the run, if a removal or goal that is a condition holds now."""
    if STANDING not in version.exits:
        return None
    subject = passage.walk.subject(passage.walk.event)
    found = find_standing_exit(version, subject)
    return (
        None if found is None else passage.cancel(found.outcome, found.reason, found.judge.explain(subject))
    )


def _leave(walk: Walk, run: Run, event: EventArrived) -> Decision | None:
    """Return the end of the run, if the event is a removal, a goal, or takes the contact off the list."""
    subject = walk.subject(event.properties)
    found = find_exit(walk.version, run, event, subject)
    if found is not None:
        return Passage(walk, run).cancel(found.outcome, found.reason, found.judge.explain(subject))
    if has_left_list(walk.version, run, event):
        return Passage(walk, run).cancel("neutral", UNSUBSCRIBED)
    return None


def was_removed(before: Run, decision: Decision) -> bool:
    """Whether a removal or goal ended the run in this decision: then the same event is no entry."""
    after = decision.run
    if before.state == "ended" or after.state != "ended" or after.reason is None:
        return False
    return after.reason.startswith(_REMOVING)


def derive_run_id(journey_id: UUID, contact_id: UUID, fact: Fact) -> UUID:
    """Return the id of the run that this fact starts.

    The moment belongs to it: after the seven days in which `message_id` is deduplicated it may come again.
    """
    return derive_id("run", journey_id, contact_id, fact.message_id, fact.received_at.isoformat())
