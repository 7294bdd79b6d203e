"""What is wrong with random ways: Split and Experiment."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from percorso.conditions.model import All, AnyOf, Captured, Condition, Not, Test
from percorso.journeys.check_values import check_event, check_ids, check_number, check_period
from percorso.journeys.faults import Fault
from percorso.journeys.graph import Experiment, RandomPath, Split

MAXIMUM_SHARES: Final = 20
HOLD_OUT: Final = "hold_out"
"""The path of an Experiment for those who get nothing of it."""

_RESERVED: Final = frozenset({"default", "next", HOLD_OUT})


def check_split(at: str, step: Split) -> Iterator[Fault]:
    """Yield what is wrong with the shares of a Split."""
    yield from _check_shares(at, step.paths, None)


def check_experiment(at: str, step: Experiment) -> Iterator[Fault]:
    """Yield what is wrong with an Experiment: its shares, its goal, when it has a winner."""
    yield from _check_shares(at, step.paths, step.hold_out)
    yield from check_event(f"{at}.goal.event", step.goal.event)
    yield from check_period(f"{at}.goal.within", step.goal.within)
    if step.goal.condition is not None and not is_of_event(step.goal.condition):
        yield Fault("goal_too_wide", f"{at}.goal.condition")
    if step.winner is not None:
        yield from check_period(f"{at}.winner.after", step.winner.after)
        yield from check_number(f"{at}.winner.least", step.winner.least, 1, 10_000_000)
        yield from check_number(f"{at}.winner.confidence", step.winner.confidence, 0.5, 0.9999)


def is_of_event(condition: Condition) -> bool:
    """Whether a condition asks about the event and the contact's fields alone, as what is measured afterwards must."""
    match condition:
        case All(conditions) | AnyOf(conditions):
            return all(is_of_event(each) for each in conditions)
        case Not(inner):
            return is_of_event(inner)
        case Test(source=source, operands=operands):
            return source != "captured" and not any(isinstance(each, Captured) for each in operands)
        case _:
            return False


def _check_shares(at: str, paths: tuple[RandomPath, ...], hold_out: RandomPath | None) -> Iterator[Fault]:
    if len(paths) < 2:
        yield Fault("shares_missing", f"{at}.paths")
    if len(paths) > MAXIMUM_SHARES:
        yield Fault("too_many", f"{at}.paths", {"maximum": MAXIMUM_SHARES, "what": "paths"})
    yield from check_ids(f"{at}.paths", [path.id for path in paths])
    for position, path in enumerate(paths):
        if path.id in _RESERVED:
            yield Fault("id_invalid", f"{at}.paths[{position}].id", {"id": path.id})
    shares = [(f"{at}.paths[{position}]", path) for position, path in enumerate(paths)]
    if hold_out is not None:
        shares.append((f"{at}.holdOut", hold_out))
    wrong = [place for place, share in shares if not is_percent(share.percent)]
    for place in wrong:
        yield Fault("percent_invalid", f"{place}.percent")
    total = sum((Decimal(str(share.percent)) for _, share in shares), Decimal(0))
    if len(paths) > 1 and not wrong and total != 100:
        yield Fault("percentages", f"{at}.paths", {"sum": f"{total.normalize():f}"})


def is_percent(value: float) -> bool:
    """Whether the number can be a share: more than 0, at most 100, hundredths at the finest."""
    return 0 < value <= 100 and Decimal(str(value)) == round(Decimal(str(value)), 2)
