"""Conditions as the journeys use them: a fast judgement, and the way to say why."""

from collections.abc import Callable
from functools import cache

from percorso.conditions.evaluate import Explanation, compile_condition, compile_explanation
from percorso.conditions.lowering import lower_simple
from percorso.conditions.model import All, AnyOf, Attribute, Condition, Not, Subject, Test, Verdict
from percorso.conditions.scalars import Lower
from percorso.journeys.graph import Path
from percorso.journeys.version import Judge


class Compiler:
    """Makes the conditions of one version fast.

    `reads` are the properties of events that the version reads; `lower` is the database's lowering of text.
    """

    def __init__(self, reads: frozenset[str] = frozenset(), lower: Lower = lower_simple) -> None:
        self.reads = reads
        self.lower = lower

    def judge(self, condition: Condition | None) -> Judge:
        """Return the condition made fast; None always holds."""
        if condition is None:
            return Judge(None, lambda _subject: True, lambda _subject: ())
        tree = condition

        @cache
        def explanation() -> Callable[[Subject], Explanation]:
            # Most conditions never have to be explained: made when first asked for.
            return compile_explanation(tree, lower=self.lower)

        def explain(subject: Subject) -> tuple[Verdict, ...]:
            return explanation()(subject).verdicts

        return Judge(tree, compile_condition(tree, lower=self.lower), explain)

    def paths(self, paths: tuple[Path, ...]) -> tuple[tuple[Path, Judge], ...]:
        """Return the paths in their order, each with its judgement."""
        return tuple((path, self.judge(path.condition)) for path in paths)


def could_hold(condition: Condition, *, hopeful: bool = True) -> Condition:
    """Return a condition on the event alone that holds wherever `condition` could hold by and by.

    What the profile or the time decides is taken as favourable: true where truth helps, false under a Not.
    """
    match condition:
        case All(conditions):
            return All(tuple(could_hold(inner, hopeful=hopeful) for inner in conditions))
        case AnyOf(conditions):
            return AnyOf(tuple(could_hold(inner, hopeful=hopeful) for inner in conditions))
        case Not(inner):
            return Not(could_hold(inner, hopeful=not hopeful))
        case Test():
            if not _is_settled(condition):
                return All() if hopeful else AnyOf()
            return condition
        case _:
            return All() if hopeful else AnyOf()


def _is_settled(test: Test) -> bool:
    """Whether the test reads nothing that may change while a run holds: no profile, no clock."""
    if test.source == "attribute" or test.type in ("date", "datetime") or test.unit is not None:
        return False
    return not any(isinstance(operand, Attribute) for operand in test.operands)
