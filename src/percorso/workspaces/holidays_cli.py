"""`percorso holidays`: the workspace's own holiday calendar from the command line."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

import click

from percorso.db import Connection
from percorso.kit.output import json_option, print_result
from percorso.processes.command import open_database
from percorso.workspaces.actions import get_first_workspace_id
from percorso.workspaces.holidays import MOST_DAYS, Holiday, list_holidays, set_holidays

_CALLER: Final = "command line"


class _Day(click.ParamType[date]):
    name = "day"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}” is not a day as YYYY-MM-DD.", param, ctx)


@click.group()
def holidays() -> None:
    """Keep the days on which journeys that follow the calendar (`ownHolidays`) send nothing.

    Needs PERCORSO_DATABASE_URL, or starts the embedded database.
    """


@holidays.command(name="list")
@json_option
def list_(*, as_json: bool) -> None:
    """Print the calendar of the oldest workspace by day."""
    _tell(_run(list_holidays), as_json=as_json)


@holidays.command()
@click.argument("day", type=_Day())
@click.argument("name", default="")
@json_option
def add(day: date, name: str, *, as_json: bool) -> None:
    """Add DAY (YYYY-MM-DD), called NAME; one that is there is called so from now on."""
    _change(lambda days: [*(one for one in days if one.day != day), Holiday(day, name)], as_json=as_json)


@holidays.command()
@click.argument("day", type=_Day())
@json_option
def remove(day: date, *, as_json: bool) -> None:
    """Take DAY (YYYY-MM-DD) out of the calendar."""
    _change(lambda days: [one for one in days if one.day != day], as_json=as_json)


def _change(change: Callable[[list[Holiday]], list[Holiday]], *, as_json: bool) -> None:
    async def act(connection: Connection, workspace_id: UUID) -> list[Holiday]:
        days = change(await list_holidays(connection, workspace_id))
        if len(days) > MOST_DAYS:
            raise click.UsageError(f"A calendar holds at most {MOST_DAYS} days.")
        await set_holidays(connection, workspace_id, days, caller=_CALLER, present=datetime.now(UTC))
        return await list_holidays(connection, workspace_id)

    _tell(_run(act), as_json=as_json)


def _tell(days: list[Holiday], *, as_json: bool) -> None:
    if as_json:
        items = [{"day": one.day.isoformat(), "name": one.name} for one in days]
        print_result({"holidays": items}, as_json=True)
        return
    for one in days:
        click.echo(f"{one.day.isoformat()}  {one.name}".rstrip())


def _run(act: Callable[[Connection, UUID], Awaitable[list[Holiday]]]) -> list[Holiday]:
    async def run() -> list[Holiday]:
        async with (
            open_database("percorso holidays") as database,
            database.transaction("workspaces.holidays") as connection,
        ):
            return await act(connection, await get_first_workspace_id(connection))

    return asyncio.run(run())
