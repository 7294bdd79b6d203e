"""What becomes of one run when a version is published, somebody moves it, or its message is too late."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from percorso.conditions.model import All
from percorso.journeys.compile import compile_version
from percorso.journeys.engine import advance
from percorso.journeys.graph import (
    Duration,
    End,
    Graph,
    Path,
    React,
    Removal,
    SendEmail,
    Step,
    Wait,
    WaitThenCheck,
)
from percorso.journeys.model import CancelMessage, Decision, EventArrived, PlanMessage, Run
from percorso.journeys.people.inside import (
    MOVED,
    REPLACED,
    RUN_MOVED,
    RUN_REMOVED,
    STEP_SKIPPED,
    Ask,
    InsidePlan,
    Standing,
    decide_asked,
)
from percorso.journeys.people.standing import Foreseen, Place, find_over_since, foresee
from percorso.journeys.steps.sending import SKIPPED_LATE
from percorso.journeys.version import Version
from tests.journeys.build import CONTACT, JOURNEY, LIST, NOON, ROME, TEMPLATE, days, hours, make_graph

RUN, MESSAGE = UUID(int=0xA1), UUID(int=0xA2)
LATER = NOON + timedelta(days=2)
KEEP = InsidePlan("move")
ANEW = InsidePlan("move", waits="recompute")


def version(number: int, steps: dict[str, Step], **parts: Any) -> Version:
    return compile_version(JOURNEY, number, make_graph(steps, **parts), ROME, LIST)


def pausing(period: Duration, number: int = 1) -> Version:
    return version(number, {"pause": Wait(period=period, next="end"), "end": End(outcome="positive")})


def holding(step: str, **more: Any) -> Run:
    values: dict[str, Any] = {
        "due_at": NOON + timedelta(days=3),
        "visit": 1,
        "version": 1,
        "traced": 1,
    } | more
    return Run(id=RUN, journey_id=JOURNEY, contact_id=CONTACT, key="", state="waiting", step=step,
               entered_at=NOON, reached_at=NOON, reached_offset=3, caused_at=NOON, began_at=NOON, **values)  # fmt: skip


def standing(now: datetime = LATER) -> Standing:
    return Standing({}, now, None, 9)


def publish(run: Run, old: Version, new: Version, plan: InsidePlan, now: datetime = LATER) -> Decision:
    ask = Ask(JOURNEY, run.id, version=new.number, plan=plan)
    return decide_asked(RUN_MOVED, ask, run, old, new, standing(now))


def by_hand(run: Run, old: Version, new: Version, step: str, visit: int = 1) -> Decision:
    ask = Ask(JOURNEY, run.id, version=new.number, step=step, visit=visit)
    return decide_asked(RUN_MOVED, ask, run, old, new, standing())


def test_who_finishes_on_the_old_is_left_as_they_were() -> None:
    run = holding("pause")
    decision = publish(run, pausing(days(3)), pausing(days(1), 2), InsidePlan("finish"))
    assert decision == Decision(run)


def test_who_exits_ends_neutral_and_their_message_is_cancelled() -> None:
    run = holding("pause", message_id=MESSAGE)
    decision = publish(run, pausing(days(3)), pausing(days(1), 2), InsidePlan("exit"))
    assert (decision.run.state, decision.run.outcome, decision.run.reason) == ("ended", "neutral", REPLACED)
    assert (decision.run.version, decision.effects) == (1, (CancelMessage(MESSAGE, REPLACED),))


@pytest.mark.parametrize(
    ("plan", "period", "due"),
    [
        (KEEP, days(1), NOON + timedelta(days=3)),
        (ANEW, days(5), NOON + timedelta(days=5)),
        (ANEW, hours(60), NOON + timedelta(hours=60)),
        (ANEW, days(1), LATER),
    ],
)
def test_a_wait_is_kept_or_reckoned_anew_from_when_it_began(
    plan: InsidePlan, period: Duration, due: datetime
) -> None:
    run = publish(holding("pause"), pausing(days(3)), pausing(period, 2), plan).run
    assert (run.version, run.step, run.visit, run.due_at, run.reached_at) == (2, "pause", 1, due, NOON)


def test_a_reaction_listens_to_what_the_new_version_asks_for_and_keeps_its_limit() -> None:
    old = version(1, {"react": React(event="opened", limit=days(3), next="end"), "end": End()})
    new = version(2, {"react": React(event="bought", limit=days(9), next="end"), "end": End()})
    run = publish(holding("react", awaits=("opened",)), old, new, KEEP).run
    assert (run.version, run.awaits, run.due_at) == (2, ("bought",), NOON + timedelta(days=3))


def test_who_waits_for_their_message_goes_on_waiting_for_it() -> None:
    old = version(1, {"mail": SendEmail(template_id=TEMPLATE, next="end"), "end": End()})
    new = version(2, {"mail": SendEmail(template_id=TEMPLATE, next="end"), "end": End()})
    before = holding("mail", due_at=None, message_id=MESSAGE, awaits=("campaignSent",))
    decision = publish(before, old, new, ANEW)
    assert decision.effects == ()
    assert decision.run == msgspec.structs.replace(before, version=2, traced=2)


def test_who_stands_where_the_new_version_has_nothing_finishes_on_the_old() -> None:
    new = version(2, {"other": Wait(period=days(1), next="end"), "end": End()})
    run = holding("pause")
    assert publish(run, pausing(days(3)), new, KEEP) == Decision(run)


def test_who_is_sent_to_another_step_arrives_there_and_waits_from_now() -> None:
    new = version(2, {"other": Wait(period=days(1), next="end"), "end": End()})
    decision = publish(holding("pause"), pausing(days(3)), new, InsidePlan("move", {"pause": "other"}))
    run = decision.run
    assert (run.version, run.step, run.visit, run.due_at) == (2, "other", 2, LATER + timedelta(days=1))
    assert (run.caused_at, run.reached_offset) == (LATER, 9)
    assert [(entry.path, entry.left_version) for entry in decision.trace] == [(MOVED, 1)]


def test_a_step_that_became_another_kind_is_arrived_at() -> None:
    new = version(2, {"pause": SendEmail(template_id=TEMPLATE, next="end"), "end": End()})
    decision = publish(holding("pause"), pausing(days(3)), new, KEEP)
    assert decision.run.visit == 2
    assert [type(effect) for effect in decision.effects] == [PlanMessage]


def test_a_removal_of_the_new_version_that_holds_already_ends_the_run_on_the_old() -> None:
    new = version(
        2,
        {"pause": Wait(period=days(1), next="end"), "end": End()},
        removals=(Removal(id="gone", condition=All(())),),
    )
    run = publish(holding("pause"), pausing(days(3)), new, KEEP).run
    assert (run.version, run.state, run.reason) == (1, "ended", "removed: gone")


def test_by_hand_a_contact_goes_on_from_the_step_and_the_message_under_way_does_not_leave() -> None:
    old = version(1, {"mail": SendEmail(template_id=TEMPLATE, next="pause"),
                      "pause": Wait(period=days(1), next="end"), "end": End(outcome="positive")})  # fmt: skip
    waiting = holding("mail", due_at=None, message_id=MESSAGE, awaits=("campaignSent",))
    decision = by_hand(waiting, old, old, "end")
    assert (decision.run.state, decision.run.outcome) == ("ended", "positive")
    assert decision.effects == (CancelMessage(MESSAGE, MOVED),)


def test_by_hand_who_moved_on_meanwhile_is_left_alone() -> None:
    run = holding("pause", visit=4)
    one = pausing(days(3))
    assert by_hand(run, one, one, "end", visit=3) == Decision(run)
    removing = Ask(JOURNEY, RUN, visit=3)
    assert decide_asked(RUN_REMOVED, removing, run, one, None, standing()) == Decision(run)


def test_who_is_late_goes_on_without_the_message_even_where_a_skipped_one_ends() -> None:
    steps: dict[str, Step] = {"mail": SendEmail(template_id=TEMPLATE, next="pause", when_skipped="exit"),
             "pause": Wait(period=days(1), next="end"), "end": End()}  # fmt: skip
    one = version(1, steps)
    run = holding("mail", due_at=None, message_id=MESSAGE, awaits=("messageSkipped",))
    asked = decide_asked(STEP_SKIPPED, Ask(JOURNEY, RUN, visit=1), run, one, None, standing())
    assert asked == Decision(run, (CancelMessage(MESSAGE, SKIPPED_LATE),))
    said = {"messageId": str(MESSAGE), "reason": SKIPPED_LATE}
    after = advance(one, run, EventArrived("messageSkipped", 10, LATER, said), {}, LATER).run
    assert (after.state, after.step) == ("waiting", "pause")


HELD = {"a": (), "b": ("bought",), "c": ("seen",), "d": ("campaignSent",)}


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Draw a graph of some of the steps, in any order, with any periods."""
    kept = draw(st.lists(st.sampled_from("abcd"), unique=True, min_size=1))
    steps: dict[str, Step] = {"e": End(outcome="positive")}
    for place, id in enumerate(kept):
        following = kept[place + 1] if place + 1 < len(kept) else "e"
        period = days(draw(st.integers(1, 9)))
        match id:
            case "a":
                steps[id] = Wait(period=period, next=following)
            case "b":
                steps[id] = React(event="bought", limit=period, next=following, default=following)
            case "c":
                path = Path(id="p", name="P", to=following, event="seen")
                steps[id] = WaitThenCheck(period=period, paths=(path,), default=following)
            case _:
                steps[id] = SendEmail(template_id=TEMPLATE, next=following)
    return make_graph(steps, first=kept[0])


