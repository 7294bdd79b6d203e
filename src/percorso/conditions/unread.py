"""Which pasts have lost facts that a verdict hangs on: these are read from the log before a tree is judged. Pure."""

from collections.abc import Callable

from percorso.conditions.evaluate import list_leaves
from percorso.conditions.evaluate_past import compile_pasts, list_inside
from percorso.conditions.messages import Pairing
from percorso.conditions.model import (
    Condition,
    FirstOrLast,
    Followed,
    Happened,
    PastLeaf,
    StandingLeaf,
    Subject,
    Test,
    Window,
)
from percorso.conditions.needs import Need, expand, split_where
from percorso.conditions.past import Past
from percorso.conditions.paths import compile_operand
from percorso.conditions.scalars import read_number
from percorso.conditions.windows import find_bounds

FindUnread = Callable[[Subject], tuple[Need, ...]]

_Decides = Callable[[Subject, Need, Past], bool]


def find_unread(tree: Condition, subject: Subject) -> tuple[Need, ...]:
    """Return the needs of which the subject's pasts have lost facts that the verdict hangs on, now or later.

    Their facts must be read from the log (`fold_history`) before the tree is judged.
    """
    return compile_unread(tree)(subject)


def compile_unread(tree: Condition) -> FindUnread:
    """Return what finds the needs that must be read, ready for many subjects."""
    readers = [_compile_leaf(leaf) for leaf in list_leaves(tree) if not isinstance(leaf, Test | StandingLeaf)]

    def find(subject: Subject) -> tuple[Need, ...]:
        found = {need.key: need for read in readers for need in read(subject)}
        return tuple(found.values())

    return find


def list_windows(leaf: PastLeaf) -> tuple[Window | None, ...]:
    """Return the window of each need of a leaf."""
    kernel = expand(leaf)
    if isinstance(kernel, Happened | FirstOrLast):
        return (kernel.window,)
    if isinstance(kernel, Followed):
        return (kernel.window, None)
    return (kernel.sent_window, kernel.action_window) if isinstance(kernel, Pairing) else (None, None)


def _compile_leaf(leaf: PastLeaf) -> FindUnread:
    pasts, windows = compile_pasts(leaf), list_windows(leaf)
    kernel = expand(leaf)
    decides = _compile_count(kernel) if isinstance(kernel, Happened) else None

    def find(subject: Subject) -> tuple[Need, ...]:
        found: list[Need] = []
        for (need, past), window in zip(pasts(subject), windows, strict=True):
            if past.lost_until is None:
                continue
            low = find_bounds(window, subject.now, subject.time_zone).low if window is not None else None
            if need.keep == "all" and low is not None and low > past.lost_until:
                continue
            if decides is None or not decides(subject, need, past):
                found.append(need)
        return tuple(found)

    return find


def _compile_count(leaf: Happened) -> _Decides | None:
    """Return what says whether so many are kept that more of them change no comparison; None: more always may.

    What is lost is older than what is kept, and leaves a window before it: so that stays true until nothing is missing.
    """
    if leaf.measure != "count" or split_where(leaf.pattern)[1] is not None:
        return None
    operands = tuple(compile_operand(operand) for operand in leaf.operands)

    def decides(subject: Subject, need: Need, past: Past) -> bool:
        count = past.count
        if need.keep == "all":
            count = len(list_inside(past.kept, find_bounds(leaf.window, subject.now, subject.time_zone)))
        numbers = [read_number(operand(subject)) for operand in operands]
        return all(number is None or count > number for number in numbers)

    return decides
