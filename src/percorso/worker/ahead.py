"""What walks are about to ask for, as far as can be told beforehand: read for all at once, so that few walk twice. Pure."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from percorso.consent.records import Channel
from percorso.contacts.model import Contact
from percorso.journeys.compile_starts import START_MET
from percorso.journeys.model import Run
from percorso.journeys.version import Version
from percorso.log.model import Fact
from percorso.worker.interest import BucketState, Interest
from percorso.worker.model import StandingKey


def key_of_standing(contact: Contact | None, list_id: UUID, channel: Channel) -> StandingKey:
    """Return what the gate asks about a contact as it is now."""
    return list_id, channel, None if contact is None else contact.find_address(channel)


def list_wanted(version: Version, contact: Contact | None, step: str) -> set[StandingKey]:
    """Return the standings that the version's messages from this step on will be judged by."""
    if version.list_id is None:
        return set()
    channels = version.channels.get(step, frozenset())
    return {key_of_standing(contact, version.list_id, channel) for channel in channels}


def want_when_due(
    interest: Interest, contact: Contact | None, runs: Iterable[Run], horizon: datetime
) -> set[StandingKey]:
    """Return the standings that runs due by `horizon` may ask for when they go on."""
    wanted: set[StandingKey] = set()
    for run in runs:
        if run.due_at is None or run.due_at > horizon or run.step is None:
            continue
        version = interest.versions.get((run.journey_id, run.version))
        if version is not None:
            wanted |= list_wanted(version, contact, run.step)
    return wanted


def find_entered(state: BucketState, interest: Interest, facts: Iterable[Fact]) -> Version | None:
    """Return the version that some fact says is about to be entered, as its start was met; None: none does."""
    for fact in facts:
        said = fact.properties.get("journeyId") if fact.name == START_MET and fact.kind == "run" else None
        journey = state.journeys.get(UUID(said)) if isinstance(said, str) else None
        if journey is not None and journey.state == "active":
            return interest.versions.get((journey.journey_id, journey.version))
    return None
