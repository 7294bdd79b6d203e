"""The step Update contact: docs/reference/steps/update_contact.md."""

from percorso.journeys.graph import Change, UpdateContact
from percorso.journeys.model import EmitEvent, EventArrived, Run, TimeDue, UpdateProfile
from percorso.journeys.moving import apply_group_change
from percorso.journeys.profile import apply_update, plan_change, unite_updates
from percorso.journeys.values import read_operand, read_operands
from percorso.journeys.walk import Go, Move, Walk


class UpdateContactPlan:
    """Change attributes and tags, record events, and go on at once."""

    __slots__ = ("step",)

    def __init__(self, step: UpdateContact) -> None:
        self.step = step

    def reach(self, walk: Walk) -> Move:
        """Make the changes in order, each reading what the ones before it wrote; then record the events."""
        updates: list[UpdateProfile] = []
        for change in self.step.changes:
            update = self._make(walk, change)
            if update is not None:
                updates.append(update)
        walk.effects.extend(unite_updates(updates))
        for change in self.step.groups:
            apply_group_change(walk, change)
        for recorded in self.step.events:
            walk.effects.append(EmitEvent(recorded.event, read_operands(walk, recorded.properties)))
        return Go("next", self.step.next)

    def _make(self, walk: Walk, change: Change) -> UpdateProfile | None:
        operand = change.operand
        value = None if operand is None else read_operand(operand, walk.subject(walk.event))
        update = plan_change(walk.attributes, change, value)
        if update is not None:
            walk.attributes = apply_update(walk.attributes, update)
        return update

    def resume(self, walk: Walk, run: Run, input: EventArrived | TimeDue) -> Move | None:
        """Return None: no run holds here."""
        return None
