"""The file ``kg.toml`` in the working folder: sites to build, and settings of the server."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from kg.closest import did_you_mean
from kg.errors import SettingError, in_words
from kg.regular_file import read_regular

FILE = Path("kg.toml")
TABLES = ("serve", "sites")


def read_settings(file: Path) -> dict[str, Any]:
    """Return the tables of a file; none if there is no file.

    Raises:
        SettingError: when it cannot be read, or has an unknown table.
    """
    try:
        settings = tomllib.loads(read_regular(file))
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError) as error:
        raise SettingError(f"{file}: {error}") from error
    except OSError as error:
        raise SettingError(f"{file} cannot be read: {in_words(error)}") from error
    for name in settings:
        if name not in TABLES:
            raise SettingError(f"{file}: there is no setting {name!r}; {did_you_mean(name, TABLES)}")
    if not isinstance(settings.get("serve", {}), dict):
        raise SettingError(f"{file}: 'serve' must be a table, [serve]")
    return settings
