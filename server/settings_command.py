"""Show the settings of kg serve, and where each comes from."""

from __future__ import annotations

import os

import click
from click.core import ParameterSource

from kg.settings_file import FILE
from server.command import serve
from server.settings import MEGABYTE, SECRETS, Megabytes

_SOURCES: dict[ParameterSource | None, str] = {
    ParameterSource.DEFAULT: "default",
    ParameterSource.DEFAULT_MAP: str(FILE),
}


@click.command()
def settings() -> int:
    """Show the settings of kg serve, and where each comes from.

    Each line has the key in the table [serve] of kg.toml in this folder, the value, where it comes from, the variable
    that is stronger, and the meaning. An option of kg serve is stronger than both. Secrets are in the environment only,
    and are not shown.

    \b
    kg settings

    \f
    Raises:
        UsageError: when a setting is wrong.
    """
    context = serve.make_context("kg serve", [])
    rows = []
    for key, option in serve.options().items():
        source = context.get_parameter_source(key)
        shown = _shown(option, context.params[key])
        where = _SOURCES.get(source, "environment")
        rows.append((key, shown, where, str(option.envvar), option.help or ""))
    for variable, meaning in SECRETS.items():
        is_set = bool(os.environ.get(variable, "").strip())
        rows.append(("-", "set" if is_set else "-", "environment" if is_set else "default", variable, meaning))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    for row in rows:
        click.echo("  ".join([*map(str.ljust, row, widths), row[-1]]))
    return 0


def _shown(option: click.Option, value: object) -> str:
    """Return a value as it is given; ``-`` if there is none."""
    if isinstance(value, tuple):
        return " ".join(value) or "-"
    if isinstance(value, int) and isinstance(option.type, Megabytes):
        return f"{value / MEGABYTE:g}"
    return "-" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
