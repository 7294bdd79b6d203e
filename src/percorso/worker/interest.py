"""Which journeys a bucket knows, as its control facts say, and what events concern them. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, Literal
from uuid import UUID

import msgspec

from percorso.conditions.lowering import lower_simple
from percorso.conditions.scalars import Lower
from percorso.journeys.entry import context_name
from percorso.journeys.version import Version
from percorso.log.model import Fact
from percorso.worker.starts import Starts, compile_starts

State = Literal["published", "active", "paused", "archived"]
"""A journey as it stands in one bucket; contacts enter an active one only."""

VersionKey = tuple[UUID, int]
"""A journey and the number of one of its versions."""

_STATES: Final[Mapping[str, State]] = {
    "journeyActivated": "active",
    "journeyResumed": "active",
    "journeyPaused": "paused",
    "journeyArchived": "archived",
}


class JourneyState(msgspec.Struct, frozen=True):
    """A journey in one bucket. Entries get `version`; runs may still be inside any of `versions`."""

    journey_id: UUID
    workspace_id: UUID
    version: int
    versions: tuple[int, ...]
    state: State
    offset: int


BucketState = Mapping[UUID, JourneyState]
"""All journeys that a bucket has heard of, by id."""


def apply_control(state: BucketState, fact: Fact) -> JourneyState | None:
    """Return what the control fact makes of its journey in this bucket, None if it is about no journey."""
    said = fact.properties.get("journeyId")
    if not isinstance(said, str) or not (fact.name == "journeyPublished" or fact.name in _STATES):
        return None
    journey_id = UUID(said)
    before = state.get(journey_id)
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
    )


class Interest(msgspec.Struct, frozen=True):
    """What concerns the journeys of a bucket.

    `names`: facts that may start, move or end a run. `starts`: by workspace and name, what contacts may
    enter by, in order of the journeys' ids.
    """

    names: frozenset[str]
    starts: Mapping[tuple[UUID, str], tuple[Starts, ...]]
    versions: Mapping[VersionKey, Version]


def list_versions(states: Iterable[BucketState]) -> set[VersionKey]:
    """Return all versions that these buckets may need."""
    return {
        (journey.journey_id, number)
        for state in states
        for journey in state.values()
        for number in journey.versions
    }


def build_interest(
    state: BucketState, versions: Mapping[VersionKey, Version], lower: Lower = lower_simple
) -> Interest:
    """Return what concerns this bucket; a version that cannot be compiled is left out, so nobody enters it."""
    names: set[str] = set()
    starts: defaultdict[tuple[UUID, str], list[Version]] = defaultdict(list)
    for journey_id in sorted(state):
        journey = state[journey_id]
        for number in journey.versions:
            version = versions.get((journey_id, number))
            if version is not None:
                names |= version.names
        current = versions.get((journey_id, journey.version))
        if journey.state == "active" and current is not None:
            for name in current.starts:
                starts[journey.workspace_id, name].append(current)
    compiled = {key: compile_starts(key[1], found, lower) for key, found in starts.items()}
    return Interest(frozenset(names), compiled, versions)


def is_quiet(interest: Interest, facts: Iterable[Fact]) -> bool:
    """Whether these facts of a contact that is inside of nothing can start nothing, whoever the contact is."""
    for fact in facts:
        if fact.kind != "event":
            return False
        if fact.historical:
            continue
        for starts in interest.starts.get((fact.workspace_id, fact.name), ()):
            if starts.could_start(fact.properties, context_name(fact.context), fact.received_at):
                return False
    return True
