"""Which journeys and segments a bucket knows, as its control facts say, and what events concern them. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal
from uuid import UUID

import msgspec

from percorso.conditions.lowering import lower_simple
from percorso.conditions.scalars import Lower
from percorso.contacts.shop.fold import is_of_shop
from percorso.contacts.shop.model import SHOP_NAMES, VISIT_NAME, ShopRules
from percorso.journeys.entry import context_name
from percorso.journeys.experiments.model import DECIDED
from percorso.journeys.lookout import Lookout, build_lookout
from percorso.journeys.people.inside import ASKING
from percorso.journeys.version import Version
from percorso.log.model import Fact
from percorso.segments.compile import compile_need
from percorso.segments.membership import CompiledNeed, CompiledSegment
from percorso.segments.model import SEGMENT_CONTROLS, SEGMENT_PUBLISHED, SegmentState
from percorso.segments.standings import list_standing_needs
from percorso.segments.watch import NO_SEGMENTS, Lookback, Watch, build_lookback, build_watch
from percorso.worker.starts import Starts, compile_starts

State = Literal["published", "active", "paused", "archived"]
"""A journey as it stands in one bucket; contacts enter an active one only."""

VersionKey = tuple[UUID, int]
"""A journey and the number of one of its versions."""

RevisionKey = tuple[UUID, int]
"""A segment and the number of one of its revisions."""

_OTHERS: Final = frozenset({"journeyPublished", DECIDED})
_STATES: Final[Mapping[str, State]] = {
    "journeyActivated": "active",
    "journeyResumed": "active",
    "journeyPaused": "paused",
    "journeyArchived": "archived",
}


Won = tuple[int, str, str]
"""A version, an Experiment of it, and the path that has won."""


class JourneyState(msgspec.Struct, frozen=True):
    """A journey in one bucket. Entries get `version`; runs may still be inside any of `versions`."""

    journey_id: UUID
    workspace_id: UUID
    version: int
    versions: tuple[int, ...]
    state: State
    offset: int
    winners: tuple[Won, ...] = ()


class BucketState(msgspec.Struct, frozen=True):
    """All journeys that a bucket has heard of and all segments that it keeps, by id."""

    journeys: Mapping[UUID, JourneyState] = {}
    segments: Mapping[UUID, SegmentState] = {}


def apply_control(state: BucketState, fact: Fact) -> JourneyState | None:
    """Return what the control fact makes of its journey in this bucket, None if it is about no journey."""
    said = fact.properties.get("journeyId")
    if not isinstance(said, str) or not (fact.name in _OTHERS or fact.name in _STATES):
        return None
    journey_id = UUID(said)
    before = state.journeys.get(journey_id)
    number = fact.properties.get("version")
    version = number if isinstance(number, int) else before.version if before else None
    if version is None:
        return None
    versions = before.versions if before else ()
    return JourneyState(
        journey_id=journey_id,
        workspace_id=fact.workspace_id,
        version=version,
        versions=versions if version in versions else (*versions, version),
        state=_STATES.get(fact.name) or (before.state if before else "published"),
        offset=fact.offset,
        winners=_list_winners(before, fact, version),
    )


def _list_winners(before: JourneyState | None, fact: Fact, version: int) -> tuple[Won, ...]:
    """Return who has won after the control fact; a version that goes on with an experiment goes on with its winner."""
    known = before.winners if before else ()
    said = fact.properties
    if fact.name == DECIDED and before is not None:
        return (
            *known,
            *((each, said["step"], said["path"]) for each in before.versions if each >= said["since"]),
        )
    if fact.name == "journeyPublished":
        return (*known, *((version, step, path) for step, path in said.get("winners", {}).items()))
    return known


def apply_segment_control(state: BucketState, fact: Fact) -> BucketState | None:
    """Return the bucket's state after a control fact about a segment, None if it is about none or an old revision."""
    said, revision = fact.properties.get("segmentId"), fact.properties.get("revision")
    if fact.name not in SEGMENT_CONTROLS or not isinstance(said, str) or not isinstance(revision, int):
        return None
    segment_id = UUID(said)
    before = state.segments.get(segment_id)
    if before is not None and before.revision >= revision:
        return None
    segments = {id: segment for id, segment in state.segments.items() if id != segment_id}
    if fact.name == SEGMENT_PUBLISHED:
        segments[segment_id] = SegmentState(segment_id, fact.workspace_id, revision, fact.offset)
    return BucketState(state.journeys, segments)


