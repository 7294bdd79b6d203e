"""What is wrong with a leaf that looks back on facts, or asks where a contact stands."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from percorso.conditions.check_tests import (
    MAX_YEARS,
    YEARLY,
    below,
    is_storable,
    list_path_faults,
    list_test_faults,
)
from percorso.conditions.faults import Fault
from percorso.conditions.model import (
    Ago,
    Anytime,
    Between,
    Condition,
    ConsentTest,
    FirstOrLast,
    Followed,
    Happened,
    JourneyTest,
    Leaf,
    MessageTest,
    Operand,
    Pattern,
    Test,
    Unit,
    Value,
    Window,
)
from percorso.conditions.paths import is_list_path
from percorso.conditions.windows import read_bound

MAX_NAMES: Final = 20
"""Names of facts, contexts or tags in one leaf, at most."""
MAX_NAME: Final = 200
"""Characters of one of them, at most."""
MAX_LAST: Final = 100
"""Of how many messages sent last may be asked."""

_ACTIONS: Final[dict[str, frozenset[str]]] = {
    "sms": frozenset({"sent", "delivered", "not_delivered", "clicked", "not_clicked", "unsubscribed"}),
    "push": frozenset(
        {
            "sent",
            "delivered",
            "not_delivered",
            "opened",
            "not_opened",
            "clicked",
            "not_clicked",
            "unsubscribed",
        }
    ),
}
"""What a message of these channels can come to; an email, anything."""

_REASONS: Final = {"hard": "email", "soft": "email", "expired": "sms", "rejected": "sms"}


def list_parts(leaf: Leaf) -> list[tuple[str, Condition]]:
    """Return the trees inside a leaf, each with its place in it."""
    parts: list[tuple[str, Condition | None]] = []
    match leaf:
        case Happened():
            parts = [("pattern.where", leaf.pattern.where)]
        case FirstOrLast():
            parts = [("pattern.where", leaf.pattern.where), ("condition", leaf.condition)]
        case Followed():
            parts = [("first.where", leaf.first.where), ("then.where", leaf.then.where)]
        case _:
            pass
    return [(place, part) for place, part in parts if part is not None]


def list_events(leaf: Leaf) -> tuple[str, ...]:
    """Return the names of facts that an author has written into a leaf."""
    match leaf:
        case Happened() | FirstOrLast():
            return leaf.pattern.events
        case Followed():
            return leaf.first.events + leaf.then.events
        case _:
            return ()


def list_leaf_faults(where: str, leaf: Leaf) -> Iterator[Fault]:
    """Yield what is wrong with a leaf itself; trees inside it are checked as trees are."""
    match leaf:
        case Happened():
            yield from _list_pattern_faults(below(where, "pattern"), leaf.pattern)
            yield from _list_window_faults(below(where, "window"), leaf.window)
            yield from _list_measure_faults(where, leaf)
        case FirstOrLast():
            yield from _list_pattern_faults(below(where, "pattern"), leaf.pattern)
            yield from _list_window_faults(below(where, "window"), leaf.window)
        case Followed():
            yield from _list_sequence_faults(where, leaf)
        case MessageTest():
            yield from _list_message_faults(where, leaf)
        case JourneyTest():
            yield from _list_journey_faults(where, leaf)
        case ConsentTest():
            yield from _list_name_faults(where, (leaf.leaf,))
        case _:
            return


def _list_pattern_faults(where: str, pattern: Pattern) -> Iterator[Fault]:
    if not pattern.events:
        yield Fault("events_missing", where)
    yield from _list_name_faults(where, pattern.events)
    yield from _list_name_faults(where, pattern.contexts)


def _list_name_faults(where: str, names: tuple[str, ...]) -> Iterator[Fault]:
    if len(names) > MAX_NAMES:
        yield Fault("names_too_many", where, arguments={"count": len(names), "limit": MAX_NAMES})
    for name in names[:MAX_NAMES]:
        if not is_storable(name):
            yield Fault("text_not_storable", where)
        elif not 0 < len(name) <= MAX_NAME:
            yield Fault("name_malformed", where, arguments={"limit": MAX_NAME})


def _list_window_faults(where: str, window: Window) -> Iterator[Fault]:
    match window:
        case Anytime():
            return
        case Ago(amount, unit):
            yield from _list_amount_faults(where, amount, unit)
        case Between(since, until):
            if since is None and until is None:
                yield Fault("window_open", where)
            for text in (since, until):
                if text is not None and read_bound(text, "UTC") is None:
                    yield Fault("bound_malformed", where, arguments={"found": repr(text)[:60]})


def _list_amount_faults(where: str, amount: int, unit: Unit) -> Iterator[Fault]:
    if amount < 0:
        yield Fault("amount_negative", where)
    elif amount > MAX_YEARS * YEARLY[unit]:
        yield Fault("amount_too_large", where, arguments={"limit": MAX_YEARS})


def _list_measure_faults(where: str, leaf: Happened) -> Iterator[Fault]:
    yield from _list_number_faults(where, leaf.operator, leaf.operands)
    if leaf.measure == "count":
        if leaf.path is not None:
            yield Fault("path_needless", where)
    elif leaf.path is None:
        yield Fault("path_empty", where)
    else:
        yield from list_path_faults(where, leaf.path)


def _list_number_faults(where: str, operator: str, operands: tuple[Operand, ...]) -> Iterator[Fault]:
    """Yield what is wrong with the comparison of a measure: it is that of a number."""
    yield from list_test_faults(where, Test("attribute", "measure", "number", operator, operands))


def _list_sequence_faults(where: str, leaf: Followed) -> Iterator[Fault]:
    yield from _list_pattern_faults(below(where, "first"), leaf.first)
    yield from _list_pattern_faults(below(where, "then"), leaf.then)
    yield from _list_window_faults(below(where, "window"), leaf.window)
    if leaf.within is not None:
        inside = below(where, "within")
        yield from _list_amount_faults(inside, leaf.within.amount, leaf.within.unit)
        if leaf.within.unit in ("months", "years"):
            yield Fault("unit_too_large", inside)
    for path in (leaf.same.first, leaf.same.then) if leaf.same else ():
        yield from list_path_faults(below(where, "same"), path)
        if is_list_path(path):
            arguments = {"path": path, "type": "scalar"}
            yield Fault("path_is_list", below(where, "same"), arguments=arguments)


def _list_message_faults(where: str, leaf: MessageTest) -> Iterator[Fault]:
    yield from _list_window_faults(below(where, "window"), leaf.window)
    yield from _list_number_faults(where, leaf.operator, leaf.operands)
    yield from _list_name_faults(below(where, "scope"), leaf.scope.tags)
    named = {"action": leaf.action, "channel": leaf.channel}
    if leaf.channel in _ACTIONS and leaf.action not in _ACTIONS[leaf.channel]:
        yield Fault("action_unknown", where, arguments=named)
    if leaf.scope.last is not None and not 1 <= leaf.scope.last <= MAX_LAST:
        yield Fault("last_out_of_range", below(where, "scope"), arguments={"limit": MAX_LAST})
    if leaf.link is not None:
        yield from _list_name_faults(where, (leaf.link[:MAX_NAME],))
        if leaf.action not in ("clicked", "not_clicked"):
            yield Fault("link_needless", where, arguments=named)
    if leaf.reason is not None:
        fits = leaf.action in ("bounced", "not_delivered") and _REASONS[leaf.reason] == leaf.channel
        if not fits:
            yield Fault("reason_needless", where, arguments={"reason": leaf.reason, **named})
    if leaf.counted == "every" and (leaf.operator, leaf.operands) != ("at_least", (Value(1),)):
        yield Fault("number_needless", where)
    if leaf.counted == "actions" and leaf.action in ("not_opened", "not_clicked", "delivered"):
        yield Fault("actions_uncounted", where, arguments=named)


def _list_journey_faults(where: str, leaf: JourneyTest) -> Iterator[Fault]:
    yield from _list_window_faults(below(where, "window"), leaf.window)
    if leaf.reason is not None:
        yield from _list_name_faults(where, (leaf.reason,))
    if leaf.state != "finished" and (leaf.outcome is not None or leaf.reason is not None):
        yield Fault("outcome_needless", where)
    if leaf.state == "inside" and leaf.window != Anytime():
        yield Fault("window_needless", where)


def is_empty_window(window: Window) -> bool:
    """Whether a window, sound otherwise, admits no moment."""
    if isinstance(window, Ago):
        return window.operator == "less_than" and window.amount == 0
    if not isinstance(window, Between) or window.since is None or window.until is None:
        return False
    since, until = read_bound(window.since, "UTC"), read_bound(window.until, "UTC")
    if isinstance(since, datetime) and isinstance(until, datetime):
        return since > until
    return window.since[:10] > window.until[:10]
