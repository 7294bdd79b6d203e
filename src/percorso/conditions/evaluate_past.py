"""The Python evaluator of what happened: each leaf reads a value out of the contact's pasts, and judges it.

Reading and judging are apart so that an explanation shows what was read.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import msgspec

from percorso.conditions.measures import Average, add_exactly, compare, key_of, numbers_at, scalars_at
from percorso.conditions.messages import MESSAGE_ID, Inside, Pairing
from percorso.conditions.model import (
    Condition,
    FirstOrLast,
    Followed,
    Happened,
    PastLeaf,
    Pattern,
    Same,
    Subject,
    Window,
)
from percorso.conditions.needs import Kernel, Need, expand, find_needs, split_where
from percorso.conditions.past import Kept, Past
from percorso.conditions.paths import Reader, compile_operand
from percorso.conditions.scalars import Lower, read_number
from percorso.conditions.shortcuts import shorten_judging
from percorso.conditions.windows import Bounds, find_bounds

Judge = Callable[[Subject], bool]
CompileTree = Callable[[Condition], Judge]
Select = Callable[[Subject, Past], list[Kept]]

NO_PAST: Final = Past()
_LENGTHS: Final = {"minutes": 1, "hours": 60, "days": 1440, "weeks": 10080}


class PastJudge(msgspec.Struct, frozen=True):
    """A leaf ready: `read` gives what was found, `operands` what it is compared with, `holds` says the verdict."""

    read: Reader
    operands: tuple[Reader, ...]
    holds: Callable[[Any, tuple[Any, ...]], bool]
    shortcut: Judge | None = None
    """The same verdict, found without what an explanation shows."""

    def judge(self, subject: Subject) -> bool:
        """Whether the leaf holds."""
        return self.holds(self.read(subject), tuple(operand(subject) for operand in self.operands))


class MessageCount(msgspec.Struct, frozen=True):
    """How many messages, or actions, were counted, of how many sent."""

    counted: int
    sent: int


class FoundPair(msgspec.Struct, frozen=True):
    """A fact and one that followed it: when each occurred."""

    first_at: datetime
    then_at: datetime


def compile_past(leaf: PastLeaf, lower: Lower, compile_tree: CompileTree) -> PastJudge:
    """Return the judge of one leaf that looks back, already checked."""
    kernel: Kernel = expand(leaf)
    pasts = compile_pasts(leaf)
    match kernel:
        case Happened():
            return _compile_measure(kernel, pasts, lower, compile_tree)
        case FirstOrLast():
            return _compile_one(kernel, pasts, compile_tree)
        case Followed():
            return _compile_sequence(kernel, pasts, lower, compile_tree)
        case Pairing():
            return _compile_pairing(kernel, pasts, compile_tree)
        case Inside():
            return PastJudge(_compile_inside(pasts), (), lambda runs, _: runs > 0)


def compile_pasts(leaf: PastLeaf) -> Callable[[Subject], tuple[tuple[Need, Past], ...]]:
    """Return what gives the needs of a leaf in the subject's zone, each with the past that the subject has."""
    by_zone: dict[str, tuple[Need, ...]] = {}

    def read(subject: Subject) -> tuple[tuple[Need, Past], ...]:
        zone = subject.time_zone
        needs = by_zone.get(zone)
        if needs is None:
            needs = by_zone[zone] = find_needs(leaf, zone)
        pasts = subject.pasts
        return tuple((need, pasts.get(need.key, NO_PAST)) for need in needs)

    return read


Pasts = Callable[[Subject], tuple[tuple[Need, Past], ...]]


def compile_select(pattern: Pattern, window: Window | None, compile_tree: CompileTree) -> Select:
    """Return what gives the kept facts that lie in the window at `now`, and meet what `where` leaves to judging."""
    left = split_where(pattern)[1]
    judge = compile_tree(left) if left is not None else None

    def select(subject: Subject, past: Past) -> list[Kept]:
        bounds = find_bounds(window, subject.now, subject.time_zone) if window is not None else Bounds()
        found = list_inside(past.kept, bounds)
        if judge is None:
            return found
        return [fact for fact in found if judge(at_fact(subject, fact))]

    return select


