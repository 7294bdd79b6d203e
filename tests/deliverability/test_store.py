"""What is kept of receiving domains: each step once, a success above all."""

from datetime import timedelta
from uuid import UUID, uuid4

import msgspec

from percorso.db import Connection
from percorso.deliverability.model import Destination
from percorso.deliverability.retries import decide_wait
from percorso.deliverability.store import (
    delete_waits,
    find_wait,
    has_waiting,
    list_waits,
    release_wait,
    write_waits,
)
from tests.deliverability.test_retries import NOW, PLACE


async def test_a_step_is_written_once_whoever_says_it_first(tx: Connection) -> None:
    first = decide_wait(None, PLACE, "later", reply="450 first", now=NOW)
    second = decide_wait(None, PLACE, "later", reply="450 second", now=NOW + timedelta(seconds=1))
    await write_waits(tx, [first])
    await write_waits(tx, [second, second])
    assert await find_wait(tx, PLACE) == first

    longer = decide_wait(first, PLACE, "later", reply="450 again", now=first.next_at)
    await write_waits(tx, [first, longer])
    assert await find_wait(tx, PLACE) == longer


async def test_a_refusal_by_policy_outweighs_a_busy_one_of_the_same_step(tx: Connection) -> None:
    busy = decide_wait(None, PLACE, "later", reply="450", now=NOW)
    paused = decide_wait(None, PLACE, "policy", reply="550 5.7.1", now=NOW)
    await write_waits(tx, [busy])
    await write_waits(tx, [paused])
    await write_waits(tx, [busy])
    assert await find_wait(tx, PLACE) == paused


async def test_a_refusal_decided_before_a_success_came_in_between_is_forgotten(tx: Connection) -> None:
    first = decide_wait(None, PLACE, "later", reply="450", now=NOW)
    await write_waits(tx, [first])
    longer = decide_wait(first, PLACE, "later", reply="450", now=first.next_at)
    await delete_waits(tx, [PLACE, Destination(uuid4(), "relay", "example.org")])
    await write_waits(tx, [longer])
    assert await find_wait(tx, PLACE) is None


async def test_paused_domains_are_listed_first_and_only_the_workspaces_own(tx: Connection) -> None:
    busy = decide_wait(None, PLACE, "later", reply="450", now=NOW)
    paused = decide_wait(
        None, Destination(PLACE.workspace_id, "relay", "z.example"), "policy", reply="550", now=NOW
    )
    foreign = decide_wait(None, Destination(UUID(int=2), "relay", "example.com"), "later", reply="", now=NOW)
    await write_waits(tx, [busy, paused, foreign])
    assert await list_waits(tx, PLACE.workspace_id, size=10) == [paused, busy]
    assert await has_waiting(tx, provider="relay", now=NOW)
    assert not await has_waiting(tx, provider="other", now=NOW)
    assert not await has_waiting(tx, provider="relay", now=NOW + timedelta(hours=5))


async def test_a_released_domain_is_as_if_it_had_never_refused(tx: Connection) -> None:
    paused = decide_wait(None, PLACE, "policy", reply="550 5.7.1", now=NOW)
    await write_waits(tx, [paused])
    assert await release_wait(tx, uuid4(), PLACE.id) is None
    assert await release_wait(tx, PLACE.workspace_id, PLACE.id) == paused
    assert await release_wait(tx, PLACE.workspace_id, PLACE.id) is None
    assert (
        msgspec.structs.replace(
            decide_wait(await find_wait(tx, PLACE), PLACE, "later", reply="", now=NOW), reply=""
        ).step
        == 1
    )
