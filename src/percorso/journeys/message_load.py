"""How many messages one run may send to one person within a day, at most. Pure.

Every way through the graph is thought possible, and everything that waits for an event or a message to end at once.
"""

from datetime import timedelta
from typing import Final

import msgspec

from percorso.journeys.graph import SENDING_STEPS, Graph, Wait, WaitAfterMessage, WaitThenCheck
from percorso.journeys.message_facts import NEGATIVE
from percorso.journeys.schedule import shortest
from percorso.journeys.shape import followers_of

_DAY: Final = timedelta(days=1)
_NOTHING: Final = timedelta(0)


class Load(msgspec.Struct, frozen=True):
    """So many messages within a day, beginning with that of `step`."""

    count: int
    step: str


def most_messages_in_a_day(graph: Graph, enough: int) -> Load | None:
    """Return the most messages that a run may send within a day, counting no further than `enough`; None: none."""
    followers = followers_of(graph)
    best: Load | None = None
    for id, step in graph.steps.items():
        if isinstance(step, SENDING_STEPS):
            count = _count_from(graph, id, followers, enough)
            if best is None or count > best.count:
                best = Load(count, id)
            if best.count >= enough:
                break
    return best


def _count_from(graph: Graph, first: str, followers: dict[str, tuple[str, ...]], enough: int) -> int:
    """Return how many messages may follow each other within a day, the first of them sent by `first`."""
    soonest: dict[tuple[str, int], timedelta] = {(first, 1): _NOTHING}
    waiting = [(first, 1)]
    most = 1
    while waiting and most < enough:
        step, count = waiting.pop()
        after = soonest[step, count] + _least(graph, step)
        if after >= _DAY:
            continue
        for following in followers[step]:
            sent = count + isinstance(graph.steps[following], SENDING_STEPS)
            key = (following, sent)
            if sent <= enough and (key not in soonest or after < soonest[key]):
                soonest[key] = after
                waiting.append(key)
                most = max(most, sent)
    return most


def _least(graph: Graph, id: str) -> timedelta:
    """Return the least time that a run stays at the step."""
    step = graph.steps[id]
    if isinstance(step, Wait) and step.period is not None:
        return shortest(step.period)
    if isinstance(step, WaitThenCheck):
        return shortest(step.period)
    if isinstance(step, WaitAfterMessage) and step.period is not None and step.reaction not in NEGATIVE:
        return shortest(step.period)
    if isinstance(step, WaitAfterMessage) and step.period is not None and step.unmet == "exit":
        return shortest(step.period)
    return _NOTHING
