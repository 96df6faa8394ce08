"""The command ``kg``: finds and runs subcommands, and reports errors as one line and an exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NoReturn

import click

from kg import __version__, plugins
from kg.closest import did_you_mean
from kg.errors import KgError, MissingPackage
from kg.store import deep_stack
from kg.terminal import report

INTERRUPTED = 130
"""Exit code after Ctrl-C."""
BROKEN_PIPE = 1
"""Exit code when standard output is closed by its reader, as in click."""


class _Commands(click.Group):
    """Group that imports a subcommand only when it is run; help lines are the first lines of modules' docstrings."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*plugins.names(plugins.COMMANDS), *plugins.registered(plugins.COMMANDS)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a subcommand; ``None`` if there is no such command.

        Raises:
            KgError: when the command of another distribution cannot be loaded.
        """
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
            raise KgError(f"command {cmd_name!r} is not a click command")
        gc.freeze()  # what was imported stays; to look at it again and again would take a fifth of the time of kg check
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            ctx.fail(f"No such command {args[0]!r}; {did_you_mean(args[0], self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        own = plugins.names(plugins.COMMANDS)
        modules = {name: point.module for name, point in plugins.registered(plugins.COMMANDS).items()}
        modules |= {name: f"{plugins.COMMANDS}.{name}" for name in own}
        with formatter.section("Commands"):
            formatter.write_dl([(name, plugins.summary(modules[name])) for name in self.list_commands(ctx)])


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kg")
@click.pass_context
def cli(context: click.Context) -> None:
    """Build, query and serve a knowledge graph of research-data-management cheat sheets.

    Results are written to standard output, messages to standard error. The exit code is 0 on success, 2 after an
    error, and 1 if check, diff or fix found what it looks for, doctor found something missing, search found nothing,
    or update kept a site as it was. Colours are used on a terminal unless the variable NO_COLOR is set.
    """
    if os.environ.get("NO_COLOR"):
        context.color = False


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``kg`` and return its exit code; expected errors are reported without a traceback."""
    try:
        code = cli.main(arguments, prog_name="kg", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        if isinstance(error, click.NoSuchOption) and error.possibilities:
            nearest = [*error.possibilities][:1]  # click sorts them by name
            error = click.NoSuchOption(error.option_name, possibilities=nearest, ctx=error.ctx)
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # Otherwise Python tries to flush standard output at exit and prints an error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("kg", "server"):
            raise
        return report(MissingPackage(f"{error}; all that kg needs is installed by: pip install rdm-kg"))
    except (KgError, OSError) as error:
        return report(error)
    return code if isinstance(code, int) else 0


def run() -> NoReturn:
    """Run ``kg`` as a program, and end the process with its exit code."""
    code = main()
    if deep_stack.is_running():
        with suppress(OSError):
            sys.stdout.flush()
        os._exit(code)
    sys.exit(code)
