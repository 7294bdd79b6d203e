"""Webhook steps from the worker's plan to the answer that moves the run: real PostgreSQL, a real receiver, virtual time."""

import hmac
from base64 import b64decode, b64encode
from typing import Any

import msgspec
import pytest

from percorso.channels.web.client import Limits, WebClient
from percorso.contacts.store import load_contacts
from percorso.courier.calling import call_all, open_caller
from percorso.db.clock import read_clock
from percorso.journeys.calls.actions import ensure_secrets, rotate_secret
from percorso.journeys.calls.signing import PREFIX, Seal
from percorso.kit.ids import derive_id
from percorso.privacy.erasure import erase_contact
from percorso.worker.main import settle
from tests.courier.webhooks import ANNA, PATIENCE, SEAL, Stage, points
from tests.support.web_sink import Said
from tests.worker.scene import WORKSPACE_ID, contact_id


@pytest.mark.parametrize(("number", "outcome"), [(120, "positive"), (20, "neutral")])
async def test_what_is_answered_is_kept_and_asked_about(stage: Stage, number: int, outcome: str) -> None:
    await stage.begin(points(number))
    (call_id,) = (await stage.calls("id"))[0]
    assert await stage.call() == 1
    (received,) = stage.sink.received
    assert msgspec.json.decode(received.body) == {"order": 17, "tier": "gold"}
    assert received.headers["content-type"] == "application/json"
    assert received.headers["webhook-id"] == str(call_id)
    assert await stage.outcomes() == [outcome]
    ((name, said),) = await stage.told()
    ((run_id,),) = await stage.scene.rows("runs", "id")
    assert (name, said) == (
        "webhookAnswered",
        {
            "journeyId": str(stage.journey_id), "runId": str(run_id), "step": "call", "visit": 1,
            "callId": str(call_id), "status": 200, "answer": {"balance": {"points": number}},
        },
    )  # fmt: skip
    # What was answered lies in the log, and not here any more.
    assert await stage.calls("state", "status", "reason", "answer", "failures") == [
        ("answered", 200, None, None, 0)
    ]
    assert await stage.tries() == [(200, None)]
    assert await stage.call() == 0


async def test_the_receiver_can_check_who_signed(stage: Stage) -> None:
    await stage.begin()
    await stage.call()
    (received,) = stage.sink.received
    async with stage.database.transaction("webhooks.secret") as connection:
        clock = await read_clock(connection)
        (secret,) = await ensure_secrets(connection, WORKSPACE_ID, SEAL, real=clock.real_at)
    signed = (
        f"{received.headers['webhook-id']}.{received.headers['webhook-timestamp']}.".encode() + received.body
    )
    key = b64decode(secret.secret.removeprefix(PREFIX))
    expected = b64encode(hmac.digest(key, signed, "sha256")).decode()
    assert received.headers["webhook-signature"] == f"v1,{expected}"
    # Receivers hold the moment against their own clocks, so it is not product time.
    assert abs(clock.real_at.timestamp() - int(received.headers["webhook-timestamp"])) < 120
    assert secret.secret.encode() not in (await stage.scene.rows("webhook_secrets", "sealed"))[0][0]


async def test_a_changed_secret_signs_beside_the_new_one_for_a_day(stage: Stage) -> None:
    await stage.begin(Said(503), Said())
    await stage.call()
    async with stage.database.transaction("webhooks.secret") as connection:
        real = (await read_clock(connection)).real_at
        await rotate_secret(connection, WORKSPACE_ID, SEAL, real=real)
    await stage.scene.move_clock(seconds=5)
    await stage.call()
    first, second = (one.headers["webhook-signature"].split(" ") for one in stage.sink.received)
    assert (len(first), len(second)) == (1, 2)
    async with stage.database.transaction("test.commit") as connection:
        await connection.execute(
            "UPDATE webhook_secrets SET signs_until = created_at WHERE signs_until IS NOT NULL"
        )
        assert len(await ensure_secrets(connection, WORKSPACE_ID, SEAL, real=real)) == 1


async def test_calls_that_cannot_be_signed_wait_and_are_not_made(stage: Stage) -> None:
    await stage.begin()
    await stage.call()
    await stage.enter(contact_id(2), 2)
    other = Seal("another secret of 32 characters …")
    assert await call_all(stage.database, stage.client, other, begin_seconds=PATIENCE) == 1
    assert len(stage.sink.received) == 1
    await stage.scene.move_clock(seconds=5)
    await stage.call()
    assert len(stage.sink.received) == 2
    reasons = {reason for _, reason in await stage.tries()}
    assert reasons == {None, "secret_unreadable"}
    assert await stage.outcomes() == ["neutral", "neutral"]


async def test_what_is_refused_is_tried_again_with_the_same_id_and_growing_pauses(stage: Stage) -> None:
    await stage.begin(Said(500), Said(404), Said(429, b"", {"retry-after": "3600"}), Said(302), points(120))
    pauses = [{"seconds": 5}, {"minutes": 5}, {"hours": 1}, {"hours": 2}]
    assert await stage.call() == 1
    for pause in pauses:
        assert await stage.call() == 0
        await stage.scene.move_clock(**pause)
        assert await stage.call() == 1
    assert await stage.outcomes() == ["positive"]
    assert len({one.headers["webhook-id"] for one in stage.sink.received}) == 1
    assert await stage.tries() == [
        (500, "500"), (404, "404"), (429, "429"), (302, "302"), (200, None),
    ]  # fmt: skip
    assert [name for name, _ in await stage.told()] == ["webhookAnswered"]


