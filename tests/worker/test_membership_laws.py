"""The law of membership over generated stories: twins to whom the same happens stand alike, however the log is applied.

Of each person there is one twin for each way of applying: punctually, a fact at a time, all at once, dying again and
again, two workers at a time. Pasts keep three facts, so that most of them have lost some.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from percorso.conditions import compile_fold
from percorso.consent.records import Status
from percorso.contacts.identity.store import Move, insert_moved
from percorso.contacts.store import get_contact
from percorso.db import Database
from percorso.db.failpoints import Failpoints
from percorso.kit.ids import derive_id
from percorso.log.actions import append_facts
from percorso.log.model import FactDraft
from percorso.privacy.erasure import erase_contact
from percorso.worker.apply import apply_buckets
from percorso.worker.erasing import empty_all
from percorso.worker.main import settle
from percorso.worker.reading import Limits
from tests.worker.scene import LIST_ID, WORKSPACE_ID, Scene, at_least, contact_id
from tests.worker.segments import ask_sql, did, filter_of, in_segment, keep, segment_id, text_is
from tests.worker.standings import LEAF, STATUS_FACTS, say_consent, say_status

WAYS: dict[str, tuple[int, int]] = {
    "punctual": (3, 7),
    "one by one": (13, 17),
    "at once": (23, 27),
    "dying": (33, 37),
    "two workers": (43, 47),
}
BUCKETS = [bucket for pair in WAYS.values() for bucket in pair]
PEOPLE = 4
GROUP = derive_id("group", "friends")
_examples = count(1)


def window(hours: int) -> dict[str, Any]:
    return {"kind": "ago", "amount": hours, "unit": "hours"}


def define(name: str, mark: str) -> dict[str, Any]:
    """Return the definition of one of the segments."""
    happened = {"kind": "happened", "pattern": {"events": ["viewedPage"]}, "measure": "sum", "path": "price"}
    definitions: dict[str, dict[str, Any]] = {
        "milan": text_is("city", "Milano"),
        "busy": did("viewedPage", within=5, times=4, unit="hours"),
        "idle": {"kind": "not", "condition": did("viewedPage", within=3, unit="hours")},
        "thrifty": happened
        | {"window": window(6), "operator": "at_most", "operands": [{"kind": "value", "value": 9}]},
        "first": {
            "kind": "first_or_last",
            "which": "first",
            "pattern": {"events": ["viewedPage"]},
            "window": window(8),
            "condition": at_least("price", 2),
        },
        "then": {
            "kind": "followed",
            "first": {"events": ["viewedPage"]},
            "then": {"events": ["loggedIn"]},
            "window": window(7),
            "within": {"amount": 2, "unit": "hours"},
        },
        "friends": {"kind": "membership", "of": "group", "id": str(GROUP)},
        "subscribed": {"kind": "status", "channel": "email", "listId": str(LIST_ID)},
        "pending": {"kind": "status", "channel": "email", "status": "pending"},
        "allowed": {"kind": "consent", "leaf": LEAF},
        "objecting": {"kind": "consent", "leaf": LEAF, "aspect": "objection"},
        "both": {"kind": "and", "conditions": [in_segment("busy" + mark), in_segment("thrifty" + mark)]},
        "neither": {"kind": "not", "condition": in_segment("both" + mark)},
    }
    return filter_of(definitions[name])


_NAMES = [
    *("milan", "busy", "idle", "thrifty", "first", "then", "friends", "both", "neither"),
    *("subscribed", "pending", "allowed", "objecting"),
]
_PERSON = st.integers(0, PEOPLE - 1)
_EVENT = st.tuples(
    st.just("event"),
    _PERSON,
    st.sampled_from(["viewedPage"] * 5 + ["loggedIn"]),
    st.integers(0, 240),
    st.integers(0, 4),
)
_STEPS = st.lists(
    st.one_of(
        _EVENT,
        _EVENT,
        _EVENT,
        st.tuples(st.just("clock"), st.sampled_from([1, 30, 61, 200])),
        st.tuples(st.just("city"), _PERSON, st.sampled_from(["Milano", "Bari"])),
        st.tuples(st.just("group"), _PERSON, st.sampled_from(["groupJoined", "groupLeft"])),
        st.tuples(
            st.just("status"), _PERSON, st.sampled_from(list(STATUS_FACTS)), st.sampled_from([0, 0, 45])
        ),
        st.tuples(st.just("consent"), _PERSON, st.booleans(), st.booleans(), st.booleans()),
        st.tuples(st.just("fill"), st.sampled_from(_NAMES)),
        st.tuples(st.just("merge"), st.integers(1, PEOPLE - 1)),
        st.tuples(st.just("erase"), _PERSON),
    ),
    min_size=14,
    max_size=36,
)


class _CrashError(BaseException):
    """Stands for a process that died."""


class Twins:
    """The people of one example, in each way of applying."""

    def __init__(self, scene: Scene, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.scene = scene
        self.mark = f" {number}"
        self.kept: set[str] = set()
        self.gone: set[int] = set()
        """Who became the first one, or was forgotten."""
        self.forgotten: set[int] = set()
        self._monkeypatch = monkeypatch
        self._number = number
        self.ids = {
            way: [contact_id(number * 100 + place * 10 + at, pair[place % 2]) for place in range(PEOPLE)]
            for at, (way, pair) in enumerate(WAYS.items())
        }

    async def tell(self, person: int, name: str, said: dict[str, Any], **more: Any) -> None:
        """Let the same happen to a person in all ways."""
        drafts: list[FactDraft] = [
            self.scene.event(ids[person], name, said, **more) for ids in self.ids.values()
        ]
        await self.scene.append(*drafts)

    async def say_status(self, person: int, status: Status, ago: int) -> None:
        """Let a person say in all ways, so many minutes ago, how they stand with the list."""
        await say_status(self.scene, [ids[person] for ids in self.ids.values()], status, ago=ago)

    async def say_consent(self, person: int, *said: bool) -> None:
        """Let a person say in all ways how a leaf of their consents stands, unless they are forgotten."""
        if person not in self.forgotten:
            for ids in self.ids.values():
                await say_consent(self.scene, ids[person], *said)

    async def erase(self, person: int) -> None:
        """Let a person be forgotten in all ways, whatever is still to be applied."""
        if person in self.gone:
            return
        self.gone.add(person)
        self.forgotten.add(person)
        if person == 0:
            # Who became them is forgotten with them, and nobody becomes them any more.
            self.forgotten |= self.gone
            self.gone |= set(range(PEOPLE))
        for ids in self.ids.values():
            async with self.scene.database.transaction("test.commit") as connection:
                contact = await get_contact(connection, ids[person])
                assert contact is not None
                assert await erase_contact(connection, contact)

    async def fill(self, name: str) -> None:
        """Tell all buckets of a segment, those that it refers to first."""
        for needed in {"both": ["busy", "thrifty"], "neither": ["both"]}.get(name, []):
            await self.fill(needed)
        if name not in self.kept:
            self.kept.add(name)
            await keep(self.scene, name + self.mark, define(name, self.mark), buckets=BUCKETS)

    async def catch_up(self, *ways: str) -> None:
        database = self.scene.database
        apply = {
            "punctual": partial(_apply, database, WAYS["punctual"], Limits()),
            "one by one": partial(_apply, database, WAYS["one by one"], Limits(facts=1, due=1)),
            "at once": partial(_apply, database, WAYS["at once"], Limits()),
            "dying": self._apply_dying,
            "two workers": self._apply_by_two,
        }
        for way in ways or WAYS:
            await apply[way]()

    async def _apply_by_two(self) -> None:
        buckets = WAYS["two workers"]
        limits = (Limits(facts=2, due=1), Limits(facts=5, due=3, scan=4))
        await asyncio.gather(*(_apply(self.scene.database, buckets, each) for each in limits))
        await _apply(self.scene.database, buckets, limits[0])

    async def _apply_dying(self) -> None:
        passed = count(1)

        def crash(_: Failpoints, point: str, moment: str) -> None:
            if point.startswith(("worker.", "privacy.")) and next(passed) % 7 == 0:
                raise _CrashError

        with self._monkeypatch.context() as dying:
            dying.setattr(Failpoints, "pass_point", crash)
            while True:
                try:
                    await _apply(self.scene.database, WAYS["dying"], Limits(facts=3, due=2))
                except _CrashError:
                    continue
                return

    async def merge(self, gone: int) -> None:
        """Let a person turn out to be the first one; carrying takes place where the workers stand, so all catch up."""
        if gone in self.gone:
            return
        self.gone.add(gone)
        await self.catch_up()
        async with self.scene.database.transaction("test.commit") as connection:
            for ids in self.ids.values():
                draft = self.scene.event(
                    ids[gone], "contactMoved", {"intoContactId": str(ids[0])}, kind="moved"
                )
                (offset,) = await append_facts(connection, [draft], received_at=self.scene.now)
                await insert_moved(
                    connection, [Move(WORKSPACE_ID, ids[gone], ids[0], offset, self.scene.now)]
                )
        await settle(self.scene.database)

    async def look(self, way: str) -> dict[str, Any]:
        """Return how one way's twins stand with the segments, and what the log tells of it."""
        places = {id: place for place, id in enumerate(self.ids[way])}
        names = {segment_id(name + self.mark): name for name in self.kept}
        stands: list[tuple[Any, ...]] = [
            (places[who], names[segment], entered_at, judge_at)
            for who, segment, entered_at, judge_at in await self.scene.rows(
                "memberships", "contact_id", "segment_id", "entered_at", "judge_at"
            )
            if who in places and segment in names
        ]
        told: list[tuple[Any, ...]] = [
            (at, name, places[who], names[UUID(said["segmentId"])], str(said.get("cause")))
            for kind, at, name, who, said in await self.scene.rows(
                "facts", "kind", "occurred_at", "name", "contact_id", "properties"
            )
            if kind == "segment" and who in places and UUID(said["segmentId"]) in names
        ]
        counted = [
            (WAYS[way].index(bucket), names[segment], members)
            for bucket, segment, members in await self.scene.rows(
                "bucket_segments", "bucket", "segment_id", "members"
            )
            if bucket in WAYS[way] and segment in names
        ]
        return {"stands": sorted(stands, key=repr), "told": sorted(told), "counted": sorted(counted)}


