"""The operator's settings: fields of one class, each with an option, a variable and a key in ``kg.toml``.

An option is stronger than the environment, which is stronger than ``kg.toml`` in the working folder. Secrets are in the
environment only.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

import click

from kg.errors import SettingError
from kg.iri import is_endpoint
from kg.store.engine.address import TOKEN as ENGINE_TOKEN
from kg.store.engine.address import USER as ENGINE_USER
from kg.store.engine.address import Engine
from server import logs

TOKEN = "KG_WRITE_TOKEN"  # noqa: S105 - its name is no secret
"""Name of the environment variable with the secret that authorises a client to write."""
METRICS_TOKEN = "KG_METRICS_TOKEN"  # noqa: S105 - as above
"""Name of the environment variable with the secret that authorises clients of other machines to read the metrics."""
SECRETS: Mapping[str, str] = {
    TOKEN: "Secret that clients send to write, with --writable.",
    METRICS_TOKEN: "Secret that clients of other machines send to read /metrics.",
    ENGINE_USER: "User of the engine; without it, the token is a bearer token.",
    ENGINE_TOKEN: "Password or token of the engine.",
}
"""Variable → meaning of a setting that is in the environment only, and is never shown."""
MEGABYTE = 1024 * 1024
ON, OFF = "on", "off"
DIGEST, TEXT = "digest", "text"
"""Facts that the log of queries has of a query."""
_Command = TypeVar("_Command", bound=Callable[..., object])


class EndpointType(click.ParamType):  # type: ignore[type-arg]  # which click 8.1 does not have
    """The address of a SPARQL endpoint."""

    name = "url"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the address.

        Raises:
            BadParameter: when it is none.
        """
        if not is_endpoint(value):
            self.fail("an endpoint for SERVICE must be a web address without user and fragment", param, ctx)
        return value


class _WholeNumber(click.IntRange):
    """A whole number in a range."""

    name = "whole number"


class _Number(click.FloatRange):
    """A number in a range, in which NaN is not."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number.

        Raises:
            BadParameter: when it is none, or not in the range.
        """
        number = float(super().convert(value, param, ctx))
        if number != number:
            self.fail(f"{value} is no number", param, ctx)
        return number


class Megabytes(_Number):
    """A size that is given in megabytes."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the size in bytes."""
        return int(super().convert(value, param, ctx) * MEGABYTE)


def _limit(default: float | str, variable: str, of: _Number | _WholeNumber | click.Choice[str], meaning: str) -> Any:
    """Return a field with the facts of its option; its default is what the option makes of ``default``."""
    made: Any = of.convert(default, None, None)  # type: ignore[arg-type]  # a number that is no whole one fails there
    return field(default=made, metadata={"option": (default, variable, of, meaning)})


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of queries, requests, clients and memory, what is logged, and the permissions to write and to federate."""

    query_timeout: float = _limit(
        30, "KG_QUERY_TIMEOUT", _Number(0.01, 86_400), "Seconds after which a query is ended."
    )
    query_workers: int = _limit(
        max(8, 2 * (os.cpu_count() or 1)),
        "KG_QUERY_WORKERS",
        _WholeNumber(1, 256),
        "Queries that run at the same time.",
    )
    query_memory: int = _limit(1024, "KG_QUERY_MEMORY", Megabytes(256, 1_048_576), "Memory of a query, in MB.")
    query_result: int = _limit(1024, "KG_QUERY_RESULT", Megabytes(0.001, 1_048_576), "Largest answer, in MB.")
    queue_seconds: float = _limit(
        5,
        "KG_QUEUE_SECONDS",
        _Number(0, 3600),
        "Seconds that a query waits for a worker at most.",
    )
    request_seconds: float = _limit(
        30, "KG_REQUEST_SECONDS", _Number(0.1, 3600), "Seconds that a request may take to arrive."
    )
    client_queries: int = _limit(
        2, "KG_CLIENT_QUERIES", _WholeNumber(1, 256), "Queries of more than a second that one client may run at once."
    )
    client_seconds: float = _limit(
        300,
        "KG_CLIENT_SECONDS",
        _Number(1, 1_000_000),
        "Seconds of evaluation that a client may use up; they refill by one a second.",
    )
    cache: int = _limit(64, "KG_CACHE", Megabytes(0, 1_048_576), "Size of the caches, in MB; 0 is without.")
    log_format: str = _limit(
        logs.TEXT, logs.VARIABLE, click.Choice([logs.TEXT, logs.JSON]), "Log lines as text, or each as a JSON object."
    )
    access_log: str = _limit(ON, "KG_ACCESS_LOG", click.Choice([ON, OFF]), "Whether each request is logged.")
    query_log: str = _limit(
        OFF,
        "KG_QUERY_LOG",
        click.Choice([OFF, DIGEST, TEXT]),
        "Whether queries are logged, as digests or with their texts.",
    )
    slow_query_seconds: float = _limit(
        1, "KG_SLOW_QUERY_SECONDS", _Number(0, 86_400), "Seconds from which a query is logged as slow; 0 is never."
    )

    allow_service: tuple[str, ...] = ()
    """Addresses of the endpoints that SERVICE may query, spelled as in queries."""
    write_token: str = field(default="", repr=False)
    """Secret that authorises a client to write; empty if the server is read-only."""
    metrics_token: str = field(default="", repr=False)
    """Secret that authorises clients of other machines to read the metrics; empty if none may."""
    engine: Engine | None = None
    """Engine that answers queries in place of the release's store."""
    watch: bool = False
    """True if pages are loaded again when the release changes."""
    drafts: bool = False
    """True if the findings of pages are shown opened."""
    without_server: bool = False
    """True if pages are written as files, and no program answers at the addresses of queries and searches."""

    @property
    def logs_requests(self) -> bool:
        """True if requests or their queries are logged."""
        return self.access_log == ON or self.query_log != OFF

    @property
    def writable(self) -> bool:
        """True if clients may write."""
        return bool(self.write_token)


def limit_options(command: _Command) -> _Command:
    """Add the options of the limits to a command, which passes them on to :class:`Settings`."""
    for each in reversed(fields(Settings)):
        if "option" in each.metadata:
            default, variable, of, meaning = each.metadata["option"]
            name = f"--{each.name.replace('_', '-')}"
            metavar = None if isinstance(of, click.Choice) else "NUMBER"
            shown: Any = {"metavar": metavar, "show_default": True, "show_envvar": True, "help": meaning}
            command = click.option(name, type=of, default=default, envvar=variable, **shown)(command)
    return command


def write_token() -> str:
    """Return the secret that authorises clients to write.

    Raises:
        SettingError: when there is none.
    """
    token = os.environ.get(TOKEN, "").strip()
    if not token:
        raise SettingError(f"--writable needs {TOKEN} in the environment: the secret that writing clients send")
    return token
