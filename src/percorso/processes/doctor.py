"""`percorso doctor`: looks at an installation and says, finding by finding, what to do."""

import asyncio
import shutil
import sys
from typing import Any, Literal

import click
import msgspec

from percorso.config import Config, read_config
from percorso.db import Connection, Database, PostgresError
from percorso.db.clock import read_clock
from percorso.db.condition import Condition, SetAside, read_condition
from percorso.db.embedded import EmbeddedServer
from percorso.db.errors import FolderInUseError
from percorso.db.running import find_running_url
from percorso.kit.output import json_option, print_result
from percorso.processes.shell import load_target

OLDEST_POSTGRES = 15
"""The oldest major version of PostgreSQL that is supported."""

_LITTLE_SPACE = 2 * 1024**3
_LONG_LAG = 10_000
_RECOUNT = "percorso.worker.recount:recount_all"
_RECOUNT_SECONDS = 600
_SHOWN = 20

_MARKS = {"ok": "ok  ", "warning": "note", "error": "FAIL"}


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    name: str
    level: Literal["ok", "warning", "error"]
    sentence: str
    """What was found and, unless all is well, what to do."""
    details: list[str] = []
    """One line for each thing that is wrong, at most 20."""


@click.command()
@json_option
@click.option("--recount", is_flag=True, help="Compare every counter with the ledger that it counts.")
@click.option("--repair", is_flag=True, help="With --recount: write what the ledger says.")
def doctor(*, as_json: bool, recount: bool, repair: bool) -> None:
    """Check this installation and say what to do; exits with 1 if something must be mended."""
    if repair and not recount:
        raise click.UsageError("--repair belongs to --recount.")
    findings = asyncio.run(examine(read_config(), recount=recount, repair=repair))
    if as_json:
        print_result({"findings": findings}, as_json=True)
    else:
        for finding in findings:
            click.echo(f"{_MARKS[finding.level]} {finding.name}: {finding.sentence}")
            for detail in finding.details:
                click.echo(f"       {detail}")
    sys.exit(1 if any(finding.level == "error" for finding in findings) else 0)


async def examine(config: Config, *, recount: bool = False, repair: bool = False) -> list[Finding]:
    """Return what was found; starts and ends the embedded database if it is the one in use and does not run."""
    findings = [examine_disk(config)]
    if config.database_url is not None:
        return [*findings, *await _examine_url(config.database_url, recount=recount, repair=repair)]
    server = EmbeddedServer(config.data_folder)
    try:
        await server.start()
    except FolderInUseError:
        # `up` is running: its endpoint is written beside its data.
        url = find_running_url(config.data_folder)
        return [*findings, *await _examine_url(url, recount=recount, repair=repair)]
    try:
        return [*findings, *await _examine_url(server.url(), recount=recount, repair=repair)]
    finally:
        await server.stop()


def examine_disk(config: Config) -> Finding:
    """Return whether the data folder's disk has room."""
    folder = config.data_folder if config.data_folder.exists() else config.data_folder.parent
    free = shutil.disk_usage(folder).free
    sentence = f"{free / 1024**3:.1f} GiB free at {folder}."
    if free < _LITTLE_SPACE:
        return Finding(
            "disk", "warning", f"{sentence} Make room: a full disk stops intake until there is some."
        )
    return Finding("disk", "ok", sentence)


async def _examine_url(url: str, *, recount: bool, repair: bool) -> list[Finding]:
    try:
        database = await Database.open(
            url, maximum=1, name="percorso doctor", statement_timeout_seconds=_RECOUNT_SECONDS
        )
    except (OSError, PostgresError) as error:
        return [Finding("database", "error", f"It cannot be reached: {error}. Check PERCORSO_DATABASE_URL.")]
    try:
        async with database.connection() as connection:
            condition = await read_condition(connection)
            findings = examine_condition(condition)
            if condition.missing_migrations == 0:
                findings.append(
                    examine_second_wall(
                        has_request_role=database.has_request_role,
                        has_narrowed_role=database.has_narrowed_role,
                    )
                )
                findings.append(await _examine_clock(connection))
        if recount and condition.missing_migrations == 0:
            # Named, not imported: what counts stands above what runs it.
            found = await load_target(_RECOUNT)(database, repair=repair)
            findings.append(describe_recount(found, repaired=repair))
        return findings
    finally:
        await database.close()


