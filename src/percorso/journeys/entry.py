"""Whether an event lets a contact into a journey (spec 3.3, 3.4, 3.6)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from percorso.conditions.model import Subject
from percorso.journeys.allowed import is_within
from percorso.journeys.compile_starts import START_MET
from percorso.journeys.graph import Reentry
from percorso.journeys.model import Run
from percorso.journeys.options import find_refusal
from percorso.journeys.schedule import end_of, local_year
from percorso.journeys.values import read_path
from percorso.journeys.version import CompiledStart, Version
from percorso.log.model import Fact
from percorso.segments.model import SEGMENT_FACTS


class Enter(msgspec.Struct, frozen=True):
    """The contact enters by `start`, under `key` (empty: the journey knows no keys)."""

    start: CompiledStart
    key: str


class Restart(msgspec.Struct, frozen=True):
    """The contact enters again; `runs`, now inside, end first, reason *restarted*."""

    start: CompiledStart
    key: str
    runs: tuple[Run, ...]


class Ignore(msgspec.Struct, frozen=True):
    """The contact does not enter; `reason` says why."""

    reason: str


RESTARTED: Final = "restarted"
"""Why a run ended whose contact entered again."""

UPDATES: Final = "updates"
"""Where the context of an event names the one that it tells more of, by the message id of that."""

NOT_A_START: Final = Ignore("not_a_start")
REMOVED_BY_IT: Final = Ignore("removed_by_this_event")
INSIDE: Final = Ignore("inside")
NO_KEY: Final = Ignore("no_key")
ENTERED_BEFORE: Final = Ignore("entered_before")
NOT_ACTIVE: Final = Ignore("not_active")


def context_name(context: Mapping[str, Any] | None) -> str:
    """Return the context of a fact (`WEB`, `RETAIL` …), `OTHER` where none was sent."""
    if not context:
        return "OTHER"
    name = context.get("type")
    return name if isinstance(name, str) else "OTHER"


def meets_start(start: CompiledStart, subject: Subject, context: str) -> bool:
    """Whether the event at hand meets the start: its context, and its condition on event and profile."""
    return (not start.contexts or context in start.contexts) and start.judge.holds(subject)


def find_start(version: Version, fact: Fact, subject: Subject) -> CompiledStart | None:
    """Return the first start that the fact meets, None if it meets none."""
    starts = version.starts.get(fact.name)
    if starts is None:
        return None
    context = context_name(fact.context)
    is_fill, is_more = tells_of_fill(fact.name, fact.properties), is_update(fact)
    for start in starts:
        if (is_fill and not start.existing) or (is_more and not start.updates):
            continue
        if meets_start(start, subject, context):
            return start
    return None


def is_update(fact: Fact) -> bool:
    """Whether the fact tells more of an event that was sent before: its context names that one in `updates`."""
    known = fact.context.get(UPDATES) if fact.context else None
    return isinstance(known, str) and known != ""


def tells_of_fill(name: str, properties: Mapping[str, Any]) -> bool:
    """Whether an event tells that a segment was created, edited or disabled, and not that the contact changed."""
    return name in SEGMENT_FACTS and "cause" in properties


def key_of(reentry: Reentry, properties: Mapping[str, Any], *, anniversary: bool = False) -> str | None:
    """Return the key of a run that this event starts: "" where the journey has none, None where it lacks.

    Where an `anniversary` may let in once per year, the key is the year that it is about.
    """
    if anniversary and reentry.rule == "once_per_year" and reentry.inside != "one_per_key":
        year = properties.get("year")
        return str(year) if isinstance(year, int) else ""
    if reentry.key is None or (reentry.inside != "one_per_key" and reentry.rule != "value_changes"):
        return ""
    value = read_path(properties, reentry.key)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str | int | float) and value != "":
        return str(value)
    return None


def decide_entry(
    version: Version,
    fact: Fact,
    subject: Subject,
    memory: Mapping[str, datetime],
    inside: Sequence[Run],
    *,
    was_removed: bool = False,
) -> Enter | Restart | Ignore:
    """Return whether the contact of `fact` enters by it; `subject.now` is the fact's `received_at`.

    `memory` is the contact's last entry into this journey, by key; `inside` the waiting runs of the contact
    in this journey, of any version, after the fact was given to them; `was_removed` says that a removal or
    goal ended one of them on this very fact. With "removal has priority" such a contact does not enter.
    """
    start = find_start(version, fact, subject)
    if start is None:
        return NOT_A_START
    if was_removed:
        return REMOVED_BY_IT
    refusal = find_refusal(version.options, subject)
    if refusal is not None:
        return Ignore(refusal)
    zone = version.zone_for(subject.attributes)
    if not is_within(version.options.allowed, subject.now, zone):
        return NOT_ACTIVE
    reentry = version.graph.reentry
    key = key_of(reentry, fact.properties, anniversary=fact.name == START_MET)
    if key is None:
        return NO_KEY
    if not _may_enter_again(version, reentry, key, memory, subject.now):
        return ENTERED_BEFORE
    if reentry.inside == "one_per_key":
        return INSIDE if any(run.key == key for run in inside) else Enter(start, key)
    if not inside:
        return Enter(start, key)
    return Restart(start, key, tuple(inside)) if reentry.inside == "restart" else INSIDE


def _may_enter_again(
    version: Version, reentry: Reentry, key: str, memory: Mapping[str, datetime], now: datetime
) -> bool:
    """Whether the rule lets a contact with this memory in again.

    Where several runs stand side by side, one per key, each key has its own memory; `value_changes` lets
    each value in once.
    """
    if not memory or reentry.rule == "every_time":
        return True
    if reentry.inside == "one_per_key" or reentry.rule == "value_changes":
        last = memory.get(key)
    else:
        last = max(memory.values())
    if last is None:
        return True
    if reentry.rule == "once_per_year" and key.isdigit() and reentry.inside != "one_per_key":
        return key not in memory
    if reentry.rule == "once_per_year":
        return local_year(last, version.zone) != local_year(now, version.zone)
    if reentry.rule == "after" and reentry.period is not None:
        return end_of(reentry.period, since=last, zone=version.zone) <= now
    return False
