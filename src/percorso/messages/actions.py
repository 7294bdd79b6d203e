"""What can be done with messages: each is part of one transaction of its caller.

Locks: accounts of caps in ascending order of their key, then ceilings in that of theirs, then rows of `messages` in ascending (bucket, id), then receiving domains in order of their key, then, for what
tells a fact, the heads of the log, last.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from percorso.consent.notices import NOTICE
from percorso.db import Connection, as_json
from percorso.deliverability.model import Destination
from percorso.deliverability.retries import LOOK_AGAIN
from percorso.deliverability.store import delete_waits, write_waits
from percorso.kit.ids import Bucket, WorkspaceId, derive_id
from percorso.log.actions import append_facts
from percorso.log.model import FactDraft
from percorso.messages.caps.actions import give_back, take_places
from percorso.messages.caps.store import give_back_caps, lock_caps
from percorso.messages.ceilings.actions import ask_ceilings, settle_ceilings
from percorso.messages.ceilings.store import give_back_marks, lock_ceilings
from percorso.messages.model import Message, NewMessage, message_properties
from percorso.messages.result import CEILING, LIFETIME, POSTPONED, Change, Tries, give_up_at
from percorso.messages.store import Placed, queries, to_message

FIRST_SENT: Final = "firstNotificationSent"
"""The fact of a list's first notification."""

_WAITS: Final = frozenset({"refused_for_now", "domain_waits"})

LEASE: Final = timedelta(seconds=12)
"""How long a claim holds without being renewed (trust §1)."""


