"""The next moment at which a verdict may change although nothing happens. Pure."""

from datetime import datetime

from percorso.conditions.lowering import lower_simple
from percorso.conditions.model import Condition, Subject
from percorso.conditions.needs import list_past_leaves
from percorso.conditions.scalars import Lower


def next_moment(tree: Condition, subject: Subject, *, lower: Lower = lower_simple) -> datetime | None:
    """Return a moment after `subject.now` up to which the verdict stays as it is, or None if it stays for ever.

    At that moment it may be another one. Nothing happens meanwhile: profile, pasts and memberships stand still.
    """
    del subject, lower
    if any(True for _ in list_past_leaves(tree)):
        raise NotImplementedError
    return None
