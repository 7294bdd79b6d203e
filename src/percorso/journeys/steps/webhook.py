"""The step Webhook: docs/reference/steps/webhook.md."""

from typing import Any, Final, cast

from percorso.journeys.answers import is_answer
from percorso.journeys.graph import Webhook
from percorso.journeys.model import CallWebhook, EventArrived, Run, TimeDue
from percorso.journeys.schedule import end_of
from percorso.journeys.values import keep_value, read_operands, read_path
from percorso.journeys.walk import Go, Hold, Move, Walk
from percorso.kit.ids import derive_id

ANSWERS: Final = ("webhookAnswered", "webhookFailed")
"""A call is answered by exactly one of these facts; the first says the JSON in `answer`."""

FAILED: Final = "failed"
"""The path of a call that failed for good."""

TOO_LARGE: Final = "too_large"
"""What an answer says in `unread` that was longer than may be read."""


class WebhookPlan:
    """POST chosen values and keep values of the answer."""

    __slots__ = ("step",)

    def __init__(self, step: Webhook) -> None:
        self.step = step

    def reach(self, walk: Walk) -> Move:
        """Ask for the call and hold until it is answered or has failed for good."""
        body = read_operands(walk, self.step.values)
        call_id = derive_id("webhook", walk.run_id, walk.step, walk.visit)
        walk.further.append(CallWebhook(call_id, self.step.url, body, walk.step, walk.visit))
        limit = self.step.limit
        due_at = None if limit is None else end_of(limit, since=walk.now, zone=walk.zone)
        return Hold(due_at=due_at, awaits=ANSWERS)

    def resume(self, walk: Walk, run: Run, input: EventArrived | TimeDue) -> Move | None:
        """Keep what the answer says and go on; or take the path for a call that failed."""
        if isinstance(input, TimeDue):
            return Go(FAILED, self.step.failed, "limit")
        if input.name not in ANSWERS or not is_answer(run, input):
            return None
        if input.name == "webhookFailed":
            return Go(FAILED, self.step.failed, str(input.properties.get("reason") or FAILED))
        if self.step.captures and input.properties.get("unread") == TOO_LARGE:
            # The receiver took it, but what the step is to keep was not read.
            return Go(FAILED, self.step.failed, "answer_too_large")
        said: Any = input.properties.get("answer")
        answer = cast("dict[str, Any]", said) if isinstance(said, dict) else None
        for capture in self.step.captures:
            keep_value(walk, capture.name, read_path(answer, capture.path))
        return Go("next", self.step.next, str(input.properties.get("status", "")) or None)
