"""The command line answers people in lines and programs in JSON."""

import importlib
import json
import os
import subprocess
import sys

import click
import pytest

from percorso.cli import COMMANDS, percorso


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "percorso", *arguments],
        env={**os.environ, "PERCORSO_SECRET": "s" * 32, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_loaded_and_prints_json_on_request(name: str) -> None:
    module, _, attribute = COMMANDS[name][0].partition(":")
    command = getattr(importlib.import_module(module), attribute)
    leaves = list(command.commands.values()) if isinstance(command, click.Group) else [command]
    without = [
        leaf.name for leaf in leaves if "--json" not in {option for p in leaf.params for option in p.opts}
    ]
    assert without == []


def test_help_lists_every_command_with_a_sentence() -> None:
    text = run("--help").stdout
    assert [
        name
        for name, (_, sentence) in COMMANDS.items()
        if sentence.split()[0] not in text or name not in text
    ] == []
    assert percorso.get_command(click.Context(percorso), "no-such-command") is None


def test_a_refusal_is_a_sentence_on_stderr() -> None:
    done = run("migrate", PORT="nonsense")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "percorso: PORT: 'nonsense' is no port. Give a number from 1 to 65535.\n"


def test_a_refusal_is_one_object_on_request() -> None:
    done = run("migrate", "--json", PORT="nonsense")
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["error"]["code"] == "config_error"


def test_an_unknown_command_is_a_wrong_call() -> None:
    assert run("fly").returncode == 2


def test_migrating_and_examining_a_given_database(database_url: str) -> None:
    assert json.loads(run("migrate", "--json", PERCORSO_DATABASE_URL=database_url).stdout) == {"applied": []}
    findings = json.loads(run("doctor", "--json", PERCORSO_DATABASE_URL=database_url).stdout)["findings"]
    assert {finding["name"]: finding["level"] for finding in findings if finding["name"] != "disk"} == {
        "database": "ok",
        "schema": "ok",
        "worker": "ok",
        "second wall": "ok",
        "clock": "ok",
    }
