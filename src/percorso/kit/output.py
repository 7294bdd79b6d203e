"""What a command prints: lines for people, or one JSON object on one line for programs."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click
import msgspec

_Command = TypeVar("_Command", bound=Callable[..., Any])


def json_option(command: _Command) -> _Command:
    """Give a command the option `--json`, passed to it as `as_json: bool`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object on one line.")(command)


def print_result(result: Mapping[str, Any], *, as_json: bool) -> None:
    """Print `result` as `key: value` lines, or as one JSON object on one line."""
    if as_json:
        click.echo(msgspec.json.encode(result))
        return
    for key, value in result.items():
        click.echo(f"{key}: {value}")