def list_inside(kept: Sequence[Kept], bounds: Bounds) -> list[Kept]:
    """Return the facts inside the bounds, of facts in order of time."""
    low, high = bounds.low, bounds.high
    begin = 0 if low is None else bisect_left(kept, low, key=lambda fact: fact.at)
    end = len(kept) if high is None else bisect_left(kept, high, key=lambda fact: fact.at)
    return list(kept[begin:end])


def at_fact(subject: Subject, fact: Kept | None) -> Subject:
    """Return the subject with this fact at hand."""
    return msgspec.structs.replace(subject, event=None if fact is None else fact.properties)


def _compile_measure(leaf: Happened, pasts: Pasts, lower: Lower, compile_tree: CompileTree) -> PastJudge:
    select = compile_select(leaf.pattern, leaf.window, compile_tree)
    measure, path = leaf.measure, leaf.path or ""

    def read(subject: Subject) -> Any:
        ((need, past),) = pasts(subject)
        if need.keep != "all":
            return _read_tally(measure, past)
        facts = select(subject, past)
        if measure == "count":
            return len(facts)
        if measure == "distinct":
            return len(_distinct_keys(facts, path, lower))
        return _read_tally(measure, _sum_up(facts, path))

    operands = tuple(_compile_number(compile_operand(operand)) for operand in leaf.operands)
    return PastJudge(
        read,
        operands,
        lambda value, compared: compare(leaf.operator, value, compared),
        shorten_judging(leaf, pasts),
    )


def _compile_number(read: Reader) -> Reader:
    def read_exact(subject: Subject) -> Decimal | None:
        number = read_number(read(subject))
        return (
            Decimal(repr(number))
            if isinstance(number, float)
            else None
            if number is None
            else Decimal(number)
        )

    return read_exact


def _read_tally(measure: str, past: Past) -> Any:
    match measure:
        case "count":
            return past.count
        case "distinct":
            return len(past.distinct)
        case "sum":
            return past.total
        case "minimum":
            return past.minimum
        case "maximum":
            return past.maximum
        case _:
            return Average(past.total, past.numbers) if past.numbers else None


def _sum_up(facts: list[Kept], path: str) -> Past:
    numbers = [number for fact in facts for number in numbers_at(fact.properties, path)]
    total = Decimal(0)
    for number in numbers:
        total = add_exactly(total, number)
    return Past(
        total=total,
        numbers=len(numbers),
        minimum=min(numbers, default=None),
        maximum=max(numbers, default=None),
    )


def _distinct_keys(facts: list[Kept], path: str, lower: Lower) -> set[str]:
    keys = {key_of(value, lower) for fact in facts for value in scalars_at(fact.properties, path)}
    return {key for key in keys if key is not None}


def _compile_one(leaf: FirstOrLast, pasts: Pasts, compile_tree: CompileTree) -> PastJudge:
    select = compile_select(leaf.pattern, leaf.window, compile_tree)
    judge = compile_tree(leaf.condition)
    place = 0 if leaf.which == "first" else -1

    def read(subject: Subject) -> Kept | None:
        ((_, past),) = pasts(subject)
        facts = select(subject, past)
        return facts[place] if facts else None

    # The condition reads the subject too, so it is what the value is compared with.
    return PastJudge(read, (lambda subject: subject,), lambda fact, said: judge(at_fact(said[0], fact)))


