"""`percorso users`: who may sign in, from the command line, for who runs the instance."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from percorso.db import Connection
from percorso.kit.email_address import parse_email_address
from percorso.kit.output import json_option, print_result
from percorso.processes.command import open_database
from percorso.workspaces.actions import create_user, get_first_workspace_id, set_password, set_up_instance
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


@users.command(name="set-up")
@click.argument("email")
@click.option("--workspace", required=True, help="The brand's name; also the first sender's.")
@click.option("--sender", required=True, help="The address that its mail comes from.")
@click.option("--time-zone", default="Europe/Rome", show_default=True, help="IANA name.")
@click.option("--currency", default="EUR", show_default=True, help="ISO 4217.")
@click.option("--language", type=click.Choice(["it", "en"]), default="en", show_default=True)
@click.option("--password", envvar="PERCORSO_PASSWORD", default="", help="One is made up unless given.")
@json_option
def set_up(
    email: str,
    *,
    workspace: str,
    sender: str,
    time_zone: str,
    currency: str,
    language: Language,
    password: str,
    as_json: bool,
) -> None:
    """Make the first workspace of an empty instance, its list and its owner; happens once."""
    address, chosen = str(parse_email_address(email)), password or secrets.token_urlsafe(PASSWORD_MINIMUM)
    check_time_zone(time_zone)

    async def act(connection: Connection) -> None:
        await set_up_instance(
            connection,
            workspace_name=workspace,
            list_name=workspace,
            sender_address=str(parse_email_address(sender)),
            sms_sender=None,
            email=address,
            name=address,
            password=chosen,
            language=language,
            time_zone=time_zone,
            currency=currency,
            present=datetime.now(UTC),
        )

    _run(act)
    print_result({"workspace": workspace, "email": address, "password": chosen}, as_json=as_json)


def check_time_zone(name: str) -> None:
    """Raise click.BadParameter unless this is the name of a time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise click.BadParameter(f"{name!r} is no IANA time zone, such as Europe/Rome.") from None


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