@st.composite
def cases(draw: st.DrawFn) -> tuple[Run, Version, Version, InsidePlan]:
    """Draw a run that waits in one version, another version, and what becomes of those inside."""
    before, after = draw(graphs()), draw(graphs())
    old, new = (compile_version(JOURNEY, n, graph, ROME, LIST) for n, graph in ((1, before), (2, after)))
    step = draw(st.sampled_from([id for id in before.steps if id != "e"]))
    sends = step == "d"
    run = holding(step, visit=draw(st.integers(1, 5)), awaits=HELD[step], message_id=MESSAGE if sends else None,
                  due_at=None if sends else LATER + timedelta(hours=draw(st.integers(0, 99))))  # fmt: skip
    steps = draw(st.dictionaries(st.sampled_from("abcd"), st.sampled_from(sorted(after.steps)), max_size=3))
    then, waits = (
        draw(st.sampled_from(["finish", "move", "exit"])),
        draw(st.sampled_from(["keep", "recompute"])),
    )
    return run, old, new, InsidePlan(then, steps, waits)  # pyright: ignore[reportArgumentType]


@given(cases())
def test_nobody_is_lost_and_asking_again_changes_nothing(
    case: tuple[Run, Version, Version, InsidePlan],
) -> None:
    run, old, new, plan = case
    decision = publish(run, old, new, plan)
    after = decision.run
    assert after.id == run.id
    assert (after.state == "ended") == (after.step is None)
    if after.state == "waiting":
        assert after.due_at is not None or after.awaits
        assert after.step in {1: old, 2: new}[after.version].graph.steps
    again = publish(after, {1: old, 2: new}[after.version], new, plan)
    if plan.then != "finish" and after.version == 2:
        assert again == Decision(after)
    else:
        assert again.run == after
    sent = [effect for effect in decision.effects if isinstance(effect, PlanMessage)]
    # A message of the visit that the run stands at was planned already.
    assert not sent or after.visit > run.visit


