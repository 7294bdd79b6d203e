"""The Python evaluator of where a contact stands: groups, segments, statuses, consents, identities."""

from percorso.conditions.model import (
    ConsentTest,
    IdentityTest,
    Membership,
    StandingLeaf,
    StatusTest,
    Subject,
)
from percorso.conditions.paths import Reader


def compile_standing(leaf: StandingLeaf) -> tuple[Reader, object]:
    """Return what reads the standing, and the value for which the leaf holds; None is read where there is none."""
    match leaf:
        case Membership(of="group", id=id):
            return (lambda subject: id in subject.groups), True
        case Membership(id=id):
            return (lambda subject: id in subject.segments), True
        case IdentityTest(identity=kind):
            return (lambda subject: bool(subject.identities.get(kind))), True
        case ConsentTest(leaf=name, aspect=aspect):
            return (lambda subject: getattr(subject.consents.get(name), aspect, None)), leaf.value
        case StatusTest():
            return _compile_status(leaf), leaf.status


def _compile_status(leaf: StatusTest) -> Reader:
    list_id, channel, wanted = leaf.list_id, leaf.channel, leaf.status
    if list_id is not None:
        return lambda subject: subject.statuses.get((list_id, channel), "none")

    def read_any(subject: Subject) -> str:
        found = [status for (_, on), status in subject.statuses.items() if on == channel]
        return wanted if wanted in found else found[0] if found else "none"

    return read_any
