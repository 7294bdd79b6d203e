"""One contact's memberships, judged fact by fact without a database."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from percorso.conditions.lowering import lower_simple
from percorso.contacts.model import AttributeChange, Contact
from percorso.log.model import Fact
from percorso.segments.compile import compile_segment
from percorso.segments.model import StoredRevision
from percorso.segments.watch import Watch, build_watch
from percorso.worker.belonging import Belonging
from percorso.worker.model import NOWHERE
from tests.worker.segments import did, filter_of, in_segment, segment_id, text_is

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ADA, SHOP = UUID(int=7), UUID(int=1)


def watch(**definitions: dict[str, Any]) -> Watch:
    return build_watch(
        compile_segment(
            StoredRevision(
                segment_id(name), 1, SHOP, True, msgspec.json.encode(definition).decode(), "Europe/Rome"
            ),
            lower_simple,
        )
        for name, definition in definitions.items()
    )


def ada(**attributes: Any) -> Contact:
    return Contact(
        id=ADA,
        workspace_id=SHOP,
        node_id=UUID(int=2),
        attributes=attributes,
        identities={"email": ["ada@example.com"]},
        email="ada@example.com",
        phone=None,
        anonymous=False,
        created_at=NOW,
        updated_at=NOW,
        last_event_at=None,
        offset=1,
    )


def fact(name: str, at: datetime, kind: Any = "event") -> Fact:
    return Fact(7, 1, SHOP, ADA, kind, name, "m", at, at, {}, None, "api", False, 0)


def test_whoever_refers_to_a_segment_sees_the_contact_inside_by_the_same_fact() -> None:
    segments = watch(
        late=filter_of({"kind": "not", "condition": in_segment("chained")}),
        chained=filter_of(in_segment("milan")),
        milan=filter_of(text_is("city", "Milano")),
    )
    belonging = Belonging(NOWHERE)
    before = ada(city="Bari")
    entered = belonging.take_in(segments, fact("contactUpdated", NOW, "profile"), (), None, before)
    assert entered == [(segment_id("late"), "segmentEntered")]
    after = ada(city="Milano")
    change = AttributeChange("city", "Bari", "Milano")
    turns = belonging.take_in(segments, fact("contactUpdated", NOW, "profile"), (change,), before, after)
    assert turns == [
        (segment_id("milan"), "segmentEntered"),
        (segment_id("chained"), "segmentEntered"),
        (segment_id("late"), "segmentLeft"),
    ]
    assert belonging.segments == {segment_id("milan"), segment_id("chained")}


def test_a_fact_that_nobody_mentions_is_held_against_nothing() -> None:
    segments = watch(milan=filter_of(text_is("city", "Milano")))
    belonging = Belonging(NOWHERE)
    known = ada(city="Milano")
    belonging.take_in(segments, fact("contactUpdated", NOW, "profile"), (), None, known)
    change = AttributeChange("firstName", None, "Ada")
    assert belonging.take_in(segments, fact("contactUpdated", NOW, "profile"), (change,), known, known) == []


def test_events_do_not_move_a_moment_that_comes_early_enough() -> None:
    segments = watch(recent=filter_of(did("completedOrder", within=7)))
    belonging = Belonging(NOWHERE)
    known = ada()
    belonging.take_in(segments, fact("contactUpdated", NOW, "profile"), (), None, known)
    for day in range(3):
        at = NOW + timedelta(days=day)
        belonging.take_in(segments, fact("completedOrder", at), (), known, known)
    first = belonging.find(segment_id("recent"))
    assert first is not None
    assert first.entered_at == NOW
    assert first.judge_at is not None
    assert NOW + timedelta(days=7) <= first.judge_at <= NOW + timedelta(days=7, seconds=1)
    assert belonging.judge_due(segments, segment_id("recent"), known, first.judge_at) == []
    second = belonging.find(segment_id("recent"))
    assert second is not None
    assert second.judge_at is not None
    assert second.judge_at >= NOW + timedelta(days=9)
    left = belonging.judge_due(segments, segment_id("recent"), known, second.judge_at)
    assert left == [(segment_id("recent"), "segmentLeft")]
    assert belonging.find(segment_id("recent")) is None
