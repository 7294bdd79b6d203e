"""Planning what statuses owe: confirmations and first notifications (`consent.notices`).

One transaction for as many as are owed: the facts first, whose heads keep every status as it was read, then the
messages, then that nothing is owed any more. Whoever was faster makes the whole be rolled back.
"""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from percorso.consent.notices import NOTICE, Notice, count_planned, is_due, list_owed, settle_notices
from percorso.content.confirmation import ensure_confirmation
from percorso.content.store import read_classes
from percorso.db import Connection, Database
from percorso.db.clock import read_product_time
from percorso.kit.ids import Bucket, WorkspaceId, derive_id
from percorso.log.actions import append_facts
from percorso.log.model import FactDraft
from percorso.messages.actions import plan_messages
from percorso.messages.model import NewMessage, message_properties

_AT_ONCE: Final = 500


class _FasterError(Exception):
    """Somebody else planned one of them meanwhile."""


async def plan_all(database: Database) -> int:
    """Plan every message that is owed and may be planned; return how many rows were settled."""
    settled = 0
    while True:
        async with database.connection() as connection:
            # An idle installation asks one question, and commits nothing.
            if not await list_owed(connection, maximum=1):
                return settled
        try:
            async with database.transaction("worker.notices") as connection:
                done = await _plan(connection)
        except _FasterError:
            # What the other planned is not owed any more; the rest is found by the next round.
            return settled
        settled += done


async def _plan(connection: Connection) -> int:
    owed = await list_owed(connection, maximum=_AT_ONCE)
    if not owed:
        return 0
    now = await read_product_time(connection)
    due = [notice for notice in owed if is_due(notice, now=now)]
    messages = await _make_messages(connection, due, now)
    if messages:
        appended = await append_facts(connection, [_planned(one, now) for one in messages], received_at=now)
        # Who was erased a moment ago is sent nothing.
        await plan_messages(connection, [one for one, is_in in zip(messages, appended, strict=True) if is_in])
    dues = {id(notice) for notice in due}
    planned = [count_planned(notice, now=now) if id(notice) in dues else notice.planned for notice in owed]
    if not await settle_notices(connection, owed, planned=planned, now=now):
        raise _FasterError
    return len(owed)


async def _make_messages(connection: Connection, due: list[Notice], now: datetime) -> list[NewMessage]:
    templates = [await _find_template(connection, notice, now) for notice in due]
    classes = await read_classes(connection, templates)
    return [
        _make(notice, template_id, classes[template_id], now)
        for notice, template_id in zip(due, templates, strict=True)
    ]


async def _find_template(connection: Connection, notice: Notice, now: datetime) -> UUID:
    if notice.kind == "welcome":
        assert notice.welcome_template_id is not None
        return notice.welcome_template_id
    if notice.channel == "email" and notice.confirmation_template_id is not None:
        return notice.confirmation_template_id
    return await ensure_confirmation(
        connection,
        workspace_id=notice.workspace_id,
        list_id=notice.list_id,
        channel=notice.channel,
        language=notice.language,
        now=now,
    )


def _make(
    notice: Notice, template_id: UUID, message_class: Literal["marketing", "transactional"], now: datetime
) -> NewMessage:
    made = derive_id(NOTICE, notice.contact_id, notice.list_id, notice.channel, notice.kind, now.isoformat())
    return NewMessage(
        bucket=notice.bucket,
        id=made,
        workspace_id=notice.workspace_id,
        contact_id=notice.contact_id,
        list_id=notice.list_id,
        journey_id=None,
        version=None,
        run_id=None,
        step=None,
        visit=None,
        channel=notice.channel,
        template_id=template_id,
        message_class=message_class,
        values={NOTICE: notice.kind, "captured": {}, "event": None},
        planned_at=now,
        due_at=now,
    )


def _planned(message: NewMessage, now: datetime) -> FactDraft:
    return FactDraft(
        bucket=Bucket(message.bucket),
        workspace_id=WorkspaceId(message.workspace_id),
        contact_id=message.contact_id,
        kind="message",
        name="messagePlanned",
        message_id=str(derive_id("messagePlanned", message.id)),
        occurred_at=now,
        properties=msgspec.json.encode(message_properties(message)),
        origin="job",
    )
