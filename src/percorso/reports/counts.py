"""The figures of a journey's steps, put together from its counters. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from percorso.reports.model import MessageCounts, StepCounts

MESSAGES = MessageCounts.__struct_fields__
"""The names of counters that are about a step's messages."""


def build_steps(
    counters: Iterable[tuple[str, str, str, int]], inside: Mapping[str, int]
) -> dict[str, StepCounts]:
    """Return the figures of each step from rows (step, path, name, value) and who is at each step now."""
    entered: defaultdict[str, int] = defaultdict(int)
    paths: defaultdict[str, dict[str, int]] = defaultdict(dict)
    exits: defaultdict[str, dict[str, int]] = defaultdict(dict)
    messages: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for step, path, name, value in counters:
        if not step:
            continue
        if name == "entered":
            entered[step] += value
        elif name == "left":
            paths[step][path] = value
        elif name == "exited":
            exits[step][path] = value
        elif name in MESSAGES:
            messages[step][name] = value
    steps = {*entered, *paths, *exits, *messages, *inside}
    return {
        step: StepCounts(
            entered=entered[step],
            inside=inside.get(step, 0),
            paths=paths[step],
            exits=exits[step],
            messages=MessageCounts(**messages[step]),
        )
        for step in sorted(steps)
    }
