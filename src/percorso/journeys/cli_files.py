"""`percorso journeys test|ready`: what can be said of a journey's file without any database."""

from collections.abc import Sequence
from typing import Any, Final, TextIO, cast

import click
import msgspec

from percorso.journeys.applying import try_file
from percorso.journeys.canonical import write_journey
from percorso.journeys.definition import convert_graph
from percorso.journeys.files import parse_file
from percorso.journeys.lint import Finding
from percorso.journeys.preconfigured import Language, load_ready_journey, load_ready_journeys
from percorso.journeys.simulation.trial import Trial
from percorso.kit.output import json_option, print_result

JOURNEY_FILE: Final = click.argument("file", type=click.File(encoding="utf-8"))
LANGUAGE: Final = click.option(
    "--language", type=click.Choice(["en", "it"]), default="en", help="In which language to say it."
)


@click.command(name="test")
@JOURNEY_FILE
@click.option("--time-zone", default="UTC", help="The zone of the journey's list.")
@LANGUAGE
@json_option
def run_tests(file: TextIO, time_zone: str, language: Language, *, as_json: bool) -> None:
    """Run the tests that the journey in FILE carries, in virtual time; ends with 1 where one fails."""
    trials = try_file(parse_file(file.read()), time_zone)
    if as_json:
        print_result({"tests": [_describe_trial(trial, language) for trial in trials]}, as_json=True)
    else:
        _tell_trials(trials, language)
    if any(trial.mismatches for trial in trials):
        raise SystemExit(1)


@click.command()
@click.argument("key", required=False)
@LANGUAGE
@json_option
def ready(key: str | None, language: Language, *, as_json: bool) -> None:
    """Print the journeys that Percorso brings along; with KEY, that one as a file that `apply` reads."""
    if key is None:
        found = load_ready_journeys(language)
        if as_json:
            listed = [{"key": one.key, "name": one.name, "description": one.description} for one in found]
            print_result({"journeys": listed}, as_json=True)
            return
        for one in found:
            click.echo(f"{one.key:<22}  {one.name}: {one.description}")
        return
    try:
        chosen = load_ready_journey(key, language)
    except KeyError:
        raise click.BadParameter(f"There is no ready journey “{key}”.", param_hint="KEY") from None
    if as_json:
        print_result(cast("dict[str, Any]", msgspec.to_builtins(chosen)), as_json=True)
        return
    text = write_journey(chosen.name, chosen.description, list(chosen.tags), convert_graph(chosen.graph))
    click.echo(text, nl=False)


def describe_findings(findings: Sequence[Finding], language: Language) -> list[dict[str, Any]]:
    """Return what was found as JSON values, said in a language."""
    return [
        {
            "severity": finding.severity,
            "code": finding.code,
            "at": finding.at,
            "step": finding.step,
            "sentence": finding.say(language),
        }
        for finding in findings
    ]


def _describe_trial(trial: Trial, language: Language) -> dict[str, Any]:
    return {
        "name": trial.name,
        "passed": not trial.mismatches,
        "mismatches": [
            {"code": found.code, "step": found.step, "at": found.at, "sentence": found.say(language)}
            for found in trial.mismatches
        ],
    }


def _tell_trials(trials: Sequence[Trial], language: Language) -> None:
    for trial in trials:
        click.echo(f"{'FAIL' if trial.mismatches else 'ok':<4}  {trial.name}")
        for mismatch in trial.mismatches:
            click.echo(f"      {mismatch.say(language)}")
    failed = sum(bool(trial.mismatches) for trial in trials)
    click.echo(f"{len(trials) - failed} / {len(trials)}")
