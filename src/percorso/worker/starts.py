"""Which versions an event starts, out of many, at the price of a few tests. Pure.

Journeys that listen to one event mostly ask the same things first (an order of at least 100, a city): a test
that several starts share is asked once, and when it is false all of them are passed over.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from percorso.conditions import compile_condition
from percorso.conditions.model import All, Condition, Subject
from percorso.conditions.scalars import Lower
from percorso.journeys.judging import could_hold
from percorso.journeys.version import Version

_Holds = Callable[[Subject], bool]


class _Candidate(msgspec.Struct, frozen=True):
    """A start of a version, of which all tests but the shared one are still to be asked."""

    place: int
    contexts: frozenset[str]
    rest: tuple[_Holds, ...]


class _Group(msgspec.Struct, frozen=True):
    """Starts that share a test."""

    holds: _Holds
    candidates: tuple[_Candidate, ...]


class Starts(msgspec.Struct, frozen=True):
    """The versions that listen to one event in one zone, in the order in which they are asked.

    `hopes` are the same starts as far as the event alone decides them.
    """

    time_zone: str
    versions: tuple[Version, ...]
    groups: tuple[_Group, ...]
    hopes: tuple[_Group, ...]

    def could_start(self, event: dict[str, Any], context: str, now: datetime) -> bool:
        """Whether some profile could meet a start with this event: if not, nobody need be looked at."""
        subject = Subject(_NOBODY, event, _NOBODY, now, self.time_zone)
        return any(_is_met(candidate, subject, context) for candidate in _candidates(self.hopes, subject))

    def find_started(self, subject: Subject, context: str) -> list[int]:
        """Return, ascending, the places of the versions of which a start is met."""
        found = [
            candidate.place
            for candidate in _candidates(self.groups, subject)
            if _is_met(candidate, subject, context)
        ]
        return sorted(set(found)) if len(found) > 1 else found


def _candidates(groups: tuple[_Group, ...], subject: Subject) -> list[_Candidate]:
    found: list[_Candidate] = []
    for group in groups:
        if group.holds(subject):
            found.extend(group.candidates)
    return found


def _is_met(candidate: _Candidate, subject: Subject, context: str) -> bool:
    if candidate.contexts and context not in candidate.contexts:
        return False
    for holds in candidate.rest:  # noqa: SIM110 - a generator costs more than most tests
        if not holds(subject):
            return False
    return True


_ALWAYS: Final[Condition] = All()
_NOBODY: Final[dict[str, Any]] = {}


def compile_starts(name: str, versions: Sequence[Version], lower: Lower) -> tuple[Starts, ...]:
    """Return the starts by the event `name`, one for each zone; versions keep their order within a zone."""
    zones = dict.fromkeys(version.time_zone for version in versions)
    return tuple(
        _compile_zone(name, zone, tuple(version for version in versions if version.time_zone == zone), lower)
        for zone in zones
    )


def _compile_zone(name: str, zone: str, versions: tuple[Version, ...], lower: Lower) -> Starts:
    starts = [
        (place, start) for place, version in enumerate(versions) for start in version.starts.get(name, ())
    ]
    asked = [(place, start.contexts, _conjuncts(start.judge.condition)) for place, start in starts]
    hoped = [
        (place, start.contexts, _conjuncts(could_hold(start.judge.condition or _ALWAYS)))
        for place, start in starts
    ]
    return Starts(zone, versions, _compile_groups(asked, lower), _compile_groups(hoped, lower))


def _compile_groups(
    asked: Sequence[tuple[int, frozenset[str], list[Condition]]], lower: Lower
) -> tuple[_Group, ...]:
    shares = Counter(_key(test) for _, _, tests in asked for test in tests)
    compiled: dict[bytes, _Holds] = {}
    grouped: dict[bytes, list[_Candidate]] = {}

    def compile_once(test: Condition) -> _Holds:
        key = _key(test)
        if key not in compiled:
            compiled[key] = compile_condition(test, lower=lower)
        return compiled[key]

    for place, contexts, tests in asked:
        shared = max(tests, key=lambda test: shares[_key(test)])
        rest = tuple(compile_once(test) for test in tests if test is not shared)
        compile_once(shared)
        grouped.setdefault(_key(shared), []).append(_Candidate(place, contexts, rest))
    return tuple(_Group(compiled[key], tuple(found)) for key, found in grouped.items())


def _conjuncts(condition: Condition | None) -> list[Condition]:
    """Return the conditions that must all hold, at least one."""
    return list(_flatten([condition])) or [_ALWAYS] if condition is not None else [_ALWAYS]


def _flatten(conditions: Iterable[Condition]) -> Iterable[Condition]:
    for condition in conditions:
        if isinstance(condition, All):
            yield from _flatten(condition.conditions)
        else:
            yield condition


def _key(condition: Condition) -> bytes:
    return msgspec.json.encode(condition)
