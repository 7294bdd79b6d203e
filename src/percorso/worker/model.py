"""What a walk reads and what it leaves to be written: values without behaviour."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from percorso.conditions.past import Past
from percorso.consent.gate import Standing
from percorso.consent.records import Channel
from percorso.contacts.model import ChangesMade, Contact
from percorso.content.coupons.model import CouponRequest
from percorso.journeys.calls.model import NewCall
from percorso.journeys.lookout import MomentKey, StartMoment
from percorso.journeys.model import Run, TraceEntry
from percorso.journeys.places.model import PlaceRequest
from percorso.log.model import Fact, FactDraft
from percorso.messages.model import MessageClass, NewMessage
from percorso.segments.groups.model import Joined
from percorso.segments.model import Membership

EntryKey = tuple[UUID, str]
"""A journey and the key of a run: what the memory of entries is kept by."""

CountKey = tuple[UUID, UUID, int, str, str, str, date]
"""What is counted: workspace, journey, version, step, path, name, day."""


class Template(msgspec.Struct, frozen=True):
    """What planning needs of a template."""

    id: UUID
    list_id: UUID
    message_class: MessageClass


StandingKey = tuple[UUID, Channel, str | None]
"""What the gate is asked about a contact: list, channel, address."""


class Background(msgspec.Struct, frozen=True):
    """What is read only for contacts that may enter a journey or get a message.

    `entries` is when the contact last entered, by journey and key, None if that was not asked for yet; `standings` how it stands with a list and
    channel, as the newest rows say; one that is missing was not asked for yet.
    """

    entries: Mapping[EntryKey, datetime] | None
    standings: Mapping[StandingKey, Standing]


class Stands(msgspec.Struct, frozen=True):
    """What is read of a contact beside its row: memberships by segment, pasts by the key of their need, its groups.

    `lookback`: what journeys look back on besides, folded from the log as applied up to the cursor. `whole`: pasts with
    all their facts, likewise, where what is kept has lost some that matter.
    """

    memberships: Mapping[UUID, Membership] = {}
    pasts: Mapping[str, Past] = {}
    groups: frozenset[UUID] = frozenset()
    lookback: Mapping[str, Past] = {}
    whole: Mapping[str, Past] = {}


NOWHERE: Final = Stands()
"""How a contact stands of whom nothing was read: in no segment, without a past."""


class Fill(msgspec.Struct, frozen=True):
    """A contact of whom the control fact about a segment makes something: member, no member, or to be judged.

    `pasts` are what was read for needs that the bucket did not keep before.
    """

    contact_id: UUID
    segment_id: UUID
    control: Fact
    pasts: Mapping[str, Past]


class Cancellation(msgspec.Struct, frozen=True):
    """A message planned in an earlier batch that shall not leave: skipped if it is not marked yet."""

    id: UUID
    reason: str
    at: datetime
    workspace_id: UUID
    contact_id: UUID
    run_id: UUID
    journey_id: UUID
    version: int
    step: str
    visit: int
    channel: Channel
    template_id: UUID | None
    depth: int


class TraceRow(msgspec.Struct, frozen=True):
    """One entry of a run's trace; `number` counts from 1 within the run."""

    contact_id: UUID
    run_id: UUID
    number: int
    workspace_id: UUID
    entry: TraceEntry


class Failure(msgspec.Struct, frozen=True):
    """A run that failed in the engine and was ended for it."""

    run_id: UUID
    contact_id: UUID
    workspace_id: UUID
    error: str
    at: datetime


class WalkResult(msgspec.Struct, kw_only=True):
    """What became of one contact in one batch. Nothing in it depends on other contacts."""

    before: Contact | None
    contact: Contact | None = None
    changes: ChangesMade = {}
    new_runs: dict[UUID, Run] = {}
    changed_runs: dict[UUID, Run] = {}
    entries: dict[EntryKey, datetime] = {}
    traces: list[TraceRow] = []
    counts: dict[CountKey, int] = {}
    messages: dict[UUID, NewMessage] = {}
    cancellations: list[Cancellation] = []
    coupon_requests: list[CouponRequest] = []
    place_requests: list[PlaceRequest] = []
    webhook_calls: list[NewCall] = []
    drafts: list[FactDraft] = []
    failures: list[Failure] = []
    memberships: dict[UUID, Membership | None] = {}
    groups: dict[UUID, Joined | None] = {}
    members: dict[UUID, int] = {}
    pasts: dict[str, Past] = {}
    ungiven: set[str] = set()
    """Keys of pasts that may keep drafts of this result: they are written when those have their offsets."""
    segment_errors: dict[UUID, str] = {}
    moments: dict[MomentKey, StartMoment | None] = {}
