"""`percorso journeys`: journeys from the command line, for git and for who runs the instance."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TextIO, TypeVar
from uuid import UUID

import click

from percorso.db import Connection
from percorso.journeys import store
from percorso.journeys.actions import get_journey, publish_journey
from percorso.journeys.applying import MOST, apply_journey, find_by_name, search_pattern
from percorso.journeys.definition import Journey
from percorso.journeys.errors import UnknownReferenceError
from percorso.journeys.files import parse_file, write_file
from percorso.kit.output import json_option, print_result
from percorso.processes.command import open_database
from percorso.workspaces.actions import get_first_workspace_id

Result = TypeVar("Result")


@click.group()
def journeys() -> None:
    """List, show, publish and apply journeys. Needs PERCORSO_DATABASE_URL, or starts the embedded database."""


@journeys.command(name="list")
@click.option("--search", default=None, help="Only those with this in their name or description.")
@click.option("--tag", "tags", multiple=True, help="Only those with one of these tags.")
@click.option("--state", "states", multiple=True, help="Only those in one of these states.")
@json_option
def list_(search: str | None, tags: tuple[str, ...], states: tuple[Any, ...], *, as_json: bool) -> None:
    """Print the journeys of the oldest workspace by name: id, state, version, name."""

    async def act(connection: Connection, workspace_id: UUID) -> list[Journey]:
        return await store.search_journeys(
            connection,
            workspace_id,
            pattern=None if search is None else search_pattern(search),
            tags=tags or None,
            states=states or None,
            maximum=MOST,
        )

    found = _run(act)
    if as_json:
        print_result({"journeys": [_result(journey) for journey in found]}, as_json=True)
        return
    for journey in found:
        click.echo(f"{journey.id}  {journey.state:<8}  {journey.version or '-':>3}  {journey.name}")


@journeys.command()
@click.argument("journey")
@json_option
def show(journey: str, *, as_json: bool) -> None:
    """Print JOURNEY (its id or name) as the file that `apply` reads: its draft, else its newest version."""

    async def act(connection: Connection, workspace_id: UUID) -> tuple[Journey, dict[str, Any]]:
        found = await _find(connection, workspace_id, journey)
        graph = found.draft
        if graph is None and found.version is not None:
            graph = await store.find_graph(connection, workspace_id, found.id, found.version)
        return found, graph or {}

    found, graph = _run(act)
    if as_json:
        print_result({**_result(found), "graph": graph}, as_json=True)
        return
    click.echo(write_file(found.name, found.description, found.tags, graph), nl=False)


@journeys.command()
@click.argument("journey")
@json_option
def publish(journey: str, *, as_json: bool) -> None:
    """Publish the draft of JOURNEY (its id or name) as its next version."""

    async def act(connection: Connection, workspace_id: UUID) -> Journey:
        found = await _find(connection, workspace_id, journey)
        await publish_journey(connection, workspace_id, found.id)
        return await get_journey(connection, workspace_id, found.id)

    print_result(_result(_run(act)), as_json=as_json)


@journeys.command()
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--activate", is_flag=True, help="Switch the journey on, if it is not.")
@json_option
def apply(file: TextIO, *, activate: bool, as_json: bool) -> None:
    """Make the journey in FILE (YAML or JSON, - for standard input) or change the one of its name, and publish it.

    Applying the same file again changes nothing.
    """
    written = parse_file(file.read())

    async def act(connection: Connection, workspace_id: UUID) -> Journey:
        return await apply_journey(connection, workspace_id, written, activate=activate)

    print_result(_result(_run(act)), as_json=as_json)


async def _find(connection: Connection, workspace_id: UUID, name: str) -> Journey:
    try:
        return await get_journey(connection, workspace_id, UUID(name))
    except ValueError:
        found = await find_by_name(connection, workspace_id, name)
    if found is None:
        raise UnknownReferenceError([f"journey called “{name}”"])
    return found


def _result(journey: Journey) -> dict[str, Any]:
    return {
        "id": str(journey.id),
        "name": journey.name,
        "state": journey.state,
        "version": journey.version,
        "tags": journey.tags,
    }


def _run(act: Callable[[Connection, UUID], Awaitable[Result]]) -> Result:
    """Do `act` in one transaction, in the oldest workspace."""

    async def run() -> Result:
        async with (
            open_database("percorso journeys") as database,
            database.transaction("journeys.command") as connection,
        ):
            return await act(connection, await get_first_workspace_id(connection))

    return asyncio.run(run())
