"""`percorso users`: who may sign in, from the command line, for who runs the instance."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from percorso.db import Connection
from percorso.kit.email_address import parse_email_address
from percorso.kit.output import json_option, print_result
from percorso.processes.command import open_database
from percorso.workspaces.actions import create_user, get_first_workspace_id, set_password
from percorso.workspaces.model import Language, Role
from percorso.workspaces.secrets import PASSWORD_MINIMUM
from percorso.workspaces.store import list_users, list_workspaces

Result = TypeVar("Result")


@click.group()
def users() -> None:
    """Add users, set passwords, see who may sign in. Needs PERCORSO_DATABASE_URL, or a running `percorso up`."""


@users.command()
@click.argument("email")
@click.option("--name", default="", help="As shown in the application; the address unless given.")
@click.option(
    "--role", type=click.Choice(["owner", "admin", "editor", "viewer"]), default="editor", show_default=True
)
@click.option("--language", type=click.Choice(["it", "en"]), default="en", show_default=True)
@click.option("--password", envvar="PERCORSO_PASSWORD", default="", help="One is made up unless given.")
@json_option
def create(email: str, *, name: str, role: Role, language: Language, password: str, as_json: bool) -> None:
    """Make a user of the oldest workspace and print the password."""
    address = str(parse_email_address(email))
    password = password or secrets.token_urlsafe(PASSWORD_MINIMUM)

    async def act(connection: Connection) -> None:
        await create_user(
            connection,
            workspace_id=await get_first_workspace_id(connection),
            email=address,
            name=name or address,
            password=password,
            role=role,
            language=language,
            present=datetime.now(UTC),
        )

    _run(act)
    print_result({"email": address, "role": role, "password": password}, as_json=as_json)


@users.command()
@click.argument("email")
@click.option("--password", envvar="PERCORSO_PASSWORD", default="", help="One is made up unless given.")
@json_option
def password(email: str, *, password: str, as_json: bool) -> None:
    """Give a user a new password; every session of theirs ends."""
    chosen = password or secrets.token_urlsafe(PASSWORD_MINIMUM)

    async def act(connection: Connection) -> None:
        await set_password(connection, email=email, password=chosen, present=datetime.now(UTC))

    _run(act)
    print_result({"email": email, "password": chosen}, as_json=as_json)


@users.command(name="list")
@json_option
def list_(*, as_json: bool) -> None:
    """Print who may sign in, workspace by workspace."""

    async def act(connection: Connection) -> list[dict[str, Any]]:
        return [
            {"workspace": workspace.name, **user}
            for workspace in await list_workspaces(connection)
            for user in await list_users(connection, workspace.id)
        ]

    found = _run(act)
    if as_json:
        print_result({"users": found}, as_json=True)
        return
    for user in found:
        click.echo(f"{user['email']}\t{user['role']}\t{user['name']}\t{user['workspace']}")


def _run(act: Callable[[Connection], Awaitable[Result]]) -> Result:
    return asyncio.run(_act(act))


async def _act(act: Callable[[Connection], Awaitable[Result]]) -> Result:
    async with (
        open_database("percorso users") as database,
        database.transaction("workspaces.user") as connection,
    ):
        return await act(connection)