class Interest(msgspec.Struct, frozen=True):
    """What concerns the journeys and segments of a bucket.

    `names`: facts that may start, move or end a run. `starts`: by workspace and name, what contacts may
    enter by, in order of the journeys' ids. `watches`: the segments, by workspace. `lookbacks`: what journeys alone look back on, by workspace;
    `shared`: what they do that is kept for segments.
    `asks_groups`: whether one asks for groups. `judged_by`: facts that removals and goals without an event look back on,
    None where no version has any. `lookouts`: starts that are looked for, by workspace. `reads`: the names of events
    that must be read at all. `visits`: whether abandoned ones are waited for.
    """

    names: frozenset[str]
    starts: Mapping[tuple[UUID, str], tuple[Starts, ...]]
    versions: Mapping[VersionKey, Version]
    watches: Mapping[UUID, Watch] = {}
    reads: frozenset[str] = frozenset()
    lookbacks: Mapping[UUID, Lookback] = {}
    shared: Mapping[UUID, tuple[CompiledNeed, ...]] = {}
    asks_groups: bool = False
    visits: bool = False
    judged_by: frozenset[str] | None = None
    lookouts: Mapping[UUID, Lookout] = {}

    def keep_visits(self, rules: ShopRules) -> ShopRules:
        """Return the rules of shops as they hold here: visits are kept where abandoned ones are waited for."""
        if rules.session_minutes is None or self.visits:
            return rules
        return ShopRules(rules.zone, rules.cart_minutes)


def list_versions(states: Iterable[BucketState]) -> set[VersionKey]:
    """Return all versions that these buckets may need."""
    return {
        (journey.journey_id, number)
        for state in states
        for journey in state.journeys.values()
        for number in journey.versions
    }


def list_revisions(states: Iterable[BucketState]) -> set[RevisionKey]:
    """Return all revisions of segments that these buckets need."""
    return {(segment.segment_id, segment.revision) for state in states for segment in state.segments.values()}


def build_interest(
    state: BucketState,
    versions: Mapping[VersionKey, Version],
    lower: Lower = lower_simple,
    revisions: Mapping[RevisionKey, CompiledSegment] = MappingProxyType({}),
) -> Interest:
    """Return what concerns this bucket; what cannot be compiled is left out, so nobody enters it."""
    versions = _let_win(state, versions)
    # Only who is inside of a journey that the bucket has heard of can be asked for anything.
    names: set[str] = set(ASKING) if state.journeys else set()
    starts: defaultdict[tuple[UUID, str], list[Version]] = defaultdict(list)
    active: defaultdict[UUID, list[Version]] = defaultdict(list)
    for journey_id in sorted(state.journeys):
        journey = state.journeys[journey_id]
        for number in journey.versions:
            version = versions.get((journey_id, number))
            if version is not None:
                names |= version.names
        current = versions.get((journey_id, journey.version))
        if journey.state == "active" and current is not None:
            active[journey.workspace_id].append(current)
            for name in current.starts:
                starts[journey.workspace_id, name].append(current)
    compiled = {key: compile_starts(key[1], found, lower) for key, found in starts.items()}
    watches = _build_watches(state, revisions)
    wanted = names.union(*(watch.needs_by_name for watch in watches.values()))
    visits = "abandonedSession" in wanted
    reads = wanted | SHOP_NAMES | frozenset({VISIT_NAME} if visits else ())
    lookbacks, shared = _build_lookbacks(state, versions, watches, lower)
    reads = reads.union(*(lookback.by_name for lookback in lookbacks.values()))
    known = [versions[key] for key in list_versions([state]) if key in versions]
    judged = [version.judged_by for version in known if version.judged_by is not None]
    return Interest(
        names=frozenset(names),
        starts=compiled,
        versions=versions,
        watches=watches,
        reads=frozenset(reads),
        lookbacks=lookbacks,
        shared=shared,
        asks_groups=any("group" in version.standings for version in known),
        visits=visits,
        judged_by=frozenset[str]().union(*judged) if judged else None,
        lookouts=_build_lookouts(active),
    )


