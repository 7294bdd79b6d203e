"""What the worker keeps between batches: compiled versions and revisions, and what each bucket knows of them.

All of it can be lost: versions and revisions never change, and a bucket's state is kept under the offset of its last
control fact, so that another worker's control facts are noticed.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from percorso.conditions.scalars import Lower
from percorso.conditions.store import read_lowering
from percorso.contacts.shop.model import ShopRules
from percorso.contacts.store import list_shop_rules
from percorso.db import Connection
from percorso.journeys.compile import compile_version
from percorso.journeys.faults import GraphError
from percorso.journeys.upgrade import read_graph
from percorso.journeys.version import Version
from percorso.log.store import Cursor
from percorso.segments import membership_store as memberships
from percorso.segments.compile import compile_segment
from percorso.segments.errors import SegmentError
from percorso.segments.membership import CompiledSegment
from percorso.segments.store import load_revisions
from percorso.telemetry import get_log
from percorso.worker import store
from percorso.worker.interest import (
    BucketState,
    Interest,
    RevisionKey,
    VersionKey,
    Won,
    build_interest,
    list_revisions,
    list_versions,
)
from percorso.worker.model import Template
from percorso.worker.store import StoredVersion
from percorso.workspaces.holidays import NO_DAYS, list_calendars

_log = get_log(__name__)

_StateKey = tuple[
    tuple[tuple[UUID, int, tuple[int, ...], str, tuple[Won, ...]], ...], tuple[RevisionKey, ...]
]


class Catalog:
    """One worker's memory of definitions."""

    def __init__(self) -> None:
        self._versions: dict[VersionKey, Version] = {}
        self._useless: set[VersionKey] = set()
        """Versions that are gone or cannot be compiled: asked for once."""
        self._revisions: dict[RevisionKey, CompiledSegment] = {}
        self._useless_revisions: set[RevisionKey] = set()
        self._lower: Lower | None = None
        self._states: dict[int, tuple[int, BucketState]] = {}
        self._interests: dict[_StateKey, Interest] = {}
        self.templates: dict[UUID, Template] = {}
        self.deleted_groups: frozenset[UUID] = frozenset()
        self.node_ids: dict[UUID, UUID] = {}
        self.rules: dict[UUID, ShopRules] = {}
        self._days: Mapping[UUID, frozenset[date]] = {}

    async def refresh(self, connection: Connection) -> None:
        """Read templates, groups, nodes and workspaces anew: few, and what is decided by them must not be stale."""
        self.templates = await store.list_templates(connection)
        self.deleted_groups = await store.list_deleted_groups(connection)
        self.node_ids = await store.list_entry_nodes(connection)
        self.rules = await list_shop_rules(connection)

    async def get_states(self, connection: Connection, cursors: Sequence[Cursor]) -> dict[int, BucketState]:
        """Return what each of these buckets knows of journeys and segments at its cursor."""
        stale = [
            cursor.bucket
            for cursor in cursors
            if self._states.get(cursor.bucket, (-1, None))[0] != cursor.control_offset
        ]
        loaded: dict[int, BucketState] = {}
        if stale:
            journeys = await store.load_states(connection, stale)
            segments = await memberships.load_states(connection, stale)
            loaded = {bucket: BucketState(journeys[bucket], segments[bucket]) for bucket in stale}
        known: dict[int, BucketState] = {}
        for cursor in cursors:
            if cursor.bucket in loaded:
                self._states[cursor.bucket] = (cursor.control_offset, loaded[cursor.bucket])
            known[cursor.bucket] = self._states[cursor.bucket][1]
        return known

    async def get_interests(
        self, connection: Connection, states: dict[int, BucketState]
    ) -> dict[int, Interest]:
        """Return what concerns each of these buckets; buckets that know the same share one."""
        if self._lower is None:
            self._lower = await read_lowering(connection)
        days = await list_calendars(connection)
        if days != self._days:
            # What follows a calendar is compiled anew. A batch that is under way goes on with what it has.
            self._days, self._versions, self._interests = days, {}, {}
        known, kept = self._versions, self._interests
        await self._load_versions(connection, list_versions(states.values()), self._lower)
        await self._load_revisions(connection, list_revisions(states.values()))
        interests: dict[int, Interest] = {}
        for bucket, state in states.items():
            key = _key_of(state)
            interest = kept.get(key)
            if interest is None:
                interest = build_interest(state, known, self._lower, self._revisions)
                kept[key] = interest
            interests[bucket] = interest
        return interests

    async def get_versions(
        self, connection: Connection, keys: Collection[VersionKey]
    ) -> dict[VersionKey, Version]:
        """Return those of these versions that there are and that can be compiled."""
        if self._lower is None:
            self._lower = await read_lowering(connection)
        known = self._versions
        await self._load_versions(connection, set(keys), self._lower)
        return {key: known[key] for key in keys if key in known}

    async def _load_versions(self, connection: Connection, wanted: set[VersionKey], lower: Lower) -> None:
        known, days = self._versions, self._days
        missing = [key for key in wanted - self._useless if key not in known]
        if missing:
            for stored in await store.load_versions(connection, missing):
                version = _compile(stored, lower, days.get(stored.workspace_id, NO_DAYS))
                if version is not None:
                    known[stored.journey_id, stored.number] = version
            self._useless.update(key for key in missing if key not in known)

    async def _load_revisions(self, connection: Connection, wanted: set[RevisionKey]) -> None:
        assert self._lower is not None
        missing = [key for key in wanted if key not in self._revisions and key not in self._useless_revisions]
        if not missing:
            return
        for stored in await load_revisions(connection, missing):
            try:
                compiled = compile_segment(stored, self._lower)
            except SegmentError as error:
                _log.error(
                    "segment cannot be compiled; nobody enters it",
                    segment_id=str(stored.segment_id),
                    revision=stored.number,
                    error=str(error),
                )
                continue
            self._revisions[stored.segment_id, stored.number] = compiled
        self._useless_revisions.update(key for key in missing if key not in self._revisions)


def _compile(stored: StoredVersion, lower: Lower, own_days: frozenset[date]) -> Version | None:
    try:
        return compile_version(
            stored.journey_id,
            stored.number,
            read_graph(stored.graph),
            stored.time_zone,
            stored.list_id,
            lower,
            own_days=own_days,
        )
    except (GraphError, msgspec.MsgspecError) as error:
        _log.error(
            "version cannot be compiled; nobody enters it",
            journey_id=str(stored.journey_id),
            version=stored.number,
            error=str(error),
        )
        return None


def _key_of(state: BucketState) -> _StateKey:
    journeys = tuple(
        (journey.journey_id, journey.version, journey.versions, journey.state, journey.winners)
        for _, journey in sorted(state.journeys.items())
    )
    return journeys, tuple((id, segment.revision) for id, segment in sorted(state.segments.items()))
