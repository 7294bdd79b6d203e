"""The workspace's own holiday calendar, beside the public ones that the product knows."""

from datetime import date
from typing import Annotated

from litestar.params import JSONBody
from msgspec import Meta

from percorso.api.own.caller import TheCaller, TheDatabase, present
from percorso.api.own.routes import get, put
from percorso.reports.model import Shape
from percorso.workspaces.holidays import MOST_DAYS, Holiday, list_holidays, set_holidays


class HolidayShape(Shape, frozen=True, forbid_unknown_fields=True):
    """A day on which nothing is sent, and what it is called."""

    day: date
    name: Annotated[str, Meta(max_length=200)] = ""


class HolidayCalendar(Shape, frozen=True, forbid_unknown_fields=True):
    """The days of a workspace, by day."""

    items: Annotated[list[HolidayShape], Meta(max_length=MOST_DAYS)]


@get("/holidays")
async def get_holidays(database: TheDatabase, caller: TheCaller) -> HolidayCalendar:
    """The workspace's own holiday calendar."""
    async with database.request_snapshot(caller.workspace_id) as connection:
        found = await list_holidays(connection, caller.workspace_id)
    return HolidayCalendar(items=[HolidayShape(day=one.day, name=one.name) for one in found])


@put("/holidays")
async def put_holidays(
    data: JSONBody[HolidayCalendar], database: TheDatabase, caller: TheCaller
) -> HolidayCalendar:
    """Make the calendar be as given. Journeys that follow it (`ownHolidays`) send nothing on its days from now on."""
    days = [Holiday(one.day, one.name) for one in data.items]
    async with database.request_transaction(caller.workspace_id) as connection:
        await set_holidays(connection, caller.workspace_id, days, caller=caller.name, present=present())
        found = await list_holidays(connection, caller.workspace_id)
    return HolidayCalendar(items=[HolidayShape(day=one.day, name=one.name) for one in found])


HANDLERS = [get_holidays, put_holidays]
