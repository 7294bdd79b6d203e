"""The question before a journey is switched on: who meets its starts already (spec 3.3)."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar.params import FromPath, QueryParameter
from msgspec import structs

from percorso.api.own.caller import TheCaller, TheDatabase
from percorso.api.own.routes import get
from percorso.journeys.activating import count_existing_people
from percorso.reports.model import Shape

ExistingOf = Annotated[
    Literal["draft", "version"] | None,
    QueryParameter(name="of", description="By default the draft, or the newest version where there is none."),
]


class ExistingStartShape(Shape, frozen=True):
    """A start that people may meet already: how many do who never entered (null: counting them takes too long).

    `included`: they enter when the journey is switched on, as `existing` of the start says; else only who comes to meet it
    later does.
    """

    start: str
    included: bool
    people: int | None


class ExistingPeopleShape(Shape, frozen=True):
    """Who meets the starts already, as of `at`. `version`: whose starts these are, null: the draft's."""

    at: datetime
    version: int | None
    starts: list[ExistingStartShape]


@get("/journeys/{id:uuid}/existing")
async def count_existing(
    id: FromPath[UUID], database: TheDatabase, caller: TheCaller, of: ExistingOf = None
) -> ExistingPeopleShape:
    """Before a journey is switched on: how many meet each of its starts already, and whether they are let in then.

    Starts that nobody can meet before something happens are left out. Who meets several is counted for each, and what a
    start asks of the event itself is not judged. The answer to the question is `existing` of the start.
    """
    async with database.request_snapshot(caller.workspace_id) as connection:
        found = await count_existing_people(connection, caller.workspace_id, id, of=of)
    starts = [ExistingStartShape(**structs.asdict(one)) for one in found.starts]
    return ExistingPeopleShape(at=found.at, version=found.version, starts=starts)


HANDLERS = [count_existing]