@given(cases())
def test_each_step_of_each_version_has_as_many_who_came_as_who_left_and_who_are_there(
    case: tuple[Run, Version, Version, InsidePlan],
) -> None:
    run, old, new, plan = case
    decision = publish(run, old, new, plan)
    after = decision.run
    there: Counter[tuple[int, str]] = Counter({(run.version, run.step or ""): 1})
    for count in decision.counts:
        place = (count.version or after.version, count.step)
        there[place] += {"entered": 1, "left": -1, "exited": -1}.get(count.name, 0) if count.step else 0
    expected = Counter({(after.version, after.step): 1}) if after.step else Counter[tuple[int, str]]()
    assert +there == expected
    assert not -there
    assert after.traced == run.traced + len(decision.trace)


@given(cases())
def test_the_preview_says_what_then_happens(case: tuple[Run, Version, Version, InsidePlan]) -> None:
    run, old, new, plan = case
    place = Place(run.version, run.step or "")
    (foreseen,) = foresee({place: 1}, {1: old}, new, plan, LATER)
    decision = publish(run, old, new, plan)
    after = decision.run
    if foreseen.fate == "stay":
        assert decision == Decision(run)
    elif foreseen.fate == "exit":
        assert after.reason == REPLACED
    elif foreseen.fate == "arrive":
        assert after.visit > run.visit or after.state == "ended"
        assert [entry.step for entry in decision.trace][:1] == [run.step]
    else:
        assert (after.version, after.step, after.visit) == (2, run.step, run.visit)
        if foreseen.fate == "keep":
            assert after.due_at == run.due_at
        else:
            over = foreseen.over_since is not None and run.reached_at <= foreseen.over_since
            assert (after.due_at == LATER) == over


def test_the_last_moment_from_which_a_wait_is_over_is_exact() -> None:
    one = pausing(days(1))
    assert find_over_since(one, "pause", LATER) == LATER - timedelta(days=1)
    assert find_over_since(pausing(days(3660)), "pause", LATER) == LATER - timedelta(days=3660)


def test_the_preview_is_in_the_order_of_versions_and_steps() -> None:
    old, new = pausing(days(3)), pausing(days(1), 3)
    people = {Place(2, "pause"): 4, Place(1, "pause"): 5, Place(1, "gone"): 1}
    assert foresee(people, {1: old}, new, ANEW, LATER) == [
        Foreseen(1, "gone", 1, "stay", "gone"),
        Foreseen(1, "pause", 5, "anew", "pause", LATER - timedelta(days=1)),
        Foreseen(2, "pause", 4, "stay", "pause"),
    ]