async def _apply(database: Database, buckets: Sequence[int], limits: Limits) -> None:
    while (await apply_buckets(database, buckets, limits)).has_moved:
        pass
    await empty_all(database)


@pytest.fixture
async def scene(database: Database, monkeypatch: pytest.MonkeyPatch) -> Scene:
    def fold_few(need: Any, *, lower: Any, limit: int | None = 3) -> Any:
        return compile_fold(need, lower=lower, limit=limit)

    monkeypatch.setattr("percorso.segments.compile.compile_fold", fold_few)
    return await Scene.open(database)


_fixtures = [HealthCheck.function_scoped_fixture]


@given(steps=_STEPS)
@settings(max_examples=3, deadline=None, suppress_health_check=_fixtures)
async def test_twins_stand_alike_however_the_log_is_applied(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, steps: Sequence[tuple[Any, ...]]
) -> None:
    await assert_alike(Twins(scene, next(_examples), monkeypatch), steps)


@pytest.mark.prove
@given(steps=_STEPS)
@settings(max_examples=15, deadline=None, suppress_health_check=_fixtures)
async def test_many_twins_stand_alike_however_the_log_is_applied(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, steps: Sequence[tuple[Any, ...]]
) -> None:
    await assert_alike(Twins(scene, next(_examples), monkeypatch), steps)


