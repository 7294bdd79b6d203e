"""What holds for a whole journey: who may be in it, when its messages leave, and what takes people out of it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from percorso.conditions.model import Membership
from percorso.journeys.compile_starts import START_MET
from percorso.journeys.graph import (
    ActivityStart,
    CheckNow,
    DateStart,
    End,
    EventStart,
    Goal,
    GroupMove,
    GroupStart,
    Hours,
    Offset,
    Options,
    Path,
    PushedStart,
    Reentry,
    Removal,
    SegmentStart,
    SendEmail,
    Sending,
    SubscriptionStart,
    UpdateContact,
    Wait,
)
from percorso.journeys.memory import pack_memory, unpack_memory
from percorso.journeys.model import CancelMessage, ChangeGroups, RequestPlace
from tests.journeys.build import (
    CONTACT,
    JOURNEY,
    LIST,
    NOON,
    TEMPLATE,
    days,
    hours,
    make_version,
    of_profile,
)
from tests.journeys.stage import Stage

VIP, STAFF = UUID(int=1), UUID(int=2)
MAIL: dict[str, Any] = {"mail": SendEmail(TEMPLATE, next="wait"), "wait": Wait(days(1), next="again"),
                        "again": SendEmail(TEMPLATE)}  # fmt: skip


def begin(
    options: Options, *, groups: frozenset[UUID] = frozenset(), at: datetime = NOON, **more: Any
) -> Stage:
    stage = Stage(make_version(more.pop("steps", MAIL), options=options), at=at, **more)
    stage.groups = groups
    stage.happens("began")
    return stage


def test_groups_and_filters_are_judged_at_entry() -> None:
    options = Options(
        include_groups=(str(VIP),),
        exclude_groups=(str(STAFF),),
        filters=(of_profile("city", "equals", "Roma"),),
    )
    assert begin(options, groups=frozenset({VIP}), city="Roma").sent_by == ["mail"]
    assert begin(options, city="Roma").runs == {}
    assert begin(options, groups=frozenset({VIP, STAFF}), city="Roma").runs == {}
    assert begin(options, groups=frozenset({VIP}), city="Milano").runs == {}


@pytest.mark.parametrize(
    ("groups", "city", "reason"),
    [
        (frozenset[UUID](), "Roma", "not_in_groups"),
        (frozenset({VIP, STAFF}), "Roma", "in_excluded_group"),
        (frozenset({VIP}), "Milano", "not_in_filters"),
    ],
)
def test_and_again_before_each_message(groups: frozenset[UUID], city: str, reason: str) -> None:
    options = Options(
        include_groups=(str(VIP),),
        exclude_groups=(str(STAFF),),
        filters=(of_profile("city", "equals", "Roma"),),
    )
    stage = begin(options, groups=frozenset({VIP}), city="Roma")
    stage.groups, stage.attributes = groups, {"city": city}
    stage.passes(days=1)
    assert (stage.sent_by, stage.run.outcome, stage.run.reason) == (["mail"], "neutral", reason)


def test_a_message_that_falls_in_quiet_hours_waits_for_their_end() -> None:
    late = datetime(2026, 3, 2, 22, tzinfo=UTC)
    stage = begin(Options(sending=Sending(not_between=Hours("22:00", "08:00"))), at=late)
    assert (stage.sent_by, stage.run.step, stage.run.message_id) == ([], "mail", None)
    assert stage.run.due_at == datetime(2026, 3, 3, 7, tzinfo=UTC)
    stage.until(datetime(2026, 3, 3, 7, tzinfo=UTC))
    assert stage.sent_by == ["mail"]


def test_what_is_too_late_when_it_may_leave_is_skipped_as_the_step_says() -> None:
    late = datetime(2026, 3, 2, 22, tzinfo=UTC)
    options = Options(sending=Sending(not_between=Hours("22:00", "08:00")))

    def outcome(**given: Any) -> tuple[str | None, str | None]:
        steps = {"mail": SendEmail(TEMPLATE, next="end", too_late=hours(3), **given), "end": End("positive")}
        stage = begin(options, at=late, steps=steps)
        assert stage.messages == []
        return stage.run.outcome, stage.run.reason

    assert outcome() == ("neutral", "too_late")
    assert outcome(when_skipped="skip") == ("positive", "completed")


def test_l8_on_the_last_day_nothing_is_sent_and_nobody_enters() -> None:
    options = Options(sending=Sending(active_from="2026-03-01", active_until="2026-03-10"))
    stage = begin(options, at=datetime(2026, 3, 9, 12, tzinfo=UTC))
    assert stage.sent_by == ["mail"]
    stage.passes(days=1)
    assert (stage.sent_by, stage.run.reason) == (["mail"], "not_active")
    assert begin(options, at=datetime(2026, 3, 9, 23, tzinfo=UTC)).runs == {}
    assert begin(options, at=datetime(2026, 2, 28, 22, tzinfo=UTC)).runs == {}


def test_each_contacts_zone_where_the_journey_says_so_else_the_lists() -> None:
    options = Options(sending=Sending(at="09:00"), time_zone="contact")

    def leaves(**attributes: Any) -> datetime | None:
        return begin(options, at=datetime(2026, 3, 2, 4, tzinfo=UTC), **attributes).run.due_at

    assert leaves(timeZone="America/New_York") == datetime(2026, 3, 2, 14, tzinfo=UTC)
    assert (
        leaves()
        == leaves(timeZone="Middle/Earth")
        == leaves(timeZone=7)
        == datetime(2026, 3, 2, 8, tzinfo=UTC)
    )


def test_leaving_the_list_ends_the_run_or_skips_the_channel() -> None:
    left = {"listId": str(LIST), "channel": "email"}
    usual = begin(Options())
    usual.happens("campaignUnsubscribed", **left)
    assert usual.run.reason == "unsubscribed"
    kind = begin(Options(left_channel="skip"))
    kind.happens("campaignUnsubscribed", **left)
    assert kind.run.state == "waiting"
    kind.answer, kind.reason = "messageSkipped", "not_subscribed"
    kind.passes(days=1)
    assert (kind.run.outcome, kind.run.reason) == ("neutral", "completed")


def standing(**parts: Any) -> Stage:
    stage = Stage(make_version(MAIL, **parts), answer="", city="Roma")
    stage.happens("began")
    return stage


def test_a_goal_that_is_a_condition_ends_the_run_when_it_comes_to_hold() -> None:
    stage = standing(goals=(Goal("moved", condition=of_profile("city", "equals", "Milano")),))
    stage.changes()
    assert stage.run.state == "waiting"
    stage.attributes = {"city": "Milano"}
    stage.changes()
    assert (stage.run.outcome, stage.run.reason) == ("positive", "goal: moved")
    assert [type(effect) for effect in stage.cancelled] == [CancelMessage]


def test_a_removal_that_is_a_condition_is_judged_at_each_due_moment_and_on_entry() -> None:
    removal = Removal("segment", condition=Membership(of="group", id=VIP), outcome="negative")
    stage = Stage(
        make_version({"wait": Wait(days(1), next="mail"), "mail": SendEmail(TEMPLATE)}, removals=(removal,))
    )
    stage.happens("began")
    stage.groups = frozenset({VIP})
    stage.passes(days=1)
    assert (stage.messages, stage.run.outcome, stage.run.reason) == ([], "negative", "removed: segment")
    stage.happens("began")
    assert (stage.run.state, stage.run.reason, stage.run.visit) == ("ended", "removed: segment", 0)


def test_places_are_asked_for_and_whoever_comes_after_the_last_goes_elsewhere() -> None:
    def reached(answer: str, full: str | None) -> str | None:
        steps: dict[str, Any] = {
            "check": CheckNow((Path("show", "", of_profile("vip", "equals", "yes"), to="in", places=50, full=full),),
                              default="late"),
            "in": End("positive"), "late": End("neutral"),
        }  # fmt: skip
        if full:
            steps[full] = End("negative")
        stage = Stage(make_version(steps), vip="yes")
        stage.happens("began")
        assert stage.further == [RequestPlace("check", 1, "show", 50)]
        stage.happens("placeTaken", runId=str(stage.run.id), step="check", visit=9, path="show")
        assert stage.run.state == "waiting"
        stage.answers(answer, path="show")
        return stage.run.outcome

    assert reached("placeTaken", "queue") == "positive"
    assert reached("placesFull", "queue") == "negative"
    assert reached("placesFull", None) == "neutral"


def test_groups_changed_by_a_step_are_found_changed_by_the_next() -> None:
    steps: dict[str, Any] = {
        "move": UpdateContact(groups=(GroupMove("move", str(VIP), str(STAFF)),), next="check"),
        "check": CheckNow((Path("vip", "", Membership(of="group", id=VIP), to="yes"),)),
        "yes": End("positive", group=GroupMove("join", str(STAFF))),
    }
    stage = Stage(make_version(steps))
    stage.groups = frozenset({STAFF})
    stage.happens("began")
    assert stage.run.outcome == "positive"
    assert stage.further == [ChangeGroups((VIP,), (STAFF,), "move", 1), ChangeGroups((STAFF,), (), "yes", 3)]


@pytest.mark.parametrize(
    ("start", "fact", "said", "other"),
    [
        (SegmentStart("s", str(VIP)), "segmentEntered", {"segmentId": str(VIP)}, {"segmentId": str(STAFF)}),
        (SegmentStart("s", str(VIP), "left"), "segmentLeft", {"segmentId": str(VIP)}, {"segmentId": str(STAFF)}),
        (GroupStart("s", str(VIP)), "groupJoined", {"groupId": str(VIP)}, {"groupId": str(STAFF)}),
        (GroupStart("s", str(VIP), "left"), "groupLeft", {"groupId": str(VIP)}, {}),
        (SubscriptionStart("s"), "campaignSubscribed", {"listId": str(LIST), "channel": "email"},
         {"listId": str(LIST), "channel": "sms"}),
        (SubscriptionStart("s", after="first_notification"), "firstNotificationSent",
         {"listId": str(LIST), "channel": "email"}, {"listId": str(VIP), "channel": "email"}),
        (ActivityStart("s", "clicked", template_id=TEMPLATE), "campaignLinkClicked",
         {"channel": "email", "templateId": TEMPLATE}, {"channel": "email", "templateId": str(VIP)}),
        (DateStart("s", "d"), START_MET, {"journeyId": str(JOURNEY), "startId": "s"},
         {"journeyId": str(JOURNEY), "startId": "t"}),
        (PushedStart("s", ("api",)), START_MET, {"journeyId": str(JOURNEY), "source": "api"},
         {"journeyId": str(JOURNEY), "source": "hand"}),
        (PushedStart("s"), START_MET, {"journeyId": str(JOURNEY), "source": "journey"},
         {"journeyId": str(CONTACT), "source": "journey"}),
    ],
)  # fmt: skip
def test_every_start_is_a_fact_that_says_what_it_is_about(
    start: Any, fact: str, said: dict[str, Any], other: dict[str, Any]
) -> None:
    stage = Stage(make_version(MAIL, starts=(start,)))
    stage.happens(fact, **other)
    assert stage.runs == {}
    stage.happens(fact, **said)
    assert stage.sent_by == ["mail"]


def test_several_starts_let_in_each_by_its_fact() -> None:
    starts = (EventStart("order", "completedOrder"), GroupStart("group", str(VIP)))
    stage = Stage(make_version(MAIL, starts=starts))
    stage.happens("groupJoined", groupId=str(VIP))
    stage.happens("completedOrder")
    assert len(stage.runs) == 1, "whoever is inside is ignored"


def test_once_per_year_counts_the_year_of_the_anniversary() -> None:
    start = DateStart("s", "d", "dd/MM", Offset(7, "days"), yearly=True)
    version = make_version({"end": End()}, starts=(start,), reentry=Reentry("once_per_year"))
    stage = Stage(version, at=datetime(2026, 1, 3, 9, tzinfo=UTC))

    def anniversary(year: int) -> int:
        stage.happens(START_MET, journeyId=str(JOURNEY), startId="s", on=f"{year}-01-02", year=year)
        return len(stage.runs)

    assert anniversary(2026) == 1
    assert anniversary(2026) == 1
    stage.passes(days=357)
    # Still 2026 by the calendar, but a week before the birthday of 2027.
    assert (stage.now.year, anniversary(2027)) == (2026, 2)


def test_once_per_value_of_a_date() -> None:
    reentry = Reentry("value_changes", key="value")
    stage = Stage(make_version({"end": End()}, starts=(DateStart("s", "d"),), reentry=reentry))
    for value, runs in (("2026-05-10", 1), ("2026-05-10", 1), ("2026-06-10", 2)):
        stage.happens(START_MET, journeyId=str(JOURNEY), startId="s", value=value)
        assert len(stage.runs) == runs


def test_a_run_remembers_its_messages() -> None:
    from percorso.journeys.graph import WaitAfterMessage

    steps = {"mail": SendEmail(TEMPLATE, next="wait"), "wait": WaitAfterMessage("opened")}
    stage = Stage(make_version(steps))
    stage.happens("began")
    (seen,) = stage.run.messages.values()
    assert seen.sent_at == NOON
    assert dict(unpack_memory(pack_memory(stage.run)).messages) == stage.run.messages
    stage.passes(days=31)
    assert (stage.run.messages, stage.run.ended_at) == ({}, NOON + timedelta(days=30, hours=-1))
