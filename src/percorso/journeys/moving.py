"""Moving the contact between groups by a step."""

from uuid import UUID

from percorso.journeys.graph import GroupMove
from percorso.journeys.walk import Walk


def apply_group_change(walk: Walk, change: GroupMove) -> None:
    """Ask that the contact join, leave or move between groups; conditions further on find it done."""
    group = UUID(change.group_id)
    if change.action == "leave":
        walk.change_groups((), (group,))
    elif change.action == "move" and change.from_group_id is not None:
        walk.change_groups((group,), (UUID(change.from_group_id),))
    else:
        walk.change_groups((group,), ())
