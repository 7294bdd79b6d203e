"""Messages that a status owes: the confirmation of who asked, and the first notification of who is on a list.

A row is written with the status; the worker plans the message once the contact stands as it was then. Here is when
that is right: pure; and the rows.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

import msgspec

from percorso.consent.records import Status, StatusChange
from percorso.db import Connection, load_queries
from percorso.kit.ids import bucket_of

_queries: Final = load_queries("percorso.consent")

NoticeKind = Literal["confirmation", "welcome"]
"""confirmation: asks who is pending to confirm. welcome: the first notification to who is subscribed."""

NOTICE: Final = "notice"
"""Where a message's values say of which kind it is; a message of a journey says nothing."""

ASKED_AGAIN: Final = timedelta(hours=1)
"""Who asks twice within this time gets one confirmation."""
MOST_CONFIRMATIONS: Final = 3
"""In `COUNTED` days: anyone can write somebody else's address into a form."""
COUNTED: Final = timedelta(days=30)


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is owed, how the contact stands now, and what the list has for it."""

    bucket: int
    contact_id: UUID
    list_id: UUID
    channel: Literal["email", "sms"]
    kind: NoticeKind
    workspace_id: UUID
    offset: int
    planned_at: datetime | None
    """None: none was ever planned."""
    planned: int
    status: Status | None
    language: Literal["it", "en"]
    confirmation_template_id: UUID | None
    welcome_template_id: UUID | None
    has_welcome: bool
    sends_sms: bool


def is_due(notice: Notice, *, now: datetime) -> bool:
    """Whether the message is to be planned; `now` is product time. If not, nothing is owed any more."""
    if notice.kind == "welcome":
        return notice.has_welcome and notice.status == "subscribed" and notice.planned == 0
    if notice.status != "pending" or (notice.channel == "sms" and not notice.sends_sms):
        return False
    if notice.planned_at is None or now - notice.planned_at >= COUNTED:
        return True
    return now - notice.planned_at >= ASKED_AGAIN and notice.planned < MOST_CONFIRMATIONS


def count_planned(notice: Notice, *, now: datetime) -> int:
    """Return how many were planned once this one is: the count begins anew after `COUNTED`."""
    if notice.kind == "confirmation" and notice.planned_at is not None and now - notice.planned_at >= COUNTED:
        return 1
    return notice.planned + 1


async def owe_notices(connection: Connection, changes: Sequence[StatusChange]) -> None:
    """Owe what these statuses call for, under the heads' locks; a list without a welcome owes none."""
    owed: dict[tuple[UUID, UUID, str, NoticeKind], StatusChange] = {}
    for change in changes:
        if change.status == "pending" and change.channel != "push":
            owed[change.contact_id, change.list_id, change.channel, "confirmation"] = change
        elif change.status == "subscribed" and change.channel == "email":
            owed[change.contact_id, change.list_id, change.channel, "welcome"] = change
    if not owed:
        return
    await _queries.execute(
        connection,
        "owe_notices",
        buckets=[bucket_of(contact_id) for contact_id, _, _, _ in owed],
        contact_ids=[contact_id for contact_id, _, _, _ in owed],
        list_ids=[list_id for _, list_id, _, _ in owed],
        channels=[channel for _, _, channel, _ in owed],
        kinds=[kind for _, _, _, kind in owed],
        workspace_ids=[change.workspace_id for change in owed.values()],
    )


async def list_owed(connection: Connection, *, maximum: int) -> list[Notice]:
    """Return messages that are owed and may be planned: the contact is applied, and not on its way into another."""
    rows = await _queries.fetch(connection, "list_owed", maximum=maximum)
    return [Notice(**dict(row)) for row in rows]


async def settle_notices(
    connection: Connection, settled: Sequence[Notice], *, planned: Sequence[int], now: datetime
) -> bool:
    """Owe these no more, `planned` times planned by now; False where somebody was faster with one of them.

    The caller then rolls back: what it planned is planned already.
    """
    changed = await _queries.execute(
        connection,
        "settle_notices",
        buckets=[notice.bucket for notice in settled],
        contact_ids=[notice.contact_id for notice in settled],
        list_ids=[notice.list_id for notice in settled],
        channels=[notice.channel for notice in settled],
        kinds=[notice.kind for notice in settled],
        offsets=[notice.offset for notice in settled],
        before=[notice.planned for notice in settled],
        planned=list(planned),
        now=now,
    )
    return changed == len(settled)
