"""Output of commands on a terminal: messages, findings in colour, and the command that is useful next."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import click

from kg.closest import did_you_mean
from kg.errors import KgError, message
from kg.findings import Finding, Severity, printable

_COLOURS = {Severity.NOTE: "cyan", Severity.WARNING: "yellow", Severity.ERROR: "red"}
FAILED = 2
"""Exit code after an error."""
RELEASE = Path("build")
"""The output folder of ``kg build`` where no other is given."""
_KEY = f"{__name__}.quiet"


def _note_quiet(context: click.Context, _option: click.Parameter, value: bool) -> None:
    context.meta[_KEY] = value


RELEASE_OPTION = click.option(
    "--release",
    type=click.Path(path_type=Path),
    default=RELEASE,
    show_default=True,
    help="A release, or an output folder of kg build.",
)
QUIET = click.option(
    "-q",
    "--quiet",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_note_quiet,
    help="Write results and errors only.",
)


class Names(click.Choice[str]):
    """One of some names; for another, the most similar one is named."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the value if it is one of the names.

        Raises:
            BadParameter: when it is none.
        """
        if value not in self.choices:
            self.fail(f"{value!r} is none of the names; {did_you_mean(value, list(self.choices))}", param, ctx)
        return value


def reporting(work: Callable[[], int]) -> int:
    """Call ``work`` and return its exit code; expected errors are reported."""
    try:
        return work()
    except (KgError, OSError) as error:
        return report(error)


def report(error: KgError | OSError) -> int:
    """Write an error to standard error in words, and return the exit code after it."""
    click.echo("\n".join(map(printable, f"kg: error: {message(error)}".split("\n"))), err=True)
    return FAILED


def say(words: str) -> None:
    """Write a message to standard error, unless the command is quiet."""
    if not is_quiet():
        click.echo(words, err=True)


def is_quiet() -> bool:
    """Return whether the command that runs was given ``--quiet``."""
    return bool(click.get_current_context().meta.get(_KEY))


def say_next(*arguments: str | Path) -> None:
    """Write the ``kg`` command that is useful next."""
    say(f"next: {click.style(command_line(*arguments), bold=True)}")


def command_line(*arguments: str | Path) -> str:
    """Return a ``kg`` command as it is to be typed.

    >>> command_line("check", Path("my site"))
    "kg check 'my site'"
    """
    return printable(shlex.join(("kg", *map(str, arguments))))


def at(release: Path) -> tuple[str, ...]:
    """Return the option that names a release, for :func:`say_next`; none for the default."""
    return () if release == RELEASE else ("--release", str(release))


def coloured(finding: Finding) -> str:
    """Return a finding as text with its severity in colour; ``click.echo`` takes the colour out for files and pipes."""
    severity = click.style(str(finding.severity), fg=_COLOURS[finding.severity])
    return f"{printable(str(finding.place))}: {severity}: {printable(f'{finding.rule}: {finding.message}')}"
