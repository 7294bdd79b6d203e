"""`percorso api`: the HTTP process, and the description of what it serves."""

from typing import cast

import click
import msgspec
from litestar import Litestar

from percorso.api.own import create_own_api
from percorso.config import Config
from percorso.db import Database
from percorso.kit.output import json_option
from percorso.processes.shell import run_program


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def api(context: click.Context, *, as_json: bool) -> None:
    """Serve HTTP at PORT from the database of PERCORSO_DATABASE_URL, until SIGTERM or Ctrl-C."""
    _ = as_json
    if context.invoked_subcommand is None:
        run_program("api", "percorso.processes.http:serve_http", connections=20)


@api.command()
@click.option("--json", "as_json", is_flag=True, help="On one line.")
def openapi(*, as_json: bool) -> None:
    """Print the OpenAPI document that is published at /api/openapi.json."""
    # Nothing is asked of the database while an application is put together.
    application = cast("Litestar", create_own_api(cast("Database", None), cast("Config", None)))
    document = msgspec.json.encode(application.openapi_schema.to_schema())
    click.echo(document if as_json else msgspec.json.format(document, indent=2))