def _let_win(state: BucketState, versions: Mapping[VersionKey, Version]) -> Mapping[VersionKey, Version]:
    """Return the versions with who has won in them, as the bucket has heard."""
    winners: defaultdict[VersionKey, dict[str, str]] = defaultdict(dict)
    for journey in state.journeys.values():
        for number, step, path in journey.winners:
            winners[journey.journey_id, number][step] = path
    if not winners:
        return versions
    won = {
        key: msgspec.structs.replace(versions[key], winners=found)
        for key, found in winners.items()
        if key in versions
    }
    return {**versions, **won}


def _build_lookouts(active: Mapping[UUID, list[Version]]) -> dict[UUID, Lookout]:
    """Return the starts that are looked for, by workspace, of these versions of active journeys."""
    found = {workspace_id: build_lookout(current) for workspace_id, current in active.items()}
    return {workspace_id: lookout for workspace_id, lookout in found.items() if lookout is not None}


def _build_lookbacks(
    state: BucketState,
    versions: Mapping[VersionKey, Version],
    watches: Mapping[UUID, Watch],
    lower: Lower,
) -> tuple[dict[UUID, Lookback], dict[UUID, tuple[CompiledNeed, ...]]]:
    """Return what journeys look back on that no segment does: read for those whom a journey concerns; and the rest."""
    found: defaultdict[UUID, dict[str, CompiledNeed]] = defaultdict(dict)
    shared: defaultdict[UUID, dict[str, CompiledNeed]] = defaultdict(dict)
    for journey in state.journeys.values():
        watch = watches.get(journey.workspace_id, NO_SEGMENTS)
        for number in journey.versions:
            version = versions.get((journey.journey_id, number))
            if version is None:
                continue
            needs = found[journey.workspace_id]
            for need in version.needs:
                if need.key in watch.needs:
                    shared[journey.workspace_id][need.key] = watch.needs[need.key]
                elif need.key not in needs:
                    needs[need.key] = compile_need(need, lower)
            for standing in list_standing_needs(version.standings):
                if standing.key not in watch.needs:
                    needs[standing.key] = standing
    lookbacks = {id: build_lookback(needs.values()) for id, needs in found.items() if needs}
    return lookbacks, {id: tuple(needs.values()) for id, needs in shared.items()}


def _build_watches(state: BucketState, revisions: Mapping[RevisionKey, CompiledSegment]) -> dict[UUID, Watch]:
    kept: defaultdict[UUID, list[CompiledSegment]] = defaultdict(list)
    for segment in state.segments.values():
        compiled = revisions.get((segment.segment_id, segment.revision))
        if compiled is not None:
            kept[segment.workspace_id].append(compiled)
    return {workspace_id: build_watch(segments) for workspace_id, segments in kept.items()}


def is_quiet(interest: Interest, facts: Iterable[Fact]) -> bool:
    """Whether these facts of a contact that is inside of nothing can start nothing and are remembered for no
    segment, whoever the contact is."""
    for fact in facts:
        if fact.kind != "event" or is_of_shop(fact.name, visits=interest.visits):
            return False
        watch = interest.watches.get(fact.workspace_id)
        if watch is not None:
            for need in watch.needs_by_name.get(fact.name, ()):
                if need.matches(fact):
                    return False
        if fact.historical:
            continue
        for starts in interest.starts.get((fact.workspace_id, fact.name), ()):
            if starts.could_start(fact.properties, context_name(fact.context), fact.received_at):
                return False
    return True
