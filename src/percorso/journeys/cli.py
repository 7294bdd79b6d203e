"""`percorso journeys`: journeys from the command line, for git and for who runs the instance."""

from datetime import UTC, datetime
from typing import Any, TextIO
from uuid import UUID

import click

from percorso.db import Connection
from percorso.journeys import store
from percorso.journeys.actions import get_journey
from percorso.journeys.applying import (
    MOST,
    apply_journey,
    find_present,
    find_time_zone,
    find_versions,
    plan_journey,
    search_pattern,
    try_file,
)
from percorso.journeys.approving import publish_or_propose
from percorso.journeys.canonical import write_journey
from percorso.journeys.carried import list_uncarried
from percorso.journeys.check import check_graph
from percorso.journeys.cli_files import JOURNEY_FILE, LANGUAGE, describe_findings, ready, run_tests
from percorso.journeys.cli_named import (
    OPERATOR,
    describe_journey,
    find_named,
    run_command,
    tell_proposed,
)
from percorso.journeys.cli_running import RUNNING
from percorso.journeys.definition import Journey, convert_graph
from percorso.journeys.diff import Language, describe_differences
from percorso.journeys.files import parse_file
from percorso.journeys.lint import Surroundings, lint_graph, may_be_activated
from percorso.journeys.people.actions import Preview, preview_graph, preview_publishing
from percorso.journeys.people.cli import describe_preview, read_plan, with_plan
from percorso.journeys.portable import replace_references
from percorso.kit.output import json_option, print_result


@click.group()
def journeys() -> None:
    """List, show, publish and apply journeys. Needs PERCORSO_DATABASE_URL, or starts the embedded database."""


journeys.add_command(run_tests)
journeys.add_command(ready)
for command in RUNNING:
    journeys.add_command(command)


@journeys.command(name="list")
@click.option("--search", default=None, help="Only those with this in their name or description.")
@click.option("--tag", "tags", multiple=True, help="Only those with one of these tags.")
@click.option("--state", "states", multiple=True, help="Only those in one of these states.")
@json_option
def list_(search: str | None, tags: tuple[str, ...], states: tuple[Any, ...], *, as_json: bool) -> None:
    """Print the journeys of the oldest workspace by name: id, state, version, name."""

    async def act(connection: Connection, workspace_id: UUID) -> list[Journey]:
        return await store.search_journeys(
            connection,
            workspace_id,
            pattern=None if search is None else search_pattern(search),
            tags=tags or None,
            states=states or None,
            maximum=MOST,
        )

    found = run_command(act)
    if as_json:
        print_result({"journeys": [describe_journey(journey) for journey in found]}, as_json=True)
        return
    for journey in found:
        click.echo(f"{journey.id}  {journey.state:<8}  {journey.version or '-':>3}  {journey.name}")


@journeys.command()
@click.argument("journey")
@json_option
def show(journey: str, *, as_json: bool) -> None:
    """Print JOURNEY (its id or name) as the file that `apply` reads, written the one way: its draft, else its newest version."""

    async def act(connection: Connection, workspace_id: UUID) -> tuple[Journey, dict[str, Any]]:
        found = await find_named(connection, workspace_id, journey)
        return found, await find_present(connection, found) or {}

    found, graph = run_command(act)
    if as_json:
        print_result({**describe_journey(found), "graph": graph}, as_json=True)
        return
    text = write_journey(found.name, found.description, found.tags, convert_graph(graph), found.tests)
    click.echo(text, nl=False)


@journeys.command()
@click.argument("journey")
@click.option("--again", type=int, default=None, help="Publish this version once more, instead of the draft.")
@click.option(
    "--copy-templates", "copies", is_flag=True, help="Send copies of messages that another journey sends."
)
@click.option("--preview", is_flag=True, help="Only say what would become of those inside; change nothing.")
@with_plan
@LANGUAGE
@json_option
def publish(
    journey: str,
    again: int | None,
    inside: str,
    steps: dict[str, str],
    waits: str,
    language: Language,
    *,
    preview: bool,
    copies: bool,
    as_json: bool,
) -> None:
    """Publish the draft of JOURNEY (its id or name) as its next version, or an earlier version again."""
    plan = read_plan(inside, steps, waits)

    async def act(connection: Connection, workspace_id: UUID) -> Journey | Preview:
        found = await find_named(connection, workspace_id, journey)
        if preview:
            return await preview_publishing(connection, workspace_id, found.id, plan, again=again)
        await publish_or_propose(
            connection, workspace_id, found.id, by=OPERATOR, plan=plan, again=again, copies=copies
        )
        await tell_proposed(connection, workspace_id, found.id)
        return await get_journey(connection, workspace_id, found.id)

    done = run_command(act)
    if isinstance(done, Journey):
        print_result(describe_journey(done), as_json=as_json)
        return
    said = describe_preview(done, language)
    if as_json:
        print_result({"version": done.number, "people": said}, as_json=True)
        return
    for sentence in said:
        click.echo(sentence)


