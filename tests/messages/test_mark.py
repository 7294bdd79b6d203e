"""The mark holds the whole gate: what SQL lets pass is what the gate's words let pass, case by case."""

import itertools
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from percorso.consent.records import Channel
from percorso.consent.standing import StandingRequest, read_standings
from percorso.db import Connection
from percorso.kit.ids import bucket_of
from percorso.messages.actions import Marked, cancel_messages, claim_messages, mark_messages
from percorso.messages.hold import decide_hold
from percorso.messages.model import Message
from percorso.messages.store import read_situations
from tests.support.scene import NOW, Scene, add_contact, add_run, plan, set_scene

COURIER = UUID(int=99)
ADDRESS = "maria@example.com"
ADDRESSES = {"email": ADDRESS, "sms": "+393331234567", "push": "token-maria"}


async def claim_all(tx: Connection) -> list[Message]:
    return await claim_messages(tx, courier_id=COURIER, provider="test", now=NOW, real=NOW, size=10_000)


async def mark_all(tx: Connection, messages: list[Message], courier_id: UUID = COURIER) -> set[UUID]:
    marked = [
        Marked(
            message=message,
            address=ADDRESSES[message.channel],
            subject="",
            rendered={},
            template_version=1,
        )
        for message in messages
    ]
    return await mark_messages(tx, marked, courier_id=courier_id, provider="test", now=NOW, real=NOW)


async def explain(tx: Connection, scene: Scene, messages: list[Message]) -> dict[UUID, str | None]:
    """Return why each message may not leave, in the gate's own words; None if it may."""
    situations = await read_situations(tx, messages, provider="test", now=NOW)
    standings = await read_standings(
        tx,
        [
            StandingRequest(m.bucket, m.contact_id, scene.list_id, m.channel, ADDRESSES[m.channel])
            for m in messages
        ],
    )
    holds = {
        message.id: decide_hold(message, standing, situations[message.id], now=NOW)
        for message, standing in zip(messages, standings, strict=True)
    }
    return {id: hold.reason if hold else None for id, hold in holds.items()}


async def set_consent(
    tx: Connection, scene: Scene, contact_id: UUID, leaf: tuple[bool, bool, bool], channel: Channel
) -> None:
    await tx.execute(
        "INSERT INTO consents VALUES ($1, $2, 'marketing.automatic.' || $8, $3, $4, $5, $6, $7)",
        bucket_of(contact_id),
        contact_id,
        scene.workspace_id,
        *leaf,
        NOW,
        channel,
    )


async def suppress(
    tx: Connection,
    scene: Scene,
    contact_id: UUID,
    reason: str,
    *,
    address: str | None = None,
    channel: Channel = "email",
) -> None:
    await tx.execute(
        "INSERT INTO suppressions VALUES ($1, $2, $7, $3, $4, $5, $6)",
        bucket_of(contact_id),
        contact_id,
        address or ADDRESSES[channel],
        scene.workspace_id,
        reason,
        NOW,
        channel,
    )


async def erase(tx: Connection, scene: Scene, contact_id: UUID) -> None:
    await tx.execute(
        "INSERT INTO contact_marks VALUES ($1, $2, $3, 'erased', $4)",
        bucket_of(contact_id),
        contact_id,
        scene.workspace_id,
        NOW,
    )


@pytest.mark.parametrize("channel", ["email", "push"])
async def test_the_mark_lets_pass_what_the_gate_lets_pass_in_every_standing(
    tx: Connection, channel: Channel
) -> None:
    scene = await set_scene(tx)
    cases = list(
        itertools.product(
            (None, "subscribed", "pending", "unsubscribed"),
            (None, (True, False, False), (False, False, False), (True, True, False), (True, False, True)),
            (None, "manual", "complaint", "hard_bounce", "erasure"),
            (False, True),
            ("marketing", "transactional"),
        )
    )
    for status, leaf, suppression, erased, message_class in cases:
        contact_id = await add_contact(tx, scene, email=ADDRESS, device=ADDRESSES["push"], status=status)
        if leaf:
            await set_consent(tx, scene, contact_id, leaf, channel)
        if suppression:
            await suppress(tx, scene, contact_id, suppression, channel=channel)
        if erased:
            await erase(tx, scene, contact_id)
        template_id = scene.push_template if channel == "push" else None
        await plan(
            tx, scene, contact_id, message_class=message_class, channel=channel, template_id=template_id
        )
    messages = await claim_all(tx)
    assert len(messages) == len(cases)
    reasons = await explain(tx, scene, messages)

    passed = await mark_all(tx, messages)

    assert passed == {id for id, reason in reasons.items() if reason is None}
    assert set(reasons.values()) == {None, "erased", "suppressed", "not_subscribed", "no_consent"}


@pytest.mark.parametrize(("seconds", "passes"), [(1, True), (0, False), (-1, False)])
async def test_the_mark_lets_nothing_pass_when_the_hours_of_its_journey_are_over(
    tx: Connection, seconds: int, passes: bool
) -> None:
    scene = await set_scene(tx)
    _, _, message = await make_case(tx, scene)
    ends_at = NOW + timedelta(seconds=seconds)
    asked = Marked(
        message=message, address=ADDRESS, subject="", rendered={}, template_version=1, leaves_before=ends_at
    )
    marked = await mark_messages(tx, [asked], courier_id=COURIER, provider="test", now=NOW, real=NOW)
    assert marked == ({message.id} if passes else set())


