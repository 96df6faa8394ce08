"""Give agents the graph of a release by the Model Context Protocol."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import click

from kg.errors import MissingExtra
from server.agents.tools import Tools
from server.command import serve
from server.configuration import limits
from server.current import Current
from server.workers.caching import CachingPool
from server.workers.pool import ProcessPool

_START_SECONDS = 30.0
_WORKERS = 2
"""Query processes for the one client."""


@click.command()
@click.argument("release", type=click.Path(file_okay=False, path_type=Path), default=Path("build"))
def mcp(release: Path) -> None:
    """Serve tools for agents over standard input and output, by the Model Context Protocol.

    RELEASE is a release, or an output folder of kg build, whose current release is followed. [default: build]

    The tools are the canned questions, search, describe, explain, schema and sparql. They only read, and are bounded as
    the queries of kg serve, by the same settings (KG_QUERY_TIMEOUT and others). kg serve offers them at /mcp.

    \f
    Raises:
        MissingExtra: when the SDK of the protocol is not installed; the message has the command to install it.
        ReleaseError: when there is no release, or it is damaged.
    """
    try:
        from server.agents.protocol import serve_pipes
    except ImportError as error:
        raise MissingExtra(f"kg mcp needs mcp: pip install 'rdm-kg[mcp]' ({error})") from error
    current = Current(release)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's handler would wait for the next line of standard input
    serve_pipes(_opened(current))


@contextmanager
def _opened(current: Current) -> Iterator[Tools]:
    settings = replace(limits(serve), query_workers=_WORKERS)
    with closing(ProcessPool(current, settings)) as pool:
        pool.check(current.release, _START_SECONDS)
        caching = CachingPool(pool, lambda: current.release.id, settings.cache)
        yield Tools(current, caching, settings.query_timeout)
