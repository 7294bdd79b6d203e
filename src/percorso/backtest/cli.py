"""`percorso journeys backtest`: what a journey made of the past, told again from the log."""

import asyncio
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import click
import msgspec

from percorso.backtest.actions import SHARES, Asked, replay_journey
from percorso.backtest.model import Report, Span
from percorso.backtest.words import describe_report
from percorso.db.clock import read_product_time
from percorso.journeys.cli import journeys
from percorso.journeys.cli_files import LANGUAGE
from percorso.journeys.cli_named import find_named
from percorso.journeys.diff import Language
from percorso.kit.output import json_option, print_result
from percorso.processes.command import open_database
from percorso.workspaces.actions import get_first_workspace_id

DAYS: Final = 30


@journeys.command()
@click.argument("journey")
@click.option("--days", type=click.IntRange(1, 3_650), default=DAYS, show_default=True, help="How far back.")
@click.option(
    "--sample",
    type=click.IntRange(1, SHARES),
    default=SHARES,
    show_default=True,
    help="For so many of a thousand contacts, always the same ones.",
)
@LANGUAGE
@json_option
def backtest(journey: str, days: int, sample: int, language: Language, *, as_json: bool) -> None:
    """Tell JOURNEY (its id or name) again from the log: figures of the last days, and how far production differs.

    Every run is told from its beginning, however long ago; the figures are those of the span. Nothing is written. It
    reads the whole log of the workspace once. Ends with 1 where a run differs from what production keeps.
    """
    report = asyncio.run(_backtest(journey, days, sample))
    if as_json:
        result: dict[str, Any] = msgspec.to_builtins(report)
        print_result(result, as_json=True)
    else:
        for sentence in describe_report(report, language):
            click.echo(sentence)
    if report.differing:
        raise SystemExit(1)


async def _backtest(name: str, days: int, sample: int) -> Report:
    async with open_database("percorso journeys backtest") as database:
        async with database.connection() as connection:
            workspace_id: UUID = await get_first_workspace_id(connection)
            journey_id = (await find_named(connection, workspace_id, name)).id
            until = await read_product_time(connection)
        span = Span(until - timedelta(days=days), until)
        return await replay_journey(database, workspace_id, Asked(journey_id, span, sample), told=_tell)


def _tell(done: int, buckets: int) -> None:
    """Say on standard error how far it is."""
    click.echo(f"\r{done}/{buckets}", nl=done == buckets, err=True)


__all__ = ["backtest", "journeys"]
