"""`percorso journeys`: how those inside are spoken of on the command line."""

from collections.abc import Callable
from typing import Any, Final, cast

import click

from percorso.journeys.people.actions import Preview
from percorso.journeys.people.inside import InsidePlan
from percorso.journeys.people.standing import Place
from percorso.journeys.people.words import Language, describe_foreseen

_Command = Callable[..., Any]


def _read_steps(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    """Return `old=new` pairs as a mapping; raises BadParameter."""
    del context, parameter
    steps: dict[str, str] = {}
    for pair in value:
        old, equals, new = pair.partition("=")
        if not (old and equals and new):
            raise click.BadParameter(f"“{pair}” is not OLD=NEW.")
        steps[old] = new
    return steps


_INSIDE: Final = click.option(
    "--inside",
    type=click.Choice(["finish", "move", "exit"]),
    default="finish",
    show_default=True,
    help="Those inside finish on their version, move to the new one, or leave the journey.",
)
_STEPS: Final = click.option(
    "--step",
    "steps",
    multiple=True,
    callback=_read_steps,
    metavar="OLD=NEW",
    help="Who moves from OLD goes to NEW.",
)
_WAITS: Final = click.option(
    "--waits",
    type=click.Choice(["keep", "recompute"]),
    default="keep",
    show_default=True,
    help="Whether who moves keeps the date that they wait for.",
)


def with_plan(command: _Command) -> _Command:
    """Give a command the options that say what becomes of those inside: `inside`, `steps`, `waits`."""
    return _INSIDE(_STEPS(_WAITS(command)))


def read_plan(inside: str, steps: dict[str, str], waits: str) -> InsidePlan:
    """Return what these options say."""
    return InsidePlan(cast("Any", inside), steps, cast("Any", waits))


def describe_preview(preview: Preview, language: Language) -> list[str]:
    """Return what would become of those inside, a sentence for each place."""
    return [
        describe_foreseen(one, preview.overs.get(Place(one.version, one.step), 0), language)
        for one in preview.people
    ]
