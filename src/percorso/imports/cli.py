"""`percorso contacts`: files of contacts brought in, and contacts taken out as CSV."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, cast, get_args
from uuid import UUID, uuid4

import click
import msgspec
from rich.console import Console
from rich.progress import Progress

from percorso.conditions import decode_condition
from percorso.conditions.model import Condition
from percorso.db import Database
from percorso.imports import store
from percorso.imports.actions import check_import, start_import
from percorso.imports.downloading import begin_export, begin_report
from percorso.imports.errors import SettingsError
from percorso.imports.exporting import Audience
from percorso.imports.faults import MORE_CHANGES, NOTHING, say_fault, say_note
from percorso.imports.model import (
    PIECE_BYTES,
    SKIP,
    Evidence,
    ForeseenRow,
    Import,
    Preview,
    Settings,
    Subscribing,
    Target,
    TargetKind,
    ValueType,
)
from percorso.imports.receiving import get_import, look_again, preview_import, receive_file
from percorso.kit.output import json_option, print_result
from percorso.processes.command import open_database
from percorso.workspaces.actions import get_first_workspace_id

_MADE_BY: Final = "command line"
_POLL_SECONDS: Final = 0.3
_HINT_SECONDS: Final = 10.0
_KINDS: Final[dict[str, TargetKind]] = {
    "skip": "skip",
    "email": "email",
    "phone": "phone",
    "externalId": "external_id",
    "userId": "user_id",
}


@click.group()
def contacts() -> None:
    """Bring contacts in from a file, take them out as CSV. Needs PERCORSO_DATABASE_URL, or starts the embedded database."""


@contacts.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="COLUMN=TARGET",
    help="What a column is for: email, phone, externalId, userId, skip, or an attribute path[:type[:format]]. "
    "Columns that are not named are guessed.",
)
@click.option("--list", "list_name", default=None, help="The list that the contacts join, by name or id.")
@click.option("--channel", type=click.Choice(["email", "sms", "push"]), default="email", show_default=True)
@click.option(
    "--status", type=click.Choice(["subscribed", "unsubscribed"]), default="subscribed", show_default=True
)
@click.option("--wording", default="", help="Where the contacts agreed: goes into each consent record.")
@click.option(
    "--evidence", default=None, help="What people who had unsubscribed agreed to since; with --said-at."
)
@click.option(
    "--said-at", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]), default=None, help="When they said so."
)
@click.option("--starts-journeys", is_flag=True, help="Let what the rows say start and move journeys.")
@click.option("--clear-empty", is_flag=True, help="An empty cell clears the attribute.")
@click.option("--encoding", default=None, help="Instead of the guessed one.")
@click.option("--delimiter", default=None, help="Instead of the guessed one.")
@click.option("--header/--no-header", "has_header", default=None, help="Instead of guessing.")
@click.option("--preview", "only_preview", is_flag=True, help="Show how the file would be read, and stop.")
@click.option(
    "--dry-run", is_flag=True, help="Say which rows would be rejected and what others would change, and stop."
)
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Write the report of rejected rows here.",
)
@click.option("--language", type=click.Choice(["it", "en"]), default="en", show_default=True)
@click.option("--wait/--no-wait", default=True, help="Wait until the last row is applied.")
@json_option
def import_(**options: Any) -> None:
    """Import the contacts of FILE (CSV or XLSX) into the oldest workspace."""
    result = asyncio.run(_import(**options))
    print_result(result, as_json=options["as_json"])


async def _import(**options: Any) -> dict[str, Any]:
    async with open_database("percorso contacts") as database:
        async with database.connection() as connection:
            workspace_id = await get_first_workspace_id(connection)
        path: Path = options["file"]
        found = await receive_file(
            database, workspace_id, _read(path), id=uuid4(), file_name=path.name, made_by=_MADE_BY
        )
        asked = {name: options[name] for name in ("encoding", "delimiter", "has_header")}
        async with database.transaction("imports.change") as connection:
            if any(value is not None for value in asked.values()):
                await look_again(connection, workspace_id, found.id, **asked)
            preview = await preview_import(connection, workspace_id, found.id)
            settings = await _settings(connection, workspace_id, preview, options)
            for note in preview.notes:
                click.echo(say_note(note, options["language"]), err=True)
            if options["only_preview"]:
                return _describe_preview(preview, settings)
            begin = check_import if options["dry_run"] else start_import
            await begin(connection, workspace_id, found.id, settings)
        if not options["wait"]:
            return {"id": str(found.id), "state": "checking" if options["dry_run"] else "running"}
        done = await _wait(database, workspace_id, found.id)
        if options["rejects"] is not None and done.counts.rejected:
            await _write_rejects(database, workspace_id, done.id, options["rejects"], options["language"])
        described = _describe(done)
        if options["dry_run"] and done.state == "ready":
            async with database.connection() as connection:
                rows = await store.read_foreseen(connection, workspace_id, done.id)
            _show_foreseen(described, done, rows, options)
        return described


def _show_foreseen(
    described: dict[str, Any], done: Import, rows: list[ForeseenRow], options: dict[str, Any]
) -> None:
    """Tell what the first rows would do: in the object for programs, a line for each change for people."""
    headers = done.layout.headers if done.layout is not None else ()
    lines = [line for row in rows for line in describe_row(row, headers, options["language"])]
    if options["as_json"]:
        described["foreseen"] = lines
        return
    for line in lines:
        click.echo("  ".join(str(part) for part in line.values() if part is not None))


def describe_row(
    row: ForeseenRow, headers: Sequence[str], language: Literal["it", "en"]
) -> list[dict[str, Any]]:
    """Return what one row would do, a line for its fault or for each change: row, outcome, field, why."""
    if row.code is not None:
        field = None if row.column is None else headers[row.column]
        why = say_fault(row.code, row.values, language)
        return [{"row": row.row, "outcome": row.outcome, "field": field, "why": why}]
    lines: list[dict[str, Any]] = [
        {
            "row": row.row,
            "outcome": row.outcome,
            "field": change.path,
            "why": f"{change.before or NOTHING[language]} → {change.after or NOTHING[language]}",
        }
        for change in row.changes
    ]
    if row.more_changes:
        more = MORE_CHANGES[language].format(count=row.more_changes)
        lines.append({"row": row.row, "outcome": row.outcome, "field": None, "why": more})
    return lines


async def _read(path: Path) -> AsyncIterator[bytes]:
    with _open(path) as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _open(path: Path, mode: Literal["rb", "wb"] = "rb") -> BinaryIO:
    return path.open(mode)


async def _settings(
    connection: Any, workspace_id: UUID, preview: Preview, options: dict[str, Any]
) -> Settings:
    layout = preview.found.layout
    assert layout is not None
    targets = list(preview.targets)
    for written in options["maps"]:
        column, _, target = written.partition("=")
        if column not in layout.headers:
            raise click.ClickException(
                f"The file has no column {column!r}; it has: {', '.join(layout.headers)}."
            )
        targets[layout.headers.index(column)] = parse_target(target)
    subscribing: tuple[Subscribing, ...] = ()
    if options["list_name"] is not None:
        list_id = await store.find_list(connection, workspace_id, options["list_name"])
        if list_id is None:
            raise SettingsError("no_such_list")
        subscribing = (Subscribing(list_id, options["channel"], options["status"]),)
    said_at: datetime | None = options["said_at"]
    if (options["evidence"] is None) != (said_at is None):
        raise click.ClickException("--evidence and --said-at belong together.")
    return Settings(
        targets=tuple(targets),
        subscribing=subscribing,
        wording=options["wording"],
        evidence=Evidence(options["evidence"], said_at) if said_at is not None else None,
        starts_journeys=options["starts_journeys"],
        clears_empty=options["clear_empty"],
        time_zone=await store.find_zone(connection, workspace_id),
    )


def parse_target(written: str) -> Target:
    """Return the target that `--map` names; raises ClickException for a type that there is not."""
    if written in _KINDS:
        return Target(_KINDS[written]) if written != "skip" else SKIP
    path, _, rest = written.partition(":")
    kind, _, format = rest.partition(":")
    if kind and kind not in get_args(ValueType):
        raise click.ClickException(f"{kind!r} is no type; types are: {', '.join(get_args(ValueType))}.")
    return Target("attribute", path, cast("ValueType", kind or "text"), format or None)


async def _wait(database: Database, workspace_id: UUID, import_id: UUID) -> Import:
    """Return the import when it has ended, or its dry run has; tell how far it is meanwhile."""
    loop = asyncio.get_running_loop()
    moved_at, last = loop.time(), -1.0
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("importing", total=1.0)
        while True:
            async with database.connection() as connection:
                found = await get_import(connection, workspace_id, import_id)
            if found.finished_at is not None or found.state == "ready":
                return found
            progress.update(task, completed=found.progress)
            if found.progress != last:
                moved_at, last = loop.time(), found.progress
            elif loop.time() - moved_at > _HINT_SECONDS:
                moved_at = loop.time()
                click.echo(
                    "Nothing moves: is a worker running (`percorso up`)? The import waits for it.", err=True
                )
            await asyncio.sleep(_POLL_SECONDS)


async def _write_rejects(
    database: Database, workspace_id: UUID, import_id: UUID, path: Path, language: Literal["it", "en"]
) -> None:
    with _open(path, "wb") as file:
        pieces = await begin_report(database, workspace_id, import_id, language=language, made_by=_MADE_BY)
        async for piece in pieces:
            file.write(piece)


def _describe(found: Import) -> dict[str, Any]:
    counts = found.counts if found.state != "ready" or found.checked is None else found.checked
    return {
        "id": str(found.id),
        "state": "checked" if found.state == "ready" else found.state,
        **msgspec.to_builtins(counts),
    }


def _describe_preview(preview: Preview, settings: Settings) -> dict[str, Any]:
    layout = preview.found.layout
    assert layout is not None
    return {
        "encoding": layout.encoding,
        "delimiter": layout.delimiter,
        "header": layout.has_header,
        "columns": {
            name: msgspec.to_builtins(target)
            for name, target in zip(layout.headers, settings.targets, strict=True)
        },
        "rows": [list(row) for row in preview.rows],
    }


@contacts.command(name="export")
@click.option(
    "--field",
    "fields",
    multiple=True,
    required=True,
    help="A column: email, phone, id, externalId, userId, createdAt, updatedAt, groups, attributes.PATH or "
    "status.LIST.CHANNEL. Repeat it for each.",
)
@click.option("--segment", type=click.UUID, default=None, help="Only members of this segment.")
@click.option("--group", type=click.UUID, default=None, help="Only members of this group.")
@click.option("--list", "list_name", default=None, help="Only who is on this list, by name or id.")
@click.option("--channel", type=click.Choice(["email", "sms", "push"]), default="email", show_default=True)
@click.option(
    "--status",
    type=click.Choice(["subscribed", "pending", "unsubscribed"]),
    default="subscribed",
    show_default=True,
)
@click.option("--condition", type=click.File("rb"), default=None, help="A file with a condition as JSON.")
@click.option("--delimiter", type=click.Choice([",", ";", "\t"]), default=",", show_default=True)
@click.option("--spreadsheet", is_flag=True, help="Begin with the mark by which Excel knows the encoding.")
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Instead of standard output.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Say how many bytes were written, as JSON; needs --output."
)
def export(**options: Any) -> None:
    """Write known contacts of the oldest workspace as CSV, any number of them."""
    if options["as_json"] and options["output"] is None:
        raise click.UsageError("--json goes with --output: standard output holds the CSV.")
    condition: Condition | None = None
    if options["condition"] is not None:
        condition = decode_condition(options["condition"].read())
    asyncio.run(_export(condition, options["fields"], options))


async def _export(condition: Condition | None, fields: Sequence[str], options: dict[str, Any]) -> None:
    async with open_database("percorso contacts") as database:
        async with database.connection() as connection:
            workspace_id = await get_first_workspace_id(connection)
            list_id = None
            if options["list_name"] is not None:
                list_id = await store.find_list(connection, workspace_id, options["list_name"])
                if list_id is None:
                    raise SettingsError("no_such_list")
        pieces = await begin_export(
            database,
            workspace_id,
            fields=tuple(fields),
            audience=Audience(
                options["segment"], options["group"], list_id, options["channel"], options["status"]
            ),
            condition=condition,
            delimiter=options["delimiter"],
            for_spreadsheet=options["spreadsheet"],
            made_by=_MADE_BY,
        )
        path: Path | None = options["output"]
        written = 0
        with nullcontext(sys.stdout.buffer) if path is None else _open(path, "wb") as file:
            async for piece in pieces:
                written += file.write(piece)
            file.flush()
        if options["as_json"]:
            click.echo(json.dumps({"file": str(path), "bytes": written}))
