"""The figures of a journey's steps, put together from its counters. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from percorso.journeys.steps.end import COMPLETED
from percorso.reports.model import JourneyCounts, MessageCounts, StepCounts

_MESSAGES = frozenset({"planned", "sent", "bounced", "opened", "clicked", "skipped", "failed", "unknown"})
"""Counters of a step's messages (`worker.counting`)."""

_FAILED = "failed"
_GOAL = "goal: "


def build_journey(counters: Mapping[tuple[str, str], int]) -> JourneyCounts:
    """Return the figures of a journey from its counters {(name, path): value}; exits carry their reason."""
    entered = counters.get(("entered", ""), 0)
    exits = {reason: value for (name, reason), value in counters.items() if name == "exited"}
    completed = sum(
        value for reason, value in exits.items() if reason == COMPLETED or reason.startswith(_GOAL)
    )
    failed = exits.get(_FAILED, 0)
    ended = sum(exits.values())
    return JourneyCounts(
        entered=entered,
        inside=entered - ended,
        completed=completed,
        exited=ended - completed - failed,
        failed=failed,
        positive=counters.get(("ended", "positive"), 0),
        negative=counters.get(("ended", "negative"), 0),
        neutral=counters.get(("ended", "neutral"), 0),
        refused=sum(value for (name, _), value in counters.items() if name == "refused"),
    )


def build_messages(counters: Mapping[str, int]) -> MessageCounts:
    """Return the figures of a step's messages; delivered are those sent and not bounced (spec 5.6)."""
    sent = counters.get("sent", 0)
    return MessageCounts(
        planned=counters.get("planned", 0),
        sent=sent,
        delivered=sent - counters.get("bounced", 0),
        opened=counters.get("opened", 0),
        clicked=counters.get("clicked", 0),
        skipped=counters.get("skipped", 0),
        failed=counters.get("failed", 0),
        unknown=counters.get("unknown", 0),
    )


def build_steps(
    counters: Iterable[tuple[str, str, str, int]], inside: Mapping[str, int]
) -> dict[str, StepCounts]:
    """Return the figures of each step from rows (step, path, name, value) and who is at each step now."""
    entered: defaultdict[str, int] = defaultdict(int)
    paths: defaultdict[str, dict[str, int]] = defaultdict(dict)
    exits: defaultdict[str, dict[str, int]] = defaultdict(dict)
    messages: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for step, path, name, value in counters:
        if name == "entered":
            entered[step] += value
        elif name == "left":
            paths[step][path] = value
        elif name == "exited":
            exits[step][path] = value
        elif name in _MESSAGES:
            messages[step][name] = value
    steps = {*entered, *paths, *exits, *messages, *inside}
    return {
        step: StepCounts(
            entered=entered[step],
            inside=inside.get(step, 0),
            paths=paths[step],
            exits=exits[step],
            messages=build_messages(messages[step]),
        )
        for step in sorted(steps)
    }
