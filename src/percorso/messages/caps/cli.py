"""`percorso caps`: the workspace's frequency cap from the command line."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Final, cast, get_args
from uuid import UUID

import click

from percorso.db import Connection
from percorso.kit.output import json_option, print_result
from percorso.messages.caps.actions import set_caps
from percorso.messages.caps.model import MOST, CapChannel, CapRule, Period, Rules
from percorso.messages.caps.store import NO_RULES, list_cap_rules
from percorso.processes.command import open_database
from percorso.workspaces.actions import get_first_workspace_id

_CALLER: Final = "command line"
_NONE: Final = "none"


@click.group()
def caps() -> None:
    """Say how many marketing messages may reach one contact. Needs PERCORSO_DATABASE_URL, or starts the embedded database."""


@caps.command(name="list")
@json_option
def list_(*, as_json: bool) -> None:
    """Print the caps of the oldest workspace: channel.period and how many at most."""
    print_result(_describe(_run(_find)), as_json=as_json)


def _read_rules(
    context: click.Context, parameter: click.Parameter, value: tuple[str, ...]
) -> dict[tuple[CapChannel, Period], int | None]:
    del context, parameter
    found: dict[tuple[CapChannel, Period], int | None] = {}
    for text in value:
        place, equals, number = text.partition("=")
        channel, dot, period = place.partition(".")
        if not (equals and dot) or channel not in get_args(CapChannel) or period not in get_args(Period):
            raise click.BadParameter(f"“{text}” is not CHANNEL.PERIOD=NUMBER, as email.week=3.")
        most = None if number == _NONE else int(number) if number.isascii() and number.isdigit() else 0
        if most is not None and not 1 <= most <= MOST:
            raise click.BadParameter(f"“{number}” is not a number from 1 to {MOST}, or {_NONE}.")
        found[cast("CapChannel", channel), cast("Period", period)] = most
    return found


@caps.command(name="set")
@click.argument(
    "rules", nargs=-1, required=True, callback=_read_rules, metavar="CHANNEL.PERIOD=NUMBER|none..."
)
@json_option
def set_(rules: dict[tuple[CapChannel, Period], int | None], *, as_json: bool) -> None:
    """Change caps of the oldest workspace (email, sms, push; day, week, month); others stay. It holds from now on."""

    async def act(connection: Connection, workspace_id: UUID) -> Rules:
        known = (await _find(connection, workspace_id)).rules
        kept = [rule for rule in known if (rule.channel, rule.period) not in rules]
        given = [
            CapRule(channel, period, most) for (channel, period), most in rules.items() if most is not None
        ]
        await set_caps(connection, workspace_id, [*kept, *given], caller=_CALLER, present=datetime.now(UTC))
        return await _find(connection, workspace_id)

    print_result(_describe(_run(act)), as_json=as_json)


async def _find(connection: Connection, workspace_id: UUID) -> Rules:
    return (await list_cap_rules(connection, [workspace_id])).get(workspace_id, NO_RULES)


def _describe(rules: Rules) -> dict[str, Any]:
    return {f"{rule.channel}.{rule.period}": rule.most for rule in rules.rules}


def _run(act: Callable[[Connection, UUID], Awaitable[Rules]]) -> Rules:
    async def run() -> Rules:
        async with (
            open_database("percorso caps") as database,
            database.transaction("messages.caps") as connection,
        ):
            return await act(connection, await get_first_workspace_id(connection))

    return asyncio.run(run())
