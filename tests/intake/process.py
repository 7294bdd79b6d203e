"""A process that takes calls in one after the other and prints the number of each that is durable.

`python -m tests.intake.process URL WORKSPACE NODE`, with FAILPOINTS in its environment.
"""

import asyncio
import sys
from collections.abc import Callable
from uuid import UUID

import msgspec

from percorso.db import Database
from percorso.intake.gather import Gatherer
from percorso.intake.model import Source, Taking
from percorso.intake.reading import Frame, read_call

CALLS = (
    {"type": "identify", "userId": "u1", "anonymousId": "a1", "traits": {"firstName": "Ada"}},
    {"type": "track", "event": "viewedProduct", "userId": "u1"},
    {"type": "track", "event": "viewedProduct", "anonymousId": "a2"},
    {"type": "identify", "userId": "u1", "anonymousId": "a2", "traits": {}},
)
"""A contact, an event of it, a visitor, and that the visitor is the contact: who is made, met and merged."""


async def send(database: Database, workspace_id: UUID, node_id: UUID, note: Callable[[int], None]) -> None:
    """Take the calls in, in order; tell `note` the number of each that is durable."""
    gatherer = Gatherer(database)
    source = Source(node=gatherer.node(workspace_id, node_id), is_server=True, list_ids=())
    for number, call in enumerate(CALLS):
        raw = msgspec.json.encode({**call, "messageId": f"m{number}"})
        await gatherer.take_in(Taking([read_call(raw, Frame(source))], []))
        note(number)


async def main() -> None:
    """Do it, and print."""
    url, workspace_id, node_id = sys.argv[1:]
    database = await Database.open(url, name="test")
    await send(database, UUID(workspace_id), UUID(node_id), lambda number: print(number, flush=True))
    await database.close()


if __name__ == "__main__":
    asyncio.run(main())
