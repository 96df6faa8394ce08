"""The command ``kg``: finds its subcommands, runs one, and turns every error into one line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from kg import __version__, plugins
from kg.errors import KgError

FAILED = 2
"""Exit code of everything that did not work."""
INTERRUPTED = 130
"""Exit code after Ctrl-C."""
BROKEN_PIPE = 1
"""Exit code when the reader of our output went away, as click has it."""


class _Commands(click.Group):
    """Imports a subcommand when it is run; its help line is read from the module's docstring."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*plugins.names(plugins.COMMANDS), *plugins.registered(plugins.COMMANDS)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in plugins.names(plugins.COMMANDS):
            command: Any = plugins.load(plugins.COMMANDS, cmd_name).command
        elif cmd_name in (others := plugins.registered(plugins.COMMANDS)):
            try:
                command = others[cmd_name].load()
            except (ImportError, AttributeError) as error:
                raise KgError(f"command {cmd_name!r} of {others[cmd_name].value} cannot be loaded: {error}") from error
        else:
            return None
        if not isinstance(command, click.Command):
            raise KgError(f"command {cmd_name!r} is no click command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in self.list_commands(ctx):
            ctx.fail(f"No such command {args[0]!r}; there are {', '.join(self.list_commands(ctx))}.")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        own = plugins.names(plugins.COMMANDS)
        modules = {name: point.module for name, point in plugins.registered(plugins.COMMANDS).items()}
        modules |= {name: f"{plugins.COMMANDS}.{name}" for name in own}
        with formatter.section("Commands"):
            formatter.write_dl([(name, plugins.summary(modules[name])) for name in self.list_commands(ctx)])


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kg")
def cli() -> None:
    """Turn research-data-management cheat sheets into a knowledge graph, ask it, and serve it.

    Results go to standard output, words to standard error. Exit code 0 means done, 2 means not done.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``kg`` and return its exit code; no error leaves it as a traceback but our own mistakes."""
    try:
        code = cli.main(arguments, prog_name="kg", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # Python would try to flush the rest at exit and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except (KgError, OSError) as error:
        click.echo(f"kg: error: {error}", err=True)
        return FAILED
    return code if isinstance(code, int) else 0