def _compile_sequence(leaf: Followed, pasts: Pasts, lower: Lower, compile_tree: CompileTree) -> PastJudge:
    select_first = compile_select(leaf.first, leaf.window, compile_tree)
    select_then = compile_select(leaf.then, None, compile_tree)
    within = None
    if leaf.within is not None:
        within = timedelta(minutes=leaf.within.amount * _LENGTHS[leaf.within.unit])
    same = leaf.same

    def read(subject: Subject) -> FoundPair | None:
        (_, first), (_, then) = pasts(subject)
        firsts, thens = select_first(subject, first), select_then(subject, then)
        return _find_pair(firsts, thens, within, same, lower)

    return PastJudge(read, (), lambda pair, _: pair is not None)


def _find_pair(
    firsts: list[Kept], thens: list[Kept], within: timedelta | None, same: Same | None, lower: Lower
) -> FoundPair | None:
    """Return the first pair; of several first facts before a second one the nearest counts."""
    latest: dict[str | None, datetime] = {}
    waiting = iter(firsts)
    first = next(waiting, None)
    for then in thens:
        while first is not None and (first.at, first.place) < (then.at, then.place):
            for key in _list_keys(first, same and same.first, lower):
                latest[key] = first.at
            first = next(waiting, None)
        for key in _list_keys(then, same and same.then, lower):
            before = latest.get(key)
            if before is not None and (within is None or then.at - before <= within):
                return FoundPair(before, then.at)
    return None


def _list_keys(fact: Kept, path: str | None, lower: Lower) -> list[str | None]:
    if path is None:
        return [None]
    return [key for value in scalars_at(fact.properties, path) if (key := key_of(value, lower)) is not None]


def _compile_pairing(leaf: Pairing, pasts: Pasts, compile_tree: CompileTree) -> PastJudge:
    select_sent = compile_select(leaf.sent, leaf.sent_window, compile_tree)
    select_action = compile_select(leaf.action, leaf.action_window, compile_tree)

    def read(subject: Subject) -> MessageCount:
        (_, sent), (_, action) = pasts(subject)
        ids = _order_messages(select_sent(subject, sent))
        if leaf.last is not None:
            ids = ids[-leaf.last :]
        asked = set(ids)
        taken = [id for fact in select_action(subject, action) if (id := _message_of(fact)) in asked]
        if leaf.actions and not leaf.without:
            return MessageCount(len(taken), len(ids))
        return MessageCount(len(asked - set(taken) if leaf.without else asked & set(taken)), len(ids))

    if leaf.every:
        return PastJudge(read, (), lambda found, _: 0 < found.counted == found.sent)
    operands = tuple(_compile_number(compile_operand(operand)) for operand in leaf.operands)
    return PastJudge(read, operands, lambda found, compared: compare(leaf.operator, found.counted, compared))


def _order_messages(facts: list[Kept]) -> list[str]:
    """Return the messages in the order in which they were first sent; one may be sent twice after a crash."""
    places: dict[str, tuple[datetime, int]] = {}
    for fact in facts:
        if id := _message_of(fact):
            at, place = places.get(id, (fact.at, fact.place))
            places[id] = (min(at, fact.at), min(place, fact.place))
    return sorted(places, key=lambda id: places[id])


def _message_of(fact: Kept) -> str | None:
    id = fact.properties.get(MESSAGE_ID)
    return id if isinstance(id, str) and id else None


def show_reading(read: Any) -> Any:
    """Return what was read as JSON can hold it: the average divided, a fact by its time and properties."""
    if isinstance(read, Average):
        return float(read.total / read.numbers)
    if isinstance(read, Decimal):
        return int(read) if read == read.to_integral_value() else float(read)
    if isinstance(read, Kept):
        return {"name": read.name, "occurredAt": read.at.isoformat(), "properties": read.properties}
    if isinstance(read, MessageCount):
        return read.counted
    if isinstance(read, FoundPair):
        return {"firstAt": read.first_at.isoformat(), "thenAt": read.then_at.isoformat()}
    return read


def _compile_inside(pasts: Pasts) -> Reader:
    def read(subject: Subject) -> int:
        (_, entered), (_, exited) = pasts(subject)
        return entered.count - exited.count

    return read
