"""What takes a contact out of a journey at any step: removals, goals, leaving the list (spec 3.4, 3.8)."""

from typing import Final

import msgspec

from percorso.conditions.model import Subject
from percorso.journeys.entry import context_name, meets_start
from percorso.journeys.model import EventArrived, Run
from percorso.journeys.version import CompiledExit, Version

UNSUBSCRIBED: Final = "unsubscribed"
"""Why a run ended whose contact left the journey's list."""

LEFT_LIST: Final = "campaignUnsubscribed"
"""The fact that a contact left a list on a channel."""


STANDING: Final = ""
"""Stands for the name of an event among the exits of a version that are conditions by themselves."""


def find_standing_exit(version: Version, subject: Subject) -> CompiledExit | None:
    """Return the first removal or goal that is a condition by itself and holds now, None if none does."""
    return next((exit for exit in version.exits.get(STANDING, ()) if exit.judge.holds(subject)), None)


def find_exit(version: Version, run: Run, event: EventArrived, subject: Subject) -> CompiledExit | None:
    """Return the first removal or goal that this event meets, None if it meets none.

    Any event that arrives while the run is inside counts, if it did not occur before the run's start.
    Where the same event is an entry and "removal has priority" is off, it removes nobody: it is an entry
    again, and re-entry decides (spec 3.4).
    """
    exits = version.exits.get(event.name)
    if exits is None or event.occurred_at < (run.began_at or run.entered_at):
        return None
    for found in exits:
        if found.judge.holds(subject):
            return None if _is_entry_instead(version, event, subject) else found
    return None


def _is_entry_instead(version: Version, event: EventArrived, subject: Subject) -> bool:
    if version.graph.removal_has_priority:
        return False
    starts = version.starts.get(event.name)
    if starts is None:
        return False
    # A start is judged without what some run captured: it stands before any run.
    fresh = msgspec.structs.replace(subject, captured={})
    context = context_name(event.context)
    return any(meets_start(start, fresh, context) for start in starts)


def has_left_list(version: Version, run: Run, event: EventArrived) -> bool:
    """Whether this event says that the contact left the journey's list on a channel still to be used."""
    if event.name != LEFT_LIST or version.list_id is None or run.step is None:
        return False
    if version.options.left_channel_skips:
        return False
    properties = event.properties
    return properties.get("listId") == str(version.list_id) and properties.get("channel") in (
        version.channels.get(run.step, frozenset())
    )
