"""The command line: `percorso COMMAND`. Each area brings its commands; they are loaded when called.

To add one, write a click command in your package's `cli.py` and one line in COMMANDS here. Results go to stdout,
logs and complaints to stderr; with `--json` a result is one object on one line, and so is an error.
"""

import importlib
import importlib.util
import sys

import click
import msgspec

COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("percorso.processes.cli:up", "Run everything: database, api, worker, courier."),
    "api": ("percorso.api.cli:api", "Run the HTTP process alone, or print what it serves."),
    "worker": ("percorso.processes.cli:worker", "Run the process that applies facts and due runs alone."),
    "courier": ("percorso.processes.cli:courier", "Run the process that hands messages over alone."),
    "migrate": ("percorso.processes.cli:migrate", "Bring the database's schema up to date."),
    "doctor": ("percorso.processes.doctor:doctor", "Check this installation and say what to do."),
    "demo": ("percorso.demo.cli:demo", "Run the demo shop, alive."),
    "bench": ("percorso.bench.cli:bench", "Measure this machine against the promised figures."),
    "users": ("percorso.workspaces.cli:users", "Add users, set passwords, take access away."),
    "journeys": ("percorso.backtest.cli:journeys", "List, show, publish, apply and backtest journeys."),
    "caps": ("percorso.messages.caps.cli:caps", "Say how many marketing messages may reach one contact."),
    "holidays": (
        "percorso.workspaces.holidays_cli:holidays",
        "Keep the days on which journeys send nothing.",
    ),
    "segments": ("percorso.segments.cli:segments", "List, show and apply segments."),
    "contacts": ("percorso.imports.cli:contacts", "Bring contacts in from a file, take them out as CSV."),
    "fields": ("percorso.reports.cli:fields", "List, declare and delete the fields of contacts."),
    "coupons": ("percorso.content.cli:coupons", "Make pools of coupon codes and fill them."),
}
"""Command → (module:command, one line of help)."""


class _Lazy(click.Group):
    """Lists the commands without loading them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, (target, _) in COMMANDS.items() if _is_there(target)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


def _is_there(target: str) -> bool:
    try:
        return importlib.util.find_spec(target.partition(":")[0]) is not None
    except ModuleNotFoundError:
        return False


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="percorso")
def percorso() -> None:
    """Customer journeys and marketing automation."""


def main() -> None:
    """Run the command line and exit: 0 done, 1 refused or failed with a sentence, 2 called wrongly."""
    try:
        percorso(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _complain(code="usage", sentence=error.format_message())
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except Exception as error:
        # Errors of our own trees carry a stable code and a sentence for people; others deserve their traceback.
        code = getattr(error, "code", None)
        if not isinstance(code, str):
            raise
        _complain(code=code, sentence=str(error))
        sys.exit(1)


def _complain(*, code: str, sentence: str) -> None:
    if "--json" in sys.argv:
        click.echo(msgspec.json.encode({"error": {"code": code, "message": sentence}}))
    else:
        click.echo(f"percorso: {sentence}", err=True)