class Marked(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be marked: a claimed message with what would leave. `rendered` is {subject, html, text}.

    `leaves_before`: from then on its journey's hours must be asked again; None: they let it leave at any time.
    """

    message: Message
    address: str
    subject: str
    rendered: dict[str, str]
    template_version: int
    leaves_before: datetime | None = None


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a message, and who held it. `destination` is where it was to go, None where nothing was said there."""

    message: Message
    change: Change
    courier_id: UUID
    provider: str
    destination: Destination | None = None


async def plan_messages(connection: Connection, planned: Sequence[NewMessage]) -> None:
    """Make these messages planned, due or skipped; those that exist stay as they are."""
    await queries.execute(
        connection,
        "insert_messages",
        buckets=[message.bucket for message in planned],
        ids=[message.id for message in planned],
        workspace_ids=[message.workspace_id for message in planned],
        contact_ids=[message.contact_id for message in planned],
        list_ids=[message.list_id for message in planned],
        journey_ids=[message.journey_id for message in planned],
        versions=[message.version for message in planned],
        run_ids=[message.run_id for message in planned],
        steps=[message.step for message in planned],
        visits=[message.visit for message in planned],
        channels=[message.channel for message in planned],
        template_ids=[message.template_id for message in planned],
        classes=[message.message_class for message in planned],
        values=[as_json(message.values) for message in planned],
        planned_ats=[message.planned_at for message in planned],
        due_ats=[message.due_at for message in planned],
        expires_ats=[message.expires_at for message in planned],
        priorities=[message.priority for message in planned],
        reasons=[message.reason for message in planned],
        when_cappeds=[message.when_capped for message in planned],
    )


async def cancel_messages(
    connection: Connection, cancelled: Sequence[tuple[int, UUID, str]], *, now: datetime
) -> set[UUID]:
    """Skip those of (bucket, id, reason) that are not marked yet, and return their ids.

    The caller tells it by `messageSkipped`: who cancels knows the run. `now` is product time.
    """
    rows = await queries.fetch(
        connection,
        "cancel_messages",
        buckets=[bucket for bucket, _, _ in cancelled],
        ids=[id for _, id, _ in cancelled],
        reasons=[reason for _, _, reason in cancelled],
        now=now,
    )
    return {row["id"] for row in rows}


async def promote_messages(connection: Connection, *, now: datetime, size: int) -> int:
    """Make planned messages due whose moment has come, at most `size` per bucket; return how many."""
    return await queries.execute(connection, "promote_messages", now=now, size=size)


async def claim_messages(
    connection: Connection, *, courier_id: UUID, provider: str, now: datetime, real: datetime, size: int
) -> list[Message]:
    """Take up to `size` due messages for a lease and return them; skips what others hold.

    Messages to a receiving domain that waits are left, but for those whose own time is over.
    """
    rows = await queries.fetch(
        connection,
        "claim_messages",
        courier_id=courier_id,
        provider=provider,
        now=now,
        real=real,
        lease=LEASE,
        size=size,
    )
    return [to_message(row) for row in rows]


async def put_off_messages(connection: Connection, *, provider: str, now: datetime, size: int) -> int:
    """Put off due messages whose receiving domains wait, at most `size` per bucket; return how many.

    So that a heap for one domain is looked at every 5 minutes, and not with every claim.
    """
    return await queries.execute(
        connection,
        "put_off_messages",
        provider=provider,
        now=now,
        size=size,
        look_again=LOOK_AGAIN,
        marketing=LIFETIME["marketing"],
        transactional=LIFETIME["transactional"],
    )


async def renew_claims(
    connection: Connection, messages: Sequence[Message], *, courier_id: UUID, real: datetime
) -> None:
    """Hold on to those of the messages that the courier still holds."""
    await queries.execute(
        connection,
        "renew_claims",
        buckets=[message.bucket for message in messages],
        ids=[message.id for message in messages],
        attempts=[message.attempt for message in messages],
        courier_id=courier_id,
        real=real,
        lease=LEASE,
    )


async def lapse_claims(connection: Connection, *, real: datetime) -> int:
    """Make claims due again whose holder was not heard of for a lease; return how many."""
    return await queries.execute(connection, "lapse_claims", real=real)


async def mark_messages(
    connection: Connection,
    marked: Sequence[Marked],
    *,
    courier_id: UUID,
    provider: str,
    now: datetime,
    real: datetime,
) -> set[UUID]:
    """Mark those that the whole gate lets pass and open their journal's lines; return their ids.

    From this commit on they may have left. What is not returned must not leave.
    """
    asking = [asked.message for asked in marked]
    allowed = await take_places(connection, asking, now=now)
    uncapped = [message for message in asking if message.id in allowed]
    allowed, ceilings = await ask_ceilings(connection, uncapped, now=now)
    marked = [asked for asked in marked if asked.message.id in allowed]
    places = [asked.message for asked in marked]
    await queries.fetch(connection, "lock_for_mark", **_places(places))
    rows = await queries.fetch(
        connection,
        "mark_messages",
        **_places(places),
        attempts=[asked.message.attempt for asked in marked],
        addresses=[asked.address for asked in marked],
        subjects=[asked.subject for asked in marked],
        rendered=[as_json(asked.rendered) for asked in marked],
        template_versions=[asked.template_version for asked in marked],
        leave_befores=[asked.leaves_before for asked in marked],
        courier_id=courier_id,
        provider=provider,
        now=now,
        real=real,
    )
    passed = {row["id"] for row in rows}
    await give_back(connection, asking, marked=passed, now=now)
    await settle_ceilings(connection, ceilings, places, marked=passed, now=now)
    opened = [message for message in places if message.id in passed]
    if opened:
        said = {"provider": provider, "courier_id": courier_id, "now": now, "real": real}
        await queries.execute(
            connection,
            "insert_attempts",
            **_places(opened),
            attempts=[message.attempt for message in opened],
            workspace_ids=[message.workspace_id for message in opened],
            **said,
        )
    return passed


async def record_results(
    connection: Connection, told: Sequence[Told], *, now: datetime, real: datetime
) -> set[UUID]:
    """Write what came of these messages, close the journal's lines and tell the runs; return what changed.

    Repeating after an unknown commit changes nothing and tells nothing twice.
    """
    losing = [result.message for result in told if _may_lose_mark(result)]
    capped = [message for message in losing if message.message_class == "marketing"]
    if capped:
        await lock_caps(connection, capped)
    await lock_ceilings(connection, (one.journey_id for one in losing if one.journey_id is not None), now=now)
    rows = await queries.fetch(
        connection,
        "finish_messages",
        **_places([result.message for result in told]),
        attempts=[result.message.attempt for result in told],
        courier_ids=[result.courier_id for result in told],
        from_claimed=["claimed" in result.change.sources for result in told],
        from_marked=["marked" in result.change.sources for result in told],
        states=[result.change.state for result in told],
        reasons=[result.change.reason for result in told],
        due_ats=[result.change.due_at for result in told],
        ended_ats=[now if result.change.is_end else None for result in told],
        keeps_marks=[result.change.keeps_mark for result in told],
        retried_untils=[
            give_up_at(result.message.message_class, Tries(), now) if result.change.reason in _WAITS else None
            for result in told
        ],
    )
    changed = {row["id"]: row for row in rows}
    written = [result for result in told if result.message.id in changed]
    await _give_back(connection, losing, {id: row["marked_before"] for id, row in changed.items()})
    await _close_attempts(connection, written, now=now, real=real)
    await _note_domains(connection, written)
    drafts = [
        _draft_fact(result, subject=row["subject"], marked_at=row["marked_at"], now=now)
        for result in written
        for row in (changed[result.message.id],)
        if result.change.fact is not None
    ]
    drafts += _draft_welcomes(written, drafts)
    if drafts:
        await append_facts(connection, drafts, received_at=now)
    return set(changed)


def _may_lose_mark(told: Told) -> bool:
    """Whether a message loses its mark by this, if it had one: then it is counted no more."""
    return "marked" in told.change.sources and not told.change.keeps_mark


async def _give_back(
    connection: Connection, losing: Sequence[Message], marked: Mapping[UUID, datetime | None]
) -> None:
    """Take the marks that were lost off what caps and ceilings count; `marked`: when each had been marked."""
    lost = [(message, moment) for message in losing if (moment := marked.get(message.id)) is not None]
    if capped := [(message, moment) for message, moment in lost if message.message_class == "marketing"]:
        await give_back_caps(connection, capped)
    of_journeys = [(message.journey_id, at) for message, at in lost if message.journey_id is not None]
    if of_journeys:
        await give_back_marks(connection, of_journeys)


async def _note_domains(connection: Connection, told: Sequence[Told]) -> None:
    """Note how receiving domains answered: one success makes a domain free again."""
    taken = [
        result.destination
        for result in told
        if result.change.state == "accepted" and result.destination is not None
    ]
    if taken:
        await delete_waits(connection, taken)
    waits = [result.change.wait for result in told if result.change.wait is not None]
    if waits:
        await write_waits(connection, waits)


async def _close_attempts(
    connection: Connection, told: Sequence[Told], *, now: datetime, real: datetime
) -> None:
    closed = [result for result in told if result.change.attempt is not None]
    if not closed:
        return
    await queries.execute(
        connection,
        "finish_attempts",
        **_places([result.message for result in closed]),
        attempts=[result.message.attempt for result in closed],
        results=[result.change.attempt for result in closed],
        replies=[result.change.reply for result in closed],
        real=real,
    )
    unmarked = [result for result in closed if result.change.attempt in ("temporary", "refused")]
    if not unmarked:
        return
    await queries.execute(
        connection,
        "insert_unmarked_attempts",
        **_places([result.message for result in unmarked]),
        attempts=[result.message.attempt for result in unmarked],
        workspace_ids=[result.message.workspace_id for result in unmarked],
        providers=[result.provider for result in unmarked],
        courier_ids=[result.courier_id for result in unmarked],
        results=[result.change.attempt for result in unmarked],
        replies=[result.change.reply for result in unmarked],
        now=now,
        real=real,
    )


def _places(messages: Sequence[Placed]) -> dict[str, Any]:
    return {"buckets": [message.bucket for message in messages], "ids": [message.id for message in messages]}


def _draft_fact(told: Told, *, subject: str | None, marked_at: datetime | None, now: datetime) -> FactDraft:
    """Return the fact that tells a message's end; what was sent was sent at its mark (spec 3.5)."""
    change, message = told.change, told.message
    properties = message_properties(message, subject=subject)
    if change.reason is not None:
        properties["reason"] = change.reason
    if change.fact == "messageFailed":
        # One that expired while its domain waited was refused no less for now, by nobody in particular.
        properties["class"] = "temporary" if change.reason == "expired" else change.attempt
        properties["reply"] = change.reply
    mark: tuple[object, ...] = ()
    if change.fact == POSTPONED and change.due_at is not None:
        # It may be told more than once: of each moment until which it waits.
        mark = (change.due_at.isoformat(),)
        if change.reason != CEILING:
            properties["until"] = change.due_at.isoformat()
    sent = change.fact == "campaignSent" and marked_at is not None
    return FactDraft(
        bucket=Bucket(message.bucket),
        workspace_id=WorkspaceId(message.workspace_id),
        contact_id=message.contact_id,
        kind="message",
        name=change.fact or "",
        message_id=str(derive_id(change.fact or "", message.id, *mark)),
        occurred_at=marked_at if sent and marked_at is not None else now,
        properties=msgspec.json.encode(properties),
        origin="courier",
    )


def _draft_welcomes(told: Sequence[Told], drafts: Sequence[FactDraft]) -> list[FactDraft]:
    """Return `firstNotificationSent` beside each `campaignSent` of a first notification (spec 2.1)."""
    welcomes = {
        str(derive_id("campaignSent", one.message.id)): one.message.id
        for one in told
        if one.message.values.get(NOTICE) == "welcome"
    }
    return [
        msgspec.structs.replace(
            draft, name=FIRST_SENT, message_id=str(derive_id(FIRST_SENT, welcomes[draft.message_id]))
        )
        for draft in drafts
        if draft.message_id in welcomes
    ]
