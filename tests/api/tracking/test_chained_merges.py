"""Who turns out to be the same, step by step: nothing of it is lost, and nothing that is repeated is stored twice."""

from collections import Counter
from collections.abc import Sequence
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from percorso.worker.main import settle
from tests.api.tracking.shop import Shop

_examples = count()


def call(number: int, event: str | None = None, **who: str) -> dict[str, Any]:
    """Return an event, or a word about who somebody is, of these identities."""
    device = who.pop("device", None)
    said: dict[str, Any] = {"type": "identify", "traits": {}, "messageId": str(number), **who}
    if event is not None:
        said = {"type": "track", "event": event, "messageId": str(number), **who}
    return said if device is None else {**said, "context": {"device": {"token": device}}}


async def send(shop: Shop, *calls: dict[str, Any]) -> None:
    assert (await shop.server.post("/v1/batch", {"batch": list(calls)})).status == 200


async def list_kept(shop: Shop, like: str = "%") -> Counter[str]:
    """Return how often each event is there, of those who were not merged into others."""
    rows = await shop.fetch(
        "SELECT message_id FROM facts WHERE kind = 'event' AND message_id LIKE $1"
        " AND contact_id NOT IN (SELECT contact_id FROM moved)",
        like,
    )
    return Counter(row[0] for row in rows)


@pytest.mark.parametrize("settled", [None, 3, 4, 5])
@pytest.mark.parametrize("apart", [True, False], ids=["request by request", "in one batch"])
async def test_a_repeat_after_a_chain_of_merges_is_stored_once(
    shop: Shop, apart: bool, settled: int | None
) -> None:
    calls = [
        call(1, userId="u1"),
        call(2, "e", anonymousId="a1"),
        call(3, "e", anonymousId="a2", device="d2"),
        # The device is the stronger: the first visitor is the second one.
        call(4, "e", anonymousId="a1", device="d2"),
        # And the second one is known.
        call(5, userId="u1", anonymousId="a2"),
    ]
    for number, each in enumerate(calls, 1):
        if apart:
            await send(shop, each)
        if number == settled:
            await settle(shop.database)
    if not apart:
        await send(shop, *calls)
    for each in calls:
        await send(shop, each)
    await settle(shop.database)
    assert await list_kept(shop) == Counter(["2", "3", "4"])
    assert len(await shop.fetch("SELECT id FROM contacts")) == 1
    assert {row[0] for row in await shop.fetch("SELECT state FROM moved")} == {"done"}


# One person's browsers and devices, and another's: what two people share may lead to the second of them.
_WEAK = {
    "u1": [("anonymousId", "a1"), ("anonymousId", "a2"), ("anonymousId", "a3")],
    "u2": [("anonymousId", "b1"), ("anonymousId", "b2")],
}


@st.composite
def _whose(draw: st.DrawFn) -> dict[str, str]:
    person = draw(st.sampled_from(["u1", "u1", "u2"]))
    who = dict([draw(st.sampled_from(_WEAK[person]))])
    if draw(st.integers(0, 3)) == 0:
        who["userId"] = person
    if draw(st.booleans()):
        who["device"] = draw(st.sampled_from([f"{person}-d1", f"{person}-d2"]))
    return who


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("call"), _whose()),
        st.tuples(st.just("call"), _whose()),
        st.tuples(st.just("repeat"), st.integers(0, 20)),
        st.tuples(st.just("settle"), st.none()),
    ),
    min_size=4,
    max_size=14,
)


@given(steps=_STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_merging_loses_no_event_and_takes_none_twice(
    shop: Shop, steps: Sequence[tuple[str, Any]]
) -> None:
    mark = f"x{next(_examples)}-"
    calls: list[dict[str, Any]] = []
    for kind, said in steps:
        if kind == "settle":
            await settle(shop.database)
        elif kind == "repeat" and calls:
            await send(shop, calls[said % len(calls)])
        elif kind == "call":
            who = {key: mark + value for key, value in said.items()}
            calls.append({**call(0, "e", **who), "messageId": f"{mark}{len(calls)}"})
            await send(shop, calls[-1])
    for each in calls:
        await send(shop, each)
    await settle(shop.database)
    assert await list_kept(shop, f"{mark}%") == Counter(each["messageId"] for each in calls)
    assert await shop.fetch("SELECT state FROM moved WHERE state <> 'done'") == []
    gone = await shop.fetch("SELECT c.id FROM contacts AS c JOIN moved AS m ON m.contact_id = c.id")
    assert gone == []
    for user in ("u1", "u2"):
        # Whoever was named together is one contact, whichever way it was found out.
        tied = [each for each in calls if each.get("userId") == mark + user]
        owners = {await shop.contact_of("anonymous_id", each["anonymousId"]) for each in tied}
        assert len(owners) <= 1


_SHARED = st.fixed_dictionaries(
    {"anonymousId": st.sampled_from(["s1", "s2"])}, optional={"userId": st.sampled_from(["u1", "u2", "u3"])}
)


@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("call"), st.lists(_SHARED, min_size=1, max_size=4)),
            st.tuples(st.just("repeat"), st.integers(0, 20)),
            st.tuples(st.just("settle"), st.none()),
        ),
        min_size=3,
        max_size=10,
    )
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(
    steps=[
        ("call", [{"anonymousId": "s1", "userId": "u2"}]),
        ("call", [{"anonymousId": "s1"}, {"anonymousId": "s1", "userId": "u1"}]),
        ("call", [{"anonymousId": "s1", "userId": "u3"}]),
    ]
)
async def test_browsers_that_go_from_one_to_another_repeat_nothing_twice(
    shop: Shop, steps: Sequence[tuple[str, Any]]
) -> None:
    mark = f"y{next(_examples)}-"
    batches: list[list[dict[str, Any]]] = []
    numbers = count()
    for kind, said in steps:
        if kind == "settle":
            await settle(shop.database)
        elif kind == "repeat" and batches:
            await send(shop, *batches[said % len(batches)])
        elif kind == "call":
            people = [{key: mark + value for key, value in who.items()} for who in said]
            batches.append([call(0, "e", **who) | {"messageId": f"{mark}{next(numbers)}"} for who in people])
            await send(shop, *batches[-1])
    for batch in (*batches, *reversed(batches)):
        await send(shop, *batch)
    await settle(shop.database)
    stored = await list_kept(shop, f"{mark}%")
    assert stored == Counter(each["messageId"] for batch in batches for each in batch)