async def test_after_five_days_the_run_takes_the_failing_path(stage: Stage) -> None:
    await stage.begin(Said(503))
    tried = await stage.call()
    for _ in range(40):
        if await stage.outcomes() != [None]:
            break
        await stage.scene.move_clock(hours=10)
        tried += await stage.call()
    assert await stage.outcomes() == ["negative"]
    ((name, said),) = await stage.told()
    assert (name, said["reason"], said["status"]) == ("webhookFailed", "503", 503)
    assert tried == len(stage.sink.received) == 13
    entries = [entry for (entry,) in await stage.scene.rows("traces", "entry", order="number")]
    assert [(one["path"], one["outcome"]) for one in entries if one["step"] == "call"] == [("failed", "503")]


async def test_410_stops_at_once(stage: Stage) -> None:
    await stage.begin(Said(410))
    await stage.call()
    assert (await stage.outcomes(), await stage.tries()) == (["negative"], [(410, "410")])


async def test_who_does_not_answer_in_time_is_called_again(stage: Stage) -> None:
    patient = stage.client
    stage.client = WebClient(private_hosts=(stage.sink.host,), limits=Limits(whole_seconds=0.3))
    await stage.begin(stage.sink.hang)
    await stage.call()
    stage.client = patient
    stage.sink.answers = [*stage.sink.answers[:0], points(100)]
    assert (await stage.outcomes(), await stage.tries()) == ([None], [(None, "timeout")])
    await stage.scene.move_clock(seconds=5)
    await stage.call()
    assert await stage.outcomes() == ["positive"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/", "http://localhost:{port}/"])
async def test_an_address_that_may_not_be_called_fails_at_once(stage: Stage, url: str) -> None:
    stage.client = WebClient()
    await stage.begin(url=url.format(port=stage.sink.port))
    await stage.call()
    assert stage.sink.received == []
    assert (await stage.outcomes(), await stage.tries()) == (["negative"], [(None, "address_forbidden")])


@pytest.mark.parametrize(
    ("captures", "outcome", "path"),
    [([{"name": "points", "path": "points"}], "negative", "failed"), ([], "neutral", "next")],
)
async def test_an_answer_too_large_to_keep_anything_of_fails_where_something_is_kept(
    stage: Stage, captures: list[Any], outcome: str, path: str
) -> None:
    large = Said(200, b'{"points": 1, "more": "' + b"x" * 70_000 + b'"}')
    await stage.begin(large, captures=captures)
    await stage.call()
    assert await stage.outcomes() == [outcome]
    ((_, said),) = await stage.told()
    assert (said["answer"], said["unread"]) == (None, "too_large")
    entries = [entry for (entry,) in await stage.scene.rows("traces", "entry")]
    assert [one["path"] for one in entries if one["step"] == "call"] == [path]


async def test_an_answer_that_is_no_json_says_nothing(stage: Stage) -> None:
    await stage.begin(Said(200, b"ok"))
    await stage.call()
    assert await stage.outcomes() == ["neutral"]


async def test_a_run_that_does_not_wait_any_longer_is_not_called_for(stage: Stage) -> None:
    await stage.begin(Said(503), limit={"amount": 1, "unit": "minutes"})
    await stage.call()
    await stage.scene.move_clock(minutes=1)
    await settle(stage.database)
    assert await stage.outcomes() == ["negative"]
    assert await stage.call() == 0
    assert await stage.calls("state", "reason") == [("cancelled", "removed")]
    assert len(stage.sink.received) == 1
    assert await stage.told() == []


async def test_an_erased_contact_is_not_told_of_and_nothing_of_it_stays(stage: Stage) -> None:
    await stage.begin(Said(503))
    await stage.call()
    await stage.scene.move_clock(seconds=5)
    async with stage.database.transaction("privacy.erase") as connection:
        await erase_contact(connection, (await load_contacts(connection, [ANNA]))[ANNA])
    assert await call_all(stage.database, stage.client, SEAL, begin_seconds=PATIENCE) == 0
    assert await stage.calls("state", "reason") == [("cancelled", "erased")]
    await settle(stage.database)
    assert (await stage.calls("id"), await stage.tries()) == ([], [])
    assert len(stage.sink.received) == 1


async def test_a_claim_that_grew_old_is_given_back_untried(stage: Stage) -> None:
    await stage.begin()
    async with open_caller(stage.database, stage.client, SEAL, begin_seconds=0) as late:
        await late.take()
        await late.finish(PATIENCE)
    assert stage.sink.received == []
    assert await stage.calls("state", "reason", "failures") == [("due", "begun_late", 0)]
    await stage.call()
    assert await stage.outcomes() == ["neutral"]


async def test_a_paused_journey_calls_nobody_until_it_goes_on(stage: Stage) -> None:
    await stage.begin(points(100))
    for state, made in (("paused", 0), ("active", 1)):
        async with stage.database.transaction("test.commit") as connection:
            await connection.execute("UPDATE journeys SET state = $1", state)
        assert await stage.call() == made
    assert await stage.outcomes() == ["positive"]


async def test_the_id_of_a_call_is_its_visits(stage: Stage) -> None:
    await stage.begin()
    ((run_id,),) = await stage.scene.rows("runs", "id")
    assert await stage.calls("id", "bucket", "contact_id") == [
        (derive_id("webhook", run_id, "call", 1), 7, ANNA)
    ]
