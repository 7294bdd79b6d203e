"""`percorso journeys existing|approve|activate|pause|resume|archive|enter|move|remove`: journeys that run, and who is inside."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Final, Literal
from uuid import UUID, uuid4

import click
import msgspec

from percorso.db import Connection
from percorso.journeys.actions import (
    activate_journey,
    archive_journey,
    get_journey,
    pause_journey,
    resume_journey,
)
from percorso.journeys.activating import ExistingPeople, count_existing_people
from percorso.journeys.approving import approve as approve_journey
from percorso.journeys.ceilings import find_question
from percorso.journeys.cli_files import LANGUAGE
from percorso.journeys.cli_named import CALLER, OPERATOR, describe_journey, find_named, run_command
from percorso.journeys.definition import Journey
from percorso.journeys.diff import Language
from percorso.journeys.errors import UnknownReferenceError
from percorso.journeys.graph import Outcome
from percorso.journeys.people.actions import (
    count_late_people,
    move_people,
    move_run,
    remove_people,
    remove_run,
)
from percorso.journeys.people.entering import HandedIn, hand_in
from percorso.journeys.people.inside import Late
from percorso.journeys.people.store import list_named, list_runs_of
from percorso.journeys.people.words import describe_existing, describe_late
from percorso.kit.output import json_option, print_result
from percorso.workspaces.audit import Action, record_audit

_JOURNEY: Final = click.argument("journey")


@click.command()
@_JOURNEY
@click.option(
    "--of", type=click.Choice(["draft", "version"]), help="Whose starts; by default the draft's, if any."
)
@LANGUAGE
@json_option
def existing(
    journey: str, of: Literal["draft", "version"] | None, language: Language, *, as_json: bool
) -> None:
    """Print how many meet the starts of JOURNEY (its id or name) already, and whether they enter when it is switched on."""

    async def act(connection: Connection, workspace_id: UUID) -> ExistingPeople:
        found = await find_named(connection, workspace_id, journey)
        return await count_existing_people(connection, workspace_id, found.id, of=of)

    counted = run_command(act)
    if as_json:
        starts = [
            {"start": one.start, "included": one.included, "people": one.people} for one in counted.starts
        ]
        print_result({"version": counted.version, "starts": starts}, as_json=True)
        return
    for one in counted.starts:
        click.echo(describe_existing(one.start, one.people, language, included=one.included))


@click.command()
@_JOURNEY
@json_option
def approve(journey: str, *, as_json: bool) -> None:
    """Publish JOURNEY (its id or name) as somebody else proposed, where the workspace needs a second person."""

    async def act(connection: Connection, workspace_id: UUID, journey_id: UUID) -> None:
        await approve_journey(connection, workspace_id, journey_id, by=OPERATOR)

    _change(journey, act, as_json=as_json)


@click.command()
@_JOURNEY
@json_option
def activate(journey: str, *, as_json: bool) -> None:
    """Switch on the newest version of JOURNEY (its id or name); `existing` says before who enters at once."""
    _change(journey, activate_journey, as_json=as_json)


@click.command()
@_JOURNEY
@json_option
def pause(journey: str, *, as_json: bool) -> None:
    """Stop entries and messages of JOURNEY (its id or name); waits go on, removals and goals act."""
    _change(journey, pause_journey, as_json=as_json)


@click.command()
@_JOURNEY
@json_option
def archive(journey: str, *, as_json: bool) -> None:
    """Put JOURNEY (its id or name) away for good."""
    _change(journey, archive_journey, as_json=as_json)


@click.command()
@_JOURNEY
@click.option(
    "--late",
    type=click.Choice(["send", "skip", "remove"]),
    default="send",
    show_default=True,
    help="Messages that could not leave meanwhile leave now, are skipped, or their contacts leave the journey.",
)
@click.option("--preview", is_flag=True, help="Only say whom that is about; change nothing.")
@LANGUAGE
@json_option
def resume(journey: str, late: Late, language: Language, *, preview: bool, as_json: bool) -> None:
    """Let contacts enter JOURNEY (its id or name) and messages leave again."""

    async def look(connection: Connection, workspace_id: UUID) -> dict[str, int]:
        found = await find_named(connection, workspace_id, journey)
        return (await count_late_people(connection, workspace_id, found.id)).steps

    async def act(connection: Connection, workspace_id: UUID, journey_id: UUID) -> None:
        question = await find_question(connection, journey_id)
        await resume_journey(connection, workspace_id, journey_id, late=late, by=CALLER)
        if late != "send" or question is not None:
            detail = {"late": late} | ({} if question is None else {"answered": question.code})
            await _audit(connection, workspace_id, "journey.resumed", journey_id, detail)

    if not preview:
        _change(journey, act, as_json=as_json)
        return
    steps = run_command(look)
    if as_json:
        print_result({"steps": steps}, as_json=True)
        return
    for step, people in steps.items():
        click.echo(describe_late(step, people, language))


def _read_values(context: click.Context, parameter: click.Parameter, value: str) -> dict[str, Any]:
    """Return the JSON object that was given; raises BadParameter."""
    del context, parameter
    try:
        return msgspec.json.decode(value, type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise click.BadParameter(f"This is no JSON object: {error}") from None


@click.command()
@_JOURNEY
@click.option("--contact", "contacts", multiple=True, required=True, help="Who enters: an email, or an id.")
@click.option(
    "--values", callback=_read_values, default="{}", help="A JSON object that the start's captures read."
)
@json_option
def enter(journey: str, contacts: tuple[str, ...], values: dict[str, Any], *, as_json: bool) -> None:
    """Let contacts into JOURNEY (its id or name), which has a pushed start and is switched on.

    Its condition, re-entry rule and options decide as for everybody else.
    """

    async def act(connection: Connection, workspace_id: UUID, journey_id: UUID) -> None:
        people: list[HandedIn] = []
        for contact in contacts:
            found = await list_named(connection, workspace_id, contact.strip())
            if not found:
                raise UnknownReferenceError([f"contact “{contact}”"])
            people += [HandedIn(len(people), id, values) for id in found]
        await _audit(connection, workspace_id, "journey.people_added", journey_id, {"contacts": len(people)})
        await hand_in(connection, workspace_id, journey_id, people, source="hand", cause=uuid4())

    _change(journey, act, as_json=as_json)


@click.command()
@_JOURNEY
@click.argument("to")
@click.option("--step", help="Everybody who stands at this step.")
@click.option("--contact", help="Only this contact: an email, or an id.")
@json_option
def move(journey: str, to: str, step: str | None, contact: str | None, *, as_json: bool) -> None:
    """Let who is inside JOURNEY (its id or name) go on from the step TO of its newest version.

    A worker carries it out, one contact after the other; who has moved on before its turn is left alone.
    """
    _check_whom(step, contact)

    async def act(connection: Connection, workspace_id: UUID, journey_id: UUID) -> None:
        if step is not None:
            await move_people(connection, workspace_id, journey_id, step, to=to, by=CALLER)
            await _audit(
                connection, workspace_id, "journey.people_moved", journey_id, {"step": step, "to": to}
            )
            return
        for run_id in await _list_runs(connection, workspace_id, journey_id, contact or ""):
            run = await move_run(connection, workspace_id, run_id, to, by=CALLER)
            detail = {"run": str(run_id), "journey": str(journey_id), "step": run.step, "to": to}
            await _audit(connection, workspace_id, "run.moved", run.contact_id, detail)

    _change(journey, act, as_json=as_json)


@click.command()
@_JOURNEY
@click.option("--step", help="Everybody who stands at this step.")
@click.option("--contact", help="Only this contact: an email, or an id.")
@click.option(
    "--outcome",
    type=click.Choice(["positive", "negative", "neutral"]),
    default="neutral",
    show_default=True,
    help="How it ended for them.",
)
@json_option
def remove(journey: str, step: str | None, contact: str | None, outcome: Outcome, *, as_json: bool) -> None:
    """Let who is inside JOURNEY (its id or name) leave it; messages that have not left do not leave."""
    _check_whom(step, contact)

    async def act(connection: Connection, workspace_id: UUID, journey_id: UUID) -> None:
        if step is not None:
            await remove_people(connection, workspace_id, journey_id, step, outcome=outcome, by=CALLER)
            detail = {"step": step, "outcome": outcome}
            await _audit(connection, workspace_id, "journey.people_removed", journey_id, detail)
            return
        for run_id in await _list_runs(connection, workspace_id, journey_id, contact or ""):
            run = await remove_run(connection, workspace_id, run_id, outcome=outcome, by=CALLER)
            detail = {"run": str(run_id), "journey": str(journey_id), "step": run.step}
            await _audit(connection, workspace_id, "run.removed", run.contact_id, detail)

    _change(journey, act, as_json=as_json)


RUNNING: Final[tuple[click.Command, ...]] = (
    existing,
    approve,
    activate,
    pause,
    resume,
    archive,
    enter,
    move,
    remove,
)
"""The commands of this file."""


def _check_whom(step: str | None, contact: str | None) -> None:
    if (step is None) == (contact is None):
        raise click.UsageError("Say who: --step for everybody there, or --contact.")


async def _list_runs(
    connection: Connection, workspace_id: UUID, journey_id: UUID, contact: str
) -> list[UUID]:
    """Return the runs of a contact that are inside; raises UnknownReferenceError where there is none."""
    found = await list_runs_of(connection, workspace_id, journey_id, contact.strip())
    if not found:
        raise UnknownReferenceError([f"contact “{contact}” inside the journey"])
    return found


def _change(
    journey: str, change: Callable[[Connection, UUID, UUID], Awaitable[None]], *, as_json: bool
) -> None:
    async def act(connection: Connection, workspace_id: UUID) -> Journey:
        found = await find_named(connection, workspace_id, journey)
        await change(connection, workspace_id, found.id)
        return await get_journey(connection, workspace_id, found.id)

    print_result(describe_journey(run_command(act)), as_json=as_json)


async def _audit(
    connection: Connection, workspace_id: UUID, action: Action, subject: UUID, detail: dict[str, Any]
) -> None:
    await record_audit(
        connection,
        workspace_id,
        caller=CALLER,
        action=action,
        subject=str(subject),
        detail=detail,
        at=datetime.now(UTC),
    )
