"""Settings in ``kg.toml`` and in the environment, as defaults of a command's options."""

from __future__ import annotations

import os
from dataclasses import fields
from typing import Any

import click

from kg.closest import closest, did_you_mean
from kg.errors import SettingError
from kg.settings_file import FILE, read_settings
from server.settings import SECRETS, Settings

_TABLE = "serve"
_LIKENESS = 0.85
"""Likeness from which an unknown variable is taken for a misspelt one, from 0 to 1."""


class ConfiguredCommand(click.Command):
    """A command whose options with a variable may stand in the table ``serve`` of ``kg.toml`` as well."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Return the context, in which the file's values are defaults.

        Raises:
            UsageError: when the file or the environment has an unknown setting, or the file a wrong one.
        """
        try:
            _check_variables(self.variables())
            return super().make_context(info_name, args, parent, default_map=self._from_file(), **extra)
        except SettingError as error:
            raise click.UsageError(str(error)) from error

    def options(self) -> dict[str, click.Option]:
        """Return key in ``kg.toml`` → option."""
        return {each.name: each for each in self.params if isinstance(each, click.Option) and each.name and each.envvar}

    def variables(self) -> set[str]:
        """Return the names of all variables."""
        return {str(each.envvar) for each in self.options().values()} | SECRETS.keys()

    def _from_file(self) -> dict[str, Any]:
        """Return key → value of the table.

        Raises:
            SettingError: when it has a key that is none, or a value of another type.
        """
        table, options = read_settings(FILE).get(_TABLE, {}), self.options()
        for key, value in table.items():
            if key not in options:
                raise SettingError(f"{FILE}: [{_TABLE}] has no setting {key!r}; {did_you_mean(key, sorted(options))}")
            try:
                if isinstance(value, bool | dict) or isinstance(value, list) != options[key].multiple:
                    wanted = "a list" if options[key].multiple else "a number or a text"
                    raise click.BadParameter(f"it must be {wanted}")
                options[key].type_cast_value(click.Context(self), value)
            except click.BadParameter as error:
                raise SettingError(f"{FILE}: [{_TABLE}] {key}: {error.message}") from error
        return dict(table)


def _check_variables(known: set[str]) -> None:
    """Check the environment for misspelt settings.

    Raises:
        SettingError: when a variable is almost one of ``known``.
    """
    for name in os.environ:
        if name.startswith("KG_") and name not in known and (near := closest(name, sorted(known), _LIKENESS)):
            raise SettingError(f"the variable {name} is no setting; did you mean {near}?")


def limits(command: ConfiguredCommand) -> Settings:
    """Return the limits that a command would have without options, for commands that have none for them.

    Raises:
        UsageError: when a setting is wrong.
    """
    given = command.make_context(command.name, []).params
    return Settings(**{each.name: given[each.name] for each in fields(Settings) if "option" in each.metadata})
