"""Whether anything can come of a family at all: most people meet no start of any journey. Pure."""

from collections.abc import Sequence
from typing import Final

from percorso.backtest.model import Epoch, Family
from percorso.contacts.shop.fold import is_of_shop
from percorso.journeys.entry import context_name
from percorso.log.model import Fact
from percorso.worker.interest import Interest

_OF_SHOP: Final = ("abandonedCart", "abandonedSession")
"""What Percorso says of a shop when time goes by; no fact of the log is there before it."""


def is_idle(family: Family, epochs: Sequence[Epoch]) -> bool:
    """Whether no run of any journey can begin in this family, whoever the contact is: nothing need be told again."""
    if family.gone:
        return False
    # An interest is shared by all epochs that know the same.
    interests = {id(epoch.interest): epoch.interest for epoch in epochs if epoch.interest.starts}
    return all(_starts_nothing(interest, family.facts) for interest in interests.values())


def _starts_nothing(interest: Interest, facts: Sequence[Fact]) -> bool:
    if interest.lookouts:
        return False
    waits_for_shop = any(name in _OF_SHOP for _, name in interest.starts)
    for fact in facts:
        if waits_for_shop and is_of_shop(fact.name, visits=interest.visits):
            return False
        if fact.historical:
            continue
        for starts in interest.starts.get((fact.workspace_id, fact.name), ()):
            if starts.could_start(fact.properties, context_name(fact.context), fact.received_at):
                return False
    return True
