"""What a fact about a message adds to the counters. Pure; a recount asks the same of all facts at once, in SQL."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from percorso.contacts.fold import is_carried
from percorso.log.model import Fact
from percorso.worker.model import CountKey

MESSAGE_COUNTERS: Final[Mapping[str, str]] = {
    "messagePlanned": "planned",
    "campaignSent": "sent",
    "campaignDelivered": "delivered",
    "campaignOpened": "opened",
    "campaignLinkClicked": "clicked",
    "campaignBounced": "bounced",
    "messageSkipped": "skipped",
    "messageFailed": "failed",
    "messageUnknown": "unknown",
}
"""The counter of each fact about a message. opened and clicked count each message once."""


def count_message_fact(counts: dict[CountKey, int], fact: Fact) -> None:
    """Add to `counts` what this fact counts: one, or nothing (not about a journey's message, carried, repeated).

    A click or open says `first` when it is the message's first; one that says `machine` counts nothing.
    """
    if fact.kind != "message":
        return
    name = MESSAGE_COUNTERS.get(fact.name)
    said = fact.properties
    journey_id, version, step = said.get("journeyId"), said.get("version"), said.get("step")
    if (
        name is None
        or not isinstance(journey_id, str)
        or not isinstance(version, int)
        or not isinstance(step, str)
    ):
        return
    if is_carried(fact) or said.get("first") is False or said.get("machine") is True:
        return
    key = (fact.workspace_id, UUID(journey_id), version, step, "", name, fact.occurred_at.date())
    counts[key] = counts.get(key, 0) + 1
