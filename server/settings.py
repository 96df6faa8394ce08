"""What an operator may set, read once from the environment and handed on as a value."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from kg.errors import SettingError

_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """How much one query may take, and how many run at once."""

    query_timeout: float = 30.0
    """Seconds after which a query is ended (``KG_QUERY_TIMEOUT``)."""
    workers: int = 8
    """Processes that answer one query each (``KG_QUERY_WORKERS``)."""
    memory: int = 1024 * _MEGABYTE
    """Bytes of data that a worker may hold (``KG_QUERY_MEMORY``, in MB)."""
    queue_seconds: float = 5.0
    """How long a query waits for a free worker before it is told to come back later (``KG_QUEUE_SECONDS``)."""


def from_environment(environ: Mapping[str, str]) -> Settings:
    """The settings that ``environ`` gives, defaults for the rest.

    Raises :class:`kg.errors.SettingError` for a value that is no number, or out of bounds.

    >>> from_environment({"KG_QUERY_TIMEOUT": "2.5"}).query_timeout
    2.5
    """
    default = Settings(workers=max(8, 2 * (os.cpu_count() or 1)))
    return Settings(
        query_timeout=_number(environ, "KG_QUERY_TIMEOUT", default.query_timeout, 0.01, 86_400),
        workers=int(_number(environ, "KG_QUERY_WORKERS", default.workers, 1, 256)),
        memory=int(_number(environ, "KG_QUERY_MEMORY", default.memory / _MEGABYTE, 256, 1_048_576) * _MEGABYTE),
        queue_seconds=_number(environ, "KG_QUEUE_SECONDS", default.queue_seconds, 0, 3600),
    )


def _number(environ: Mapping[str, str], name: str, default: float, least: float, most: float) -> float:
    try:
        value = float(environ.get(name) or default)
    except ValueError:
        raise SettingError(f"{name} must be a number, not {environ[name]!r}") from None
    if not least <= value <= most:
        raise SettingError(f"{name} must be between {least:g} and {most:g}, not {value:g}")
    return value
