"""A shop whose journey calls a receiver on loopback: the stage of the tests of webhooks."""

from typing import Any
from uuid import UUID

import msgspec

from percorso.channels.web.client import Limits, WebClient
from percorso.courier.calling import call_all
from percorso.db import Database
from percorso.journeys.calls.signing import Seal
from percorso.worker.apply import apply_all
from percorso.worker.main import settle
from tests.support.web_sink import Said, WebSink
from tests.worker.scene import Scene, contact_id

PATIENCE = 60.0
"""Seconds that a claim may be old, so that a busy machine changes nothing."""
SECRET = "a secret of 32 characters or more"
SEAL = Seal(SECRET)
ANNA = contact_id(1)


class Stage:
    """A shop, a receiver, and who calls it."""

    def __init__(self, scene: Scene, sink: WebSink) -> None:
        self.scene = scene
        self.sink = sink
        self.client = WebClient(private_hosts=(sink.host,), limits=Limits(whole_seconds=60))
        self.journey_id = UUID(int=0)

    @property
    def database(self) -> Database:
        return self.scene.database

    async def begin(self, *answers: Any, url: str | None = None, **step: Any) -> None:
        """Publish a journey that calls the receiver, and let Anna enter it."""
        self.sink.answers = list(answers) or [Said()]
        self.journey_id = await self.scene.publish(
            "show", graph(url or self.sink.url(), **step), buckets=(7, 9)
        )
        await self.enter(ANNA)

    async def enter(self, contact: UUID, number: int = 1) -> None:
        """Let a contact enter and be called for."""
        await self.scene.append(
            self.scene.known(contact, number, tier="gold"), self.scene.event(contact, "began", {"order": 17})
        )
        await apply_all(self.database)

    async def call(self) -> int:
        """Make what is due; return how many tries that took."""
        made = await call_all(self.database, self.client, SEAL, begin_seconds=PATIENCE)
        await settle(self.database)
        return made

    async def outcomes(self) -> list[Any]:
        """Return how runs ended, None for those that go on."""
        return [outcome for (outcome,) in await self.scene.rows("runs", "outcome", order="outcome")]

    async def told(self) -> list[tuple[str, dict[str, Any]]]:
        """Return the facts that answered calls, with what they say."""
        rows = await self.scene.rows("facts", "name", "properties", order='bucket, "offset"')
        return [(name, said) for name, said in rows if name.startswith("webhook")]

    async def calls(self, *columns: str) -> list[tuple[Any, ...]]:
        """Return columns of the calls."""
        return await self.scene.rows("webhook_calls", *columns)

    async def tries(self) -> list[tuple[Any, ...]]:
        """Return status and reason of each try."""
        return await self.scene.rows("webhook_tries", "status", "reason", order="call_id, number")


def graph(url: str, **step: Any) -> dict[str, Any]:
    """Return a journey whose outcome tells what was answered: positive for gold, neutral for others, negative: failed."""
    rich = {
        "kind": "test", "source": "captured", "path": "points", "type": "number", "operator": "at_least",
        "operands": [{"kind": "value", "value": 100}],
    }  # fmt: skip
    call = {
        "kind": "webhook",
        "url": url,
        "values": {
            "order": {"kind": "event", "path": "order"},
            "tier": {"kind": "attribute", "path": "tier"},
        },
        "captures": [{"name": "points", "path": "balance.points"}],
        "next": "check",
        "failed": "lost",
    }
    called = call | step
    steps: dict[str, Any] = {
        "call": called,
        "poor": {"kind": "end", "outcome": "neutral"},
        "lost": {"kind": "end", "outcome": "negative"},
    }
    if called["captures"]:
        path = {"id": "rich", "name": "Rich", "condition": rich, "to": "won"}
        steps["check"] = {"kind": "check_now", "paths": [path], "default": "poor"}
        steps["won"] = {"kind": "end", "outcome": "positive"}
    else:
        called["next"] = "poor"
    return {
        "starts": [{"id": "s", "kind": "event", "event": "began"}],
        "first": "call",
        "steps": steps,
        "reentry": {"rule": "every_time"},
    }


def points(number: int) -> Said:
    """Return an answer that says so many points."""
    return Said(200, msgspec.json.encode({"balance": {"points": number}}))
