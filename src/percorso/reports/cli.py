"""`percorso fields`: the declared attributes of the oldest workspace, for who runs the instance."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, get_args
from uuid import UUID

import click
import msgspec

from percorso.contacts.fields.actions import declare_field, delete_field, get_field, update_field
from percorso.contacts.fields.model import Field, FieldType, Labels
from percorso.contacts.fields.store import list_fields
from percorso.db import Connection
from percorso.kit.output import json_option, print_result
from percorso.processes.command import open_database
from percorso.reports.fields import check_format, list_seen
from percorso.workspaces.actions import get_first_workspace_id

Result = TypeVar("Result")


@click.group()
def fields() -> None:
    """List, declare and delete fields. Needs PERCORSO_DATABASE_URL, or starts the embedded database."""


@fields.command(name="list")
@click.option("--all", "with_standard", is_flag=True, help="The standard ones, too.")
@json_option
def list_(*, with_standard: bool, as_json: bool) -> None:
    """Print the declared fields: path, type, labels."""
    found = [field for field in _run(list_fields).values() if with_standard or not field.is_standard]
    if as_json:
        print_result({"fields": [msgspec.to_builtins(field) for field in found]}, as_json=True)
        return
    for field in found:
        click.echo(f"{field.path:<32}  {field.type:<9}  {field.labels.it} / {field.labels.en}")


@fields.command()
@click.argument("path")
@click.option(
    "--type", "type_", type=click.Choice(get_args(FieldType)), required=True, help="How it is read."
)
@click.option("--it", "italian", required=True, help="What it is called in Italian.")
@click.option("--en", "english", required=True, help="What it is called in English.")
@click.option("--format", "format_", default=None, help="The text format of a date: dd/MM/yyyy for example.")
@click.option("--default", default=None, help="Stands in where the value is empty: JSON, or a text.")
@click.option("--required", is_flag=True, help="Contacts without it are reported.")
@click.option("--hidden", is_flag=True, help="Not shown by itself.")
@json_option
def declare(
    path: str,
    type_: Any,
    italian: str,
    english: str,
    format_: str | None,
    default: str | None,
    *,
    required: bool,
    hidden: bool,
    as_json: bool,
) -> None:
    """Declare the field at PATH, or make it be as given."""
    field = Field(
        path=path,
        labels=Labels(it=italian, en=english),
        type=type_,
        format=format_,
        default=_read_default(default),
        required=required,
        hidden=hidden,
    )
    check_format(field)

    async def act(connection: Connection, workspace_id: UUID) -> Field:
        if path in await list_fields(connection, workspace_id):
            return await update_field(connection, workspace_id, field)
        return await declare_field(connection, workspace_id, field)

    print_result(msgspec.to_builtins(_run(act)), as_json=as_json)


@fields.command()
@click.argument("path")
@json_option
def delete(path: str, *, as_json: bool) -> None:
    """Declare the field at PATH no more; values stay as they are."""

    async def act(connection: Connection, workspace_id: UUID) -> Field:
        field = await get_field(connection, workspace_id, path)
        await delete_field(connection, workspace_id, path)
        return field

    print_result({"deleted": _run(act).path}, as_json=as_json)


@fields.command()
@json_option
def seen(*, as_json: bool) -> None:
    """Print what the newest contacts hold that nobody declared, with types and how often."""
    found = _run(list_seen)
    if as_json:
        print_result(msgspec.to_builtins(found), as_json=True)
        return
    for field in found.undeclared:
        click.echo(f"{field.path:<32}  {field.contacts:>6}  {', '.join(field.types)}")


def _read_default(text: str | None) -> Any:
    if text is None:
        return None
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _run(act: Callable[[Connection, UUID], Awaitable[Result]]) -> Result:
    async def run() -> Result:
        async with (
            open_database("percorso fields") as database,
            database.transaction("contacts.command") as connection,
        ):
            return await act(connection, await get_first_workspace_id(connection))

    return asyncio.run(run())