def examine_condition(condition: Condition) -> list[Finding]:
    """Return what the database's version, schema and lag mean for the operator."""
    version = condition.server_version // 10_000
    findings = [
        Finding("database", "ok", f"PostgreSQL {version}.")
        if version >= OLDEST_POSTGRES
        else Finding("database", "error", f"PostgreSQL {version} is too old: use {OLDEST_POSTGRES} or later.")
    ]
    if condition.missing_migrations:
        sentence = f"{condition.missing_migrations} migrations are missing: run `percorso migrate`."
        return [*findings, Finding("schema", "error", sentence)]
    findings.append(Finding("schema", "ok", "Up to date."))
    lag = f"The worker is {condition.lag} facts behind the log."
    findings.append(
        Finding("worker", "ok", lag)
        if condition.lag <= _LONG_LAG
        else Finding("worker", "warning", f"{lag} Check that it runs, or start more of them.")
    )
    if condition.given_up:
        findings.append(_describe_given_up(condition))
    return findings


def _describe_given_up(condition: Condition) -> Finding:
    details = [f"{one.at:%Y-%m-%d %H:%M:%S} {_name(one)}: {one.error}" for one in condition.newest_given_up]
    sentence = (
        f"{condition.given_up} facts, runs or moments were refused and set aside; everything else went on. "
        "See why below, and please report it."
    )
    return Finding("set aside", "warning", sentence, details)


def _name(one: SetAside) -> str:
    whose = f"of contact {one.contact_id}" if one.contact_id else f"in bucket {one.bucket}"
    if one.run_id is not None:
        return f"run {one.run_id} {whose}"
    if one.due_at is not None:
        what = "shop" if one.segment_id is None else f"segment {one.segment_id}"
        return f"moment {one.due_at:%Y-%m-%d %H:%M:%S} of the {what} {whose}"
    return f"fact {one.offset} {whose}"


def examine_second_wall(*, has_request_role: bool, has_narrowed_role: bool) -> Finding:
    """Return whether requests run behind row-level security, those of narrowed members behind more."""
    if has_request_role and not has_narrowed_role:
        return Finding(
            "second wall",
            "warning",
            "The role percorso_narrowed is missing, so members who are narrowed to lists or nodes are refused "
            "everything. As a superuser, before `percorso migrate` makes the tables: CREATE ROLE percorso_narrowed "
            "NOLOGIN; GRANT percorso_narrowed TO the user of PERCORSO_DATABASE_URL.",
        )
    if has_request_role:
        return Finding("second wall", "ok", "Requests run behind row-level security.")
    return Finding(
        "second wall",
        "warning",
        "The role percorso_request is missing, so only our own queries keep workspaces apart. As a superuser: "
        "CREATE ROLE percorso_request NOLOGIN; GRANT percorso_request TO the user of PERCORSO_DATABASE_URL.",
    )


def describe_recount(found: Any, *, repaired: bool) -> Finding:
    """Return what a recount (`percorso.worker.recount.Recount`) means for the operator."""
    wrong = found.differences
    if not wrong:
        return Finding("counters", "ok", f"{found.counters} counters say what their ledger says.")
    details = [
        f"{each.name} on {each.day}, journey {each.journey_id} version {each.version}, step {each.step or '-'}, "
        f"path {each.path or '-'}, bucket {each.bucket}: counted {each.counted}, recounted {each.recounted}"
        for each in wrong[:_SHOWN]
    ]
    said = f"{len(wrong)} of {found.counters} counters said something else than their ledger"
    if repaired:
        return Finding("counters", "warning", f"{said}; they were put right. Please report it.", details)
    sentence = f"{said}. Run `percorso doctor --recount --repair`, and please report it."
    return Finding("counters", "error", sentence, details)


async def _examine_clock(connection: Connection) -> Finding:
    clock = await read_clock(connection)
    offset = abs(clock.product_at - clock.real_at).total_seconds()
    if clock.rate == 1 and offset < 1:
        return Finding("clock", "ok", "Product time is real time.")
    return Finding(
        "clock",
        "warning",
        f"Product time goes at rate {clock.rate:g} and is {offset:.0f} s off: these are data of a demo or test.",
    )
