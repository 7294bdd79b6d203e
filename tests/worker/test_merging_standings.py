"""How somebody stands who was merged: as the most restrictive of both, in the rows, in the log's folds, and with proof."""

from collections.abc import Sequence
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from percorso.consent.records import find_broken_link
from percorso.consent.status_store import list_records
from percorso.db import Database
from percorso.worker.main import settle
from tests.worker.scene import LIST_ID, Scene, contact_id
from tests.worker.segments import ask_sql, filter_of, keep, members
from tests.worker.standings import LEAF, STATUS_FACTS, say_consent, say_status
from tests.worker.test_merging import move

BUCKETS = (7, 9)
STANDINGS: dict[str, dict[str, Any]] = {
    **{
        status: {"kind": "status", "channel": "email", "status": status, "listId": str(LIST_ID)}
        for status in STATUS_FACTS
    },
    **{
        aspect: {"kind": "consent", "leaf": LEAF, "aspect": aspect}
        for aspect in ("status", "limitation", "objection")
    },
    "refusing": {"kind": "consent", "leaf": LEAF, "value": False},
}
_examples = count(1)
_WORD = st.one_of(
    st.tuples(
        st.just("status"), st.integers(0, 2), st.sampled_from(list(STATUS_FACTS)), st.sampled_from([0, 45])
    ),
    st.tuples(st.just("consent"), st.integers(0, 2), st.booleans(), st.booleans(), st.booleans()),
)
_STORIES = st.lists(_WORD, min_size=1, max_size=8)
_STRICTNESS = {None: 0, "subscribed": 1, "pending": 2, "unsubscribed": 3}


@pytest.fixture
async def scene(database: Database) -> Scene:
    scene = await Scene.open(database)
    for name, condition in STANDINGS.items():
        await keep(scene, name, filter_of(condition), buckets=BUCKETS)
    return scene


@given(before=_STORIES, between=_STORIES, after=_STORIES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_segments_hold_who_was_merged_as_the_rows_do(
    scene: Scene, before: Sequence[Any], between: Sequence[Any], after: Sequence[Any]
) -> None:
    number = next(_examples) * 10
    people = [contact_id(number, 9), contact_id(number + 1, 7), contact_id(number + 2, 9)]
    for place, id in enumerate(people):
        await scene.append(scene.known(id, number + place))
    await _tell(scene, people, before)
    await _tell(scene, people, between)
    for gone in people[1:]:
        stood = await _stand(scene, [people[0], gone])
        await move(scene, gone, people[0])
        await settle(scene.database)
        assert await _stand(scene, people[:1]) == [_unite(*stood)]
        await _assert_folded(scene, people[0])
    await _tell(scene, people, after)
    await settle(scene.database)
    await _assert_folded(scene, people[0])
    async with scene.database.connection() as connection:
        records = await list_records(connection, people[0])
    assert find_broken_link(records) is None


async def _tell(scene: Scene, people: Sequence[UUID], story: Sequence[Any]) -> None:
    for kind, person, *said in story:
        await scene.move_clock(minutes=10)
        if kind == "status":
            await say_status(scene, [people[person]], said[0], ago=said[1])
        else:
            await say_consent(scene, people[person], *said)


async def _stand(scene: Scene, contacts: Sequence[UUID]) -> list[tuple[str | None, tuple[bool, ...] | None]]:
    """Return the status and the leaf (status, limitation, objection) of each, as the rows have them."""
    statuses = dict(await scene.rows("statuses", "contact_id", "status"))
    leaves = {
        row[0]: row[1:]
        for row in await scene.rows("consents", "contact_id", "status", "limitation", "objection")
    }
    return [(statuses.get(id), leaves.get(id)) for id in contacts]


def _unite(
    one: tuple[str | None, tuple[bool, ...] | None], other: tuple[str | None, tuple[bool, ...] | None]
) -> tuple[str | None, tuple[bool, ...] | None]:
    status = max(one[0], other[0], key=_STRICTNESS.__getitem__)
    if one[1] is None or other[1] is None:
        return status, one[1] or other[1]
    return status, (one[1][0] and other[1][0], one[1][1] or other[1][1], one[1][2] or other[1][2])


async def _assert_folded(scene: Scene, contact: UUID) -> None:
    for name, condition in STANDINGS.items():
        kept = contact in await members(scene, name)
        assert kept == (contact in await ask_sql(scene, filter_of(condition))), name
