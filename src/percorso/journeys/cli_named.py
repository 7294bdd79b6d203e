"""What the commands of `percorso journeys` share: the workspace they work on, the journey that is named."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar
from uuid import UUID

import click

from percorso.db import Connection
from percorso.journeys.actions import get_journey
from percorso.journeys.applying import find_by_name
from percorso.journeys.approving import Person, find_proposal
from percorso.journeys.definition import Journey
from percorso.journeys.errors import UnknownReferenceError
from percorso.processes.command import open_database
from percorso.workspaces.actions import get_first_workspace_id

CALLER: Final = "command line"
"""Who the audit and a run's trace say did it."""

OPERATOR: Final = Person(CALLER, CALLER)
"""Who proposes and approves from here."""

Result = TypeVar("Result")


async def find_named(connection: Connection, workspace_id: UUID, name: str) -> Journey:
    """Return the journey of this id or name; raises UnknownReferenceError and what `get_journey` raises."""
    try:
        return await get_journey(connection, workspace_id, UUID(name))
    except ValueError:
        found = await find_by_name(connection, workspace_id, name)
    if found is None:
        raise UnknownReferenceError([f"journey called “{name}”"])
    return found


def describe_journey(journey: Journey) -> dict[str, Any]:
    """Return what a command prints of a journey."""
    return {
        "id": str(journey.id),
        "name": journey.name,
        "state": journey.state,
        "version": journey.version,
        "tags": journey.tags,
    }


async def tell_proposed(connection: Connection, workspace_id: UUID, journey_id: UUID) -> None:
    """Say on standard error that a journey waits for somebody to approve, where it does."""
    proposal = await find_proposal(connection, workspace_id, journey_id)
    if proposal is not None:
        click.echo(f"Proposed by {proposal.by.name}: somebody else approves it.", err=True)


def run_command(act: Callable[[Connection, UUID], Awaitable[Result]]) -> Result:
    """Do `act` in one transaction, in the oldest workspace."""

    async def run() -> Result:
        async with (
            open_database("percorso journeys") as database,
            database.transaction("journeys.command") as connection,
        ):
            return await act(connection, await get_first_workspace_id(connection))

    return asyncio.run(run())
