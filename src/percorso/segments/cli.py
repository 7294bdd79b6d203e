"""`percorso segments`: segments from the command line, for git and for who runs the instance."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TextIO, TypeVar
from uuid import UUID

import click
import msgspec

from percorso.db import Connection
from percorso.kit.output import json_option, print_result
from percorso.processes.command import open_database
from percorso.segments import store
from percorso.segments.actions import create_segment, get_segment, update_segment
from percorso.segments.errors import SegmentError, UnknownSegmentError
from percorso.segments.files import SegmentFile, parse_file, resolve_names, write_file
from percorso.segments.model import Segment
from percorso.workspaces.actions import get_first_workspace_id

Result = TypeVar("Result")


@click.group()
def segments() -> None:
    """List, show and apply segments. Needs PERCORSO_DATABASE_URL, or starts the embedded database."""


@segments.command(name="list")
@click.option("--tag", "tags", multiple=True, help="Only those with one of these tags.")
@json_option
def list_(tags: tuple[str, ...], *, as_json: bool) -> None:
    """Print the segments of the oldest workspace by name: id, state, members, name."""

    async def act(connection: Connection, workspace_id: UUID) -> list[tuple[Segment, int]]:
        found = await store.list_segments(connection, workspace_id, tags=tags or None, size=store.MOST)
        counts = await store.count_members(connection, workspace_id, [segment.id for segment in found])
        return [(segment, counts[segment.id][0]) for segment in found]

    found = _run(act)
    if as_json:
        print_result({"segments": [_result(segment, members) for segment, members in found]}, as_json=True)
        return
    for segment, members in found:
        state = "enabled" if segment.enabled else "disabled"
        click.echo(f"{segment.id}  {state:<8}  {members:>9}  {segment.name}")


@segments.command()
@click.argument("segment")
@json_option
def show(segment: str, *, as_json: bool) -> None:
    """Print SEGMENT (its id or name) as the file that `apply` reads."""

    async def act(connection: Connection, workspace_id: UUID) -> tuple[Segment, dict[UUID, str], int]:
        known = await store.map_segments(connection, workspace_id)
        found = _find(known, segment)
        counts = await store.count_members(connection, workspace_id, [found.id])
        return found, {id: one.name for id, one in known.items()}, counts[found.id][0]

    found, names, members = _run(act)
    if as_json:
        definition = msgspec.to_builtins(found.definition)
        print_result({**_result(found, members), "definition": definition}, as_json=True)
        return
    click.echo(write_file(found, names), nl=False)


@segments.command()
@click.argument("file", type=click.File(encoding="utf-8"))
@json_option
def apply(file: TextIO, *, as_json: bool) -> None:
    """Make the segment in FILE (YAML or JSON, - for standard input), or change the one of its name.

    Applying the same file again changes nothing.
    """
    try:
        written = parse_file(file.read())
    except SegmentError as error:
        raise click.ClickException(str(error)) from None

    async def act(connection: Connection, workspace_id: UUID) -> tuple[Segment, int]:
        segment = await _apply(connection, workspace_id, written)
        counts = await store.count_members(connection, workspace_id, [segment.id])
        return segment, counts[segment.id][0]

    segment, members = _run(act)
    print_result(_result(segment, members), as_json=as_json)


async def _apply(connection: Connection, workspace_id: UUID, written: SegmentFile) -> Segment:
    known = await store.map_segments(connection, workspace_id)
    definition = resolve_names(written.definition, {one.name.lower(): id for id, one in known.items()})
    present = next((one for one in known.values() if one.name.lower() == written.name.lower()), None)
    if present is None:
        return await create_segment(
            connection,
            workspace_id,
            name=written.name,
            definition=definition,
            notes=written.notes,
            tags=written.tags,
            enabled=written.enabled,
        )
    said = (written.name, written.notes, written.tags, written.enabled, definition)
    if said == (present.name, present.notes, present.tags, present.enabled, present.definition):
        return present
    await update_segment(
        connection,
        workspace_id,
        present.id,
        name=written.name,
        notes=written.notes,
        tags=written.tags,
        enabled=written.enabled,
        definition=definition,
    )
    return await get_segment(connection, workspace_id, present.id)


def _find(known: dict[UUID, Segment], name: str) -> Segment:
    for segment in known.values():
        if str(segment.id) == name or segment.name.lower() == name.lower():
            return segment
    raise click.ClickException(str(UnknownSegmentError(name)))


def _result(segment: Segment, members: int) -> dict[str, Any]:
    return {
        "id": str(segment.id),
        "name": segment.name,
        "enabled": segment.enabled,
        "revision": segment.revision,
        "members": members,
        "tags": list(segment.tags),
    }


def _run(act: Callable[[Connection, UUID], Awaitable[Result]]) -> Result:
    """Do `act` in one transaction, in the oldest workspace."""

    async def run() -> Result:
        async with (
            open_database("percorso segments") as database,
            database.transaction("segments.command") as connection,
        ):
            return await act(connection, await get_first_workspace_id(connection))

    try:
        return asyncio.run(run())
    except SegmentError as error:
        raise click.ClickException(str(error)) from None
