"""The operator's settings, read once from the environment."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kg.errors import SettingError
from kg.iri import is_endpoint, shown
from kg.store.engine.address import Engine, engine_from_environment

TOKEN = "KG_WRITE_TOKEN"  # noqa: S105 - its name is no secret
"""Name of the environment variable with the secret that authorises a client to write."""
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of queries, requests, clients and memory, and the permissions to write and to federate."""

    query_timeout: float = 30.0
    """Seconds after which a query is ended (``KG_QUERY_TIMEOUT``)."""
    workers: int = 8
    """Number of worker processes; each evaluates one query at a time (``KG_QUERY_WORKERS``)."""
    memory: int = 1024 * _MEGABYTE
    """Limit of a worker's data segment in bytes (``KG_QUERY_MEMORY``, in MB)."""
    queue_seconds: float = 5.0
    """Seconds that a query waits for an idle worker before it is refused (``KG_QUEUE_SECONDS``)."""
    request_seconds: float = 30.0
    """Seconds that a request may take to arrive before the connection is closed (``KG_REQUEST_SECONDS``)."""
    result: int = 1024 * _MEGABYTE
    """Largest result in bytes (``KG_QUERY_RESULT``, in MB); a longer one is aborted."""
    client_queries: int = 2
    """Queries of more than a second that one client may run at once (``KG_CLIENT_QUERIES``)."""
    client_seconds: float = 300.0
    """Initial budget of evaluation per client in seconds; refills by one second per second (``KG_CLIENT_SECONDS``)."""
    cache: int = 64 * _MEGABYTE
    """Size of the caches in bytes (``KG_CACHE``, in MB; 0 disables them)."""
    write_token: str = field(default="", repr=False)
    """Secret that authorises a client to write (``KG_WRITE_TOKEN``); empty if the server is read-only."""
    services: tuple[str, ...] = ()
    """URLs of the endpoints that SERVICE may query, spelled as in queries (``KG_ALLOW_SERVICE``, space-separated)."""

    engine: Engine | None = None
    """Engine that answers queries in place of the release's store (``KG_ENGINE_USER``, ``KG_ENGINE_TOKEN``)."""
    watch: bool = False
    """True if pages are loaded again when the release changes."""
    drafts: bool = False
    """True if the findings of pages are shown opened."""
    without_server: bool = False
    """True if pages are written as files, and no program answers at the addresses of queries and searches."""

    @property
    def writable(self) -> bool:
        """True if clients may write."""
        return bool(self.write_token)


def from_environment(
    environ: Mapping[str, str],
    *,
    writable: bool = False,
    services: Iterable[str] = (),
    engine: str | None = None,
    **options: bool,
) -> Settings:
    """Return the settings in ``environ``, with defaults for absent ones, and those that are ``options``.

    The token is read only if ``writable``. ``services`` are further endpoints that SERVICE may query, ``engine`` is the
    address of the engine that answers queries.

    Raises:
        SettingError: when a value is no number or out of bounds, the token is missing, or an endpoint is no URL of
            http or https without user and fragment.

    >>> from_environment({"KG_QUERY_TIMEOUT": "2.5"}).query_timeout
    2.5
    """
    default = Settings(workers=max(8, 2 * (os.cpu_count() or 1)))
    query_timeout = _number(environ, "KG_QUERY_TIMEOUT", default.query_timeout, 0.01, 86_400)
    return Settings(
        query_timeout=query_timeout,
        workers=int(_number(environ, "KG_QUERY_WORKERS", default.workers, 1, 256)),
        memory=int(_number(environ, "KG_QUERY_MEMORY", default.memory / _MEGABYTE, 256, 1_048_576) * _MEGABYTE),
        queue_seconds=_number(environ, "KG_QUEUE_SECONDS", default.queue_seconds, 0, 3600),
        request_seconds=_number(environ, "KG_REQUEST_SECONDS", default.request_seconds, 0.1, 3600),
        result=int(_number(environ, "KG_QUERY_RESULT", default.result / _MEGABYTE, 0.001, 1_048_576) * _MEGABYTE),
        client_queries=int(_number(environ, "KG_CLIENT_QUERIES", default.client_queries, 1, 256)),
        client_seconds=_number(environ, "KG_CLIENT_SECONDS", default.client_seconds, 1, 1_000_000),
        cache=int(_number(environ, "KG_CACHE", default.cache / _MEGABYTE, 0, 1_048_576) * _MEGABYTE),
        write_token=_token(environ) if writable else "",
        services=tuple(_endpoint(url) for url in (*services, *environ.get("KG_ALLOW_SERVICE", "").split())),
        engine=engine_from_environment(engine, query_timeout, environ) if engine else None,
        **options,
    )


def _token(environ: Mapping[str, str]) -> str:
    token = environ.get(TOKEN, "").strip()
    if not token:
        raise SettingError(f"--writable needs {TOKEN} in the environment: the secret that writing clients send")
    return token


def _endpoint(url: str) -> str:
    if not is_endpoint(url):
        raise SettingError(
            f"an endpoint for SERVICE must be a web address without user and fragment, not {shown(url)!r}"
        )
    return url


def _number(environ: Mapping[str, str], name: str, default: float, least: float, most: float) -> float:
    try:
        value = float(environ.get(name) or default)
    except ValueError:
        raise SettingError(f"{name} must be a number, not {environ[name]!r}") from None
    if not least <= value <= most:
        raise SettingError(f"{name} must be between {least:g} and {most:g}, not {value:g}")
    return value
