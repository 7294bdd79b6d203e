"""Which path of an experiment has won: a comparison of shares, by the normal approximation. Pure."""

from collections.abc import Mapping
from math import erf, sqrt

import msgspec

from percorso.journeys.graph import Winner


class Figures(msgspec.Struct, frozen=True):
    """How many runs an experiment sent along a path, and how many of them came to its goal in time."""

    runs: int
    successes: int


def decide_winner(rule: Winner, figures: Mapping[str, Figures]) -> str | None:
    """Return the path that is better than each other one, as surely as the rule asks; None: not yet.

    Ask once `rule.after` has passed since the experiment began. Both shares of a comparison are taken as normal,
    their variances unpooled; so with `confidence` 0.95 a path wins that is better with 95 %, asked one-sided.
    """
    if len(figures) < 2 or any(one.runs < rule.least for one in figures.values()):
        return None
    best = max(figures, key=lambda path: _rate(figures[path]))
    others = (one for path, one in figures.items() if path != best)
    return best if all(is_better(figures[best], other, rule.confidence) for other in others) else None


def is_better(one: Figures, other: Figures, confidence: float) -> bool:
    """Whether the first share is the larger one, as surely as `confidence` says."""
    difference = _rate(one) - _rate(other)
    spread = sqrt(_variance(one) + _variance(other))
    if spread == 0:
        return difference > 0
    return 0.5 * (1 + erf(difference / spread / sqrt(2))) >= confidence


def _rate(figures: Figures) -> float:
    return figures.successes / figures.runs if figures.runs else 0.0


def _variance(figures: Figures) -> float:
    return _rate(figures) * (1 - _rate(figures)) / figures.runs if figures.runs else 0.0