async def make_case(tx: Connection, scene: Scene, **more: Any) -> tuple[UUID, UUID, Message]:
    """Claim one marketing message of a waiting run; return contact, run and message."""
    contact_id = await add_contact(tx, scene)
    run_id = await add_run(tx, scene, contact_id)
    await plan(tx, scene, contact_id, run_id=run_id, **more)
    (message,) = await claim_all(tx)
    return contact_id, run_id, message


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE runs SET visit = 2", "removed"),
        ("UPDATE runs SET step = 'altro'", "removed"),
        (
            "UPDATE runs SET state = 'ended', step = NULL, awaits = '{}', ended_at = reached_at,"
            " outcome = 'neutral', reason = 'removed'",
            "removed",
        ),
        ("DELETE FROM runs", "removed"),
        ("UPDATE journeys SET state = 'paused'", "journey_paused"),
        ("UPDATE journeys SET state = 'failed'", "journey_paused"),
        ("UPDATE journeys SET state = 'archived'", "journey_archived"),
        ("UPDATE messages SET expires_at = due_at", "too_late"),
        (
            "INSERT INTO receiving_domains (workspace_id, provider, domain, id, step, since, next_at, reply,"
            " replied_at) SELECT workspace_id, 'test', 'example.com', id, 1, due_at, due_at + interval '1 s', '',"
            " due_at FROM messages",
            "domain_waits",
        ),
    ],
)
async def test_the_mark_sees_what_became_of_run_and_journey(
    tx: Connection, statement: str, reason: str
) -> None:
    scene = await set_scene(tx)
    _, _, message = await make_case(tx, scene, expires_in=timedelta(hours=1))
    await tx.execute(statement)
    await tx.execute("UPDATE messages SET state = 'due', claimed_by = NULL, claimed_until = NULL")
    (again,) = await tx.fetch(
        "UPDATE messages SET state = 'claimed', claimed_by = $1 RETURNING expires_at", COURIER
    )

    message = msgspec.structs.replace(message, expires_at=again["expires_at"])

    assert await mark_all(tx, [message]) == set()
    assert await explain(tx, scene, [message]) == {message.id: reason}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE contacts SET email = 'altra@example.com'",
        "UPDATE contacts SET email = NULL",
        "DELETE FROM contacts",
        "INSERT INTO moved SELECT bucket, id, workspace_id, 0, id, 1, 'moved', now() FROM contacts",
    ],
)
async def test_the_mark_is_refused_where_the_address_is_no_longer_the_contacts(
    tx: Connection, statement: str
) -> None:
    scene = await set_scene(tx)
    _, _, message = await make_case(tx, scene)
    await tx.execute(statement)

    assert await mark_all(tx, [message]) == set()


@pytest.mark.parametrize(
    ("devices", "passes"),
    [
        (["token-maria"], True),
        (["token-old", "token-maria"], True),
        (["token-maria", "token-new"], False),
        (["token-old"], False),
        ([], False),
        (None, False),
    ],
)
async def test_a_push_is_marked_for_the_device_that_came_last(
    tx: Connection, devices: list[str] | None, passes: bool
) -> None:
    scene = await set_scene(tx)
    _, _, message = await make_case(tx, scene, channel="push")
    await tx.execute("UPDATE contacts SET identities = $1", {} if devices is None else {"device": devices})

    assert await mark_all(tx, [message]) == ({message.id} if passes else set())


async def test_a_suppression_of_another_address_stops_nothing(tx: Connection) -> None:
    scene = await set_scene(tx)
    contact_id, _, message = await make_case(tx, scene)
    await suppress(tx, scene, contact_id, "hard_bounce", address="vecchia@example.com")

    assert await mark_all(tx, [message]) == {message.id}


async def test_of_mark_and_cancel_one_wins_and_the_other_sees_it(tx: Connection) -> None:
    scene = await set_scene(tx)
    _, _, first = await make_case(tx, scene)
    await mark_all(tx, [first])
    assert await cancel_messages(tx, [(first.bucket, first.id, "removed")], now=NOW) == set()

    _, _, second = await make_case(tx, scene)
    assert await cancel_messages(tx, [(second.bucket, second.id, "removed")], now=NOW) == {second.id}
    assert await mark_all(tx, [second]) == set()


async def test_only_the_claim_in_force_can_be_marked_and_only_once(tx: Connection) -> None:

    scene = await set_scene(tx)
    _, _, message = await make_case(tx, scene)
    older = msgspec.structs.replace(message, attempt=message.attempt - 1)

    assert await mark_all(tx, [message], courier_id=uuid4()) == set()
    assert await mark_all(tx, [older]) == set()
    assert await mark_all(tx, [message]) == {message.id}
    assert await mark_all(tx, [message]) == set()


async def test_messages_are_claimed_by_priority_and_age_and_not_before_their_moment(tx: Connection) -> None:
    scene = await set_scene(tx)
    ids = []
    for due_in in (timedelta(minutes=-1), timedelta(minutes=-3), timedelta(minutes=-2)):
        contact_id = await add_contact(tx, scene)
        ids.append(await plan(tx, scene, contact_id, due_in=due_in))
    later = await plan(tx, scene, await add_contact(tx, scene), due_in=timedelta(seconds=1))
    urgent = await plan(tx, scene, await add_contact(tx, scene))
    await tx.execute("UPDATE messages SET priority = 1 WHERE id = $1", urgent)

    taken = []
    for _ in range(5):
        claimed = await claim_messages(tx, courier_id=COURIER, provider="test", now=NOW, real=NOW, size=1)
        taken += [message.id for message in claimed]

    assert taken == [urgent, ids[1], ids[2], ids[0]]
    assert await tx.fetchval("SELECT state FROM messages WHERE id = $1", later) == "planned"