@journeys.command()
@JOURNEY_FILE
@LANGUAGE
@json_option
def lint(file: TextIO, language: Language, *, as_json: bool) -> None:
    """Print what the check before activation finds in FILE by itself; ends with 1 where something must be mended.

    What only a workspace knows (templates, senders, events seen) is asked when the journey is published.
    """
    graph = convert_graph(replace_references(parse_file(file.read()).graph))
    findings = lint_graph(graph, Surroundings(now=datetime.now(UTC)))
    if as_json:
        print_result({"findings": describe_findings(findings, language)}, as_json=True)
    else:
        for finding in findings:
            click.echo(f"{finding.severity}: {finding.at or '-'}: {finding.say(language)}")
    if not may_be_activated(findings):
        raise SystemExit(1)


@journeys.command()
@JOURNEY_FILE
@with_plan
@LANGUAGE
@json_option
def plan(
    file: TextIO, inside: str, steps: dict[str, str], waits: str, language: Language, *, as_json: bool
) -> None:
    """Print what `apply` would do with FILE: make, change or leave the journey, what differs, who inside goes where,
    which tests fail.

    Nothing is changed. Ends with 1 where `apply` would refuse the file.
    """
    written, asked = parse_file(file.read()), read_plan(inside, steps, waits)

    async def act(connection: Connection, workspace_id: UUID) -> dict[str, Any]:
        found, before, after = await plan_journey(connection, workspace_id, written)
        faults = [*check_graph(after), *list_uncarried(after)]
        trials = [] if faults else try_file(written, await find_time_zone(connection, workspace_id))
        differences = [] if before is None else describe_differences(before, after, language)
        failed = [trial.name for trial in trials if trial.mismatches]
        is_same = found is not None and found.draft is None and not differences
        if found is not None and is_same:
            said = (found.description, tuple(found.tags), tuple(found.tests))
            is_same = said == (written.description, written.tags, written.tests)
        verb = "make" if found is None else "leave" if is_same else "change"
        refused = [fault.say(language) for fault in faults]
        people: list[str] = []
        if found is not None and not is_same and not faults:
            people = describe_preview(await preview_graph(connection, found, after, asked), language)
        return {
            "journey": written.name,
            "verb": verb,
            "differences": differences,
            "people": people,
            "faults": refused,
            "failed": failed,
        }

    planned = run_command(act)
    if as_json:
        print_result(planned, as_json=True)
    else:
        click.echo(f"{planned['verb']}: {planned['journey']}")
        for sentence in (*planned["differences"], *planned["people"], *planned["faults"]):
            click.echo(f"  {sentence}")
        for name in planned["failed"]:
            click.echo(f"  FAIL  {name}")
    if planned["faults"] or planned["failed"]:
        raise SystemExit(1)


@journeys.command()
@click.argument("journey")
@click.option(
    "--from", "since", type=int, default=None, help="The version before; by default the newest one."
)
@click.option("--to", "until", type=int, default=None, help="The version after; by default the draft.")
@LANGUAGE
@json_option
def diff(journey: str, since: int | None, until: int | None, language: Language, *, as_json: bool) -> None:
    """Print in words what differs between two versions of JOURNEY (its id or name), or its newest and its draft."""

    async def act(connection: Connection, workspace_id: UUID) -> list[str]:
        found = await find_named(connection, workspace_id, journey)
        before, after = await find_versions(connection, found, since, until)
        return describe_differences(before, after, language)

    differences = run_command(act)
    if as_json:
        print_result({"differences": differences}, as_json=True)
        return
    for sentence in differences:
        click.echo(sentence)


@journeys.command()
@JOURNEY_FILE
@click.option("--activate", is_flag=True, help="Switch the journey on, if it is not.")
@with_plan
@json_option
def apply(
    file: TextIO, inside: str, steps: dict[str, str], waits: str, *, activate: bool, as_json: bool
) -> None:
    """Make the journey in FILE (YAML or JSON, - for standard input) or change the one of its name, and publish it.

    Applying the same file again changes nothing. Tests that it carries are run first; where one fails, nothing changes.
    """
    written, asked = parse_file(file.read()), read_plan(inside, steps, waits)

    async def act(connection: Connection, workspace_id: UUID) -> Journey:
        applied = await apply_journey(
            connection, workspace_id, written, activate=activate, by=OPERATOR, plan=asked
        )
        await tell_proposed(connection, workspace_id, applied.id)
        return applied

    print_result(describe_journey(run_command(act)), as_json=as_json)