async def assert_alike(twins: Twins, steps: Sequence[tuple[Any, ...]]) -> None:
    """Tell a story to all twins, one way of applying at its time and the others late, and hold them to each other."""
    scene = twins.scene
    for person in range(PEOPLE):
        for ids in twins.ids.values():
            await scene.append(scene.known(ids[person], ids[person].int % 10**9, city="Milano"))
    for name in ("busy", "thrifty", "idle", "subscribed"):
        await twins.fill(name)
    for kind, *said in steps:
        await _take(twins, kind, said)
        await twins.catch_up("punctual")
    await twins.catch_up()
    punctual = await twins.look("punctual")
    for way in WAYS:
        assert await twins.look(way) == punctual, way
    await _assert_as_sql(twins, punctual)
    for name in sorted(twins.kept):
        await keep(scene, name + twins.mark, None, revision=2, buckets=BUCKETS)
    await settle(scene.database)


async def _take(twins: Twins, kind: str, said: Sequence[Any]) -> None:
    scene = twins.scene
    if kind == "event":
        person, name, ago, price = said
        at: datetime = scene.now - timedelta(minutes=ago)
        await twins.tell(person, name, {"price": price}, occurred_at=at)
    elif kind == "clock":
        await scene.move_clock(minutes=said[0])
    elif kind == "city":
        await twins.tell(said[0], "contactUpdated", {"set": {"city": said[1]}}, kind="profile")
    elif kind == "group":
        await twins.tell(said[0], said[1], {"groupId": str(GROUP)}, kind="group")
    elif kind == "fill":
        await twins.fill(said[0])
    elif kind == "status":
        await twins.say_status(*said)
    elif kind == "consent":
        await twins.say_consent(*said)
    elif kind == "erase":
        await twins.erase(*said)
    else:
        await twins.merge(*said)


async def _assert_as_sql(twins: Twins, punctual: dict[str, Any]) -> None:
    """Assert that SQL finds the members that the worker keeps."""
    mine = twins.ids["punctual"]
    for name in sorted(twins.kept):
        asked = await ask_sql(twins.scene, define(name, twins.mark))
        kept = {place for place, of, entered_at, _ in punctual["stands"] if of == name and entered_at}
        assert {mine.index(id) for id in asked if id in mine} == kept, name
