"""How many people are on each list."""

from uuid import UUID

from percorso.consent.records import Channel
from percorso.db import Connection
from percorso.reports.model import Shape
from percorso.reports.store import queries


class ListFigures(Shape, frozen=True):
    """How many contacts stand how on a list and channel. A channel on which nobody ever stood is left out."""

    list_id: UUID
    channel: Channel
    subscribed: int
    pending: int
    unsubscribed: int


class ListFiguresPage(Shape, frozen=True):
    """The figures of all lists, by list and channel."""

    items: list[ListFigures]


async def count_lists(connection: Connection, workspace_id: UUID) -> ListFiguresPage:
    """Return how many contacts stand how on each list and channel, counted from the statuses themselves."""
    rows = await queries.fetch(connection, "count_statuses", workspace_id=workspace_id)
    return ListFiguresPage(items=[ListFigures(**dict(row)) for row in rows])
