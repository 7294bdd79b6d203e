"""The step Assign coupon: docs/reference/steps/assign_coupon.md."""

from typing import Final
from uuid import UUID

from percorso.journeys.answers import is_answer
from percorso.journeys.graph import AssignCoupon
from percorso.journeys.model import EventArrived, RequestCoupon, Run, TimeDue
from percorso.journeys.walk import Go, Hold, Move, Walk

ANSWERS: Final = ("couponAssigned", "couponPoolEmpty")
"""A request for a code is answered by exactly one of these facts."""


class AssignCouponPlan:
    """Take one unused code of a pool and capture it."""

    __slots__ = ("pool_id", "step")

    def __init__(self, step: AssignCoupon) -> None:
        self.step = step
        self.pool_id = UUID(step.pool_id)

    def reach(self, walk: Walk) -> Move:
        """Ask the pool for a code and hold until it answers."""
        walk.effects.append(RequestCoupon(self.pool_id, walk.step, walk.visit))
        return Hold(awaits=ANSWERS)

    def resume(self, walk: Walk, run: Run, input: EventArrived | TimeDue) -> Move | None:
        """Capture the code and go on, or take the path for an empty pool."""
        if isinstance(input, TimeDue) or input.name not in ANSWERS:
            return None
        if not is_answer(run, input):
            return None
        if input.name == "couponPoolEmpty":
            return Go("none_left", self.step.none_left)
        walk.capture(self.step.capture, input.properties["code"])
        return Go("next", self.step.next)
