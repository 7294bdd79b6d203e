"""`percorso users`: who may sign in, from the command line, for who runs the instance."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
import msgspec

from percorso.db import Connection
from percorso.kit.email_address import parse_email_address
from percorso.kit.output import json_option, print_result
from percorso.processes.command import open_database
from percorso.workspaces.actions import create_user, get_first_workspace_id, set_password, set_up_instance
from percorso.workspaces.errors import UnknownUserError
from percorso.workspaces.members import change_member
from percorso.workspaces.model import Language, Member, Narrowing, Role
from percorso.workspaces.secrets import PASSWORD_MINIMUM
from percorso.workspaces.store import list_lists, list_members, list_nodes, list_workspaces

Result = TypeVar("Result")


_list_option = click.option(
    "--list", "lists", multiple=True, help="Narrow the role to this list, by name or id; may be repeated."
)
_node_option = click.option(
    "--node", "nodes", multiple=True, help="Narrow the role to this node, by name or id; may be repeated."
)


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
@_list_option
@_node_option
@json_option
def create(
    email: str,
    *,
    name: str,
    role: Role,
    language: Language,
    password: str,
    lists: tuple[str, ...],
    nodes: tuple[str, ...],
    as_json: bool,
) -> None:
    """Make a user of the oldest workspace and print the password."""
    address = str(parse_email_address(email))
    password = password or secrets.token_urlsafe(PASSWORD_MINIMUM)

    async def act(connection: Connection) -> None:
        workspace_id = await get_first_workspace_id(connection)
        await create_user(
            connection,
            workspace_id=workspace_id,
            email=address,
            name=name or address,
            password=password,
            role=role,
            language=language,
            present=datetime.now(UTC),
            narrowing=await _find_narrowing(connection, workspace_id, lists, nodes),
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


@users.command()
@click.argument("email")
@click.option(
    "--role", type=click.Choice(["owner", "admin", "editor", "viewer"]), help="As it was unless given."
)
@_list_option
@_node_option
@click.option("--everything", is_flag=True, help="Take the narrowing away.")
@json_option
def narrow(
    email: str,
    *,
    role: Role | None,
    lists: tuple[str, ...],
    nodes: tuple[str, ...],
    everything: bool,
    as_json: bool,
) -> None:
    """Narrow a user to lists and nodes of the oldest workspace, and to no others, from the next request on."""
    if everything == bool(lists or nodes):
        raise click.UsageError("Say which lists and nodes the role is narrowed to, or --everything.")

    async def act(connection: Connection) -> Member:
        workspace_id = await get_first_workspace_id(connection)
        known = await list_members(connection, workspace_id)
        member = next((one for one in known if one.email.lower() == email.strip().lower()), None)
        if member is None:
            raise UnknownUserError(email)
        return await change_member(
            connection,
            workspace_id,
            member.id,
            role=role,
            narrowing=await _find_narrowing(connection, workspace_id, lists, nodes),
            by=None,
            caller="command line",
            is_operator=True,
            present=datetime.now(UTC),
        )

    found = _run(act)
    print_result({"email": found.email, "role": found.role, **_tell(found.narrowing)}, as_json=as_json)


async def _find_narrowing(
    connection: Connection, workspace_id: UUID, lists: tuple[str, ...], nodes: tuple[str, ...]
) -> Narrowing:
    """Return the lists and nodes of these names or ids; raises NarrowingError for one that is not there."""
    known_lists = [(row["id"], row["name"]) for row in await list_lists(connection, workspace_id)]
    known_nodes = await list_nodes(connection, workspace_id)
    return Narrowing(_find(lists, known_lists, "list"), _find(nodes, known_nodes, "node"))


def _find(named: tuple[str, ...], known: list[tuple[UUID, str]], kind: str) -> tuple[UUID, ...] | None:
    found = {key: id for id, name in known for key in (str(id), name)}
    for name in named:
        if name not in found:
            raise click.BadParameter(f"There is no {kind} called {name!r}.")
    return tuple(found[name] for name in named) or None


def _tell(narrowing: Narrowing) -> dict[str, Any]:
    return {
        "lists": None if narrowing.lists is None else [str(id) for id in narrowing.lists],
        "nodes": None if narrowing.nodes is None else [str(id) for id in narrowing.nodes],
    }


@users.command(name="list")
@json_option
def list_(*, as_json: bool) -> None:
    """Print who may sign in, workspace by workspace."""

    async def act(connection: Connection) -> list[dict[str, Any]]:
        return [
            {"workspace": workspace.name, **_row(member)}
            for workspace in await list_workspaces(connection)
            for member in await list_members(connection, workspace.id)
        ]

    found = _run(act)
    if as_json:
        print_result({"users": found}, as_json=True)
        return
    for user in found:
        click.echo(f"{user['email']}\t{user['role']}\t{user['name']}\t{user['workspace']}")


def _row(member: Member) -> dict[str, Any]:
    row = msgspec.structs.asdict(member)
    del row["narrowing"]
    return {**row, **_tell(member.narrowing)}


def _run(act: Callable[[Connection], Awaitable[Result]]) -> Result:
    return asyncio.run(_act(act))


async def _act(act: Callable[[Connection], Awaitable[Result]]) -> Result:
    async with (
        open_database("percorso users") as database,
        database.transaction("workspaces.user") as connection,
    ):
        return await act(connection)
