"""Serve a release as SPARQL endpoint and web pages."""

from __future__ import annotations

import contextlib
import logging
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click
import waitress
from waitress.channel import ClientDisconnected

from kg.errors import KgError, ReleaseError
from kg.query import Query
from kg.release import open_release
from server.app import create_app
from server.negotiate import choose
from server.protocol import BODY_LIMIT
from server.settings import Settings, from_environment
from server.workers import BrokenAnswerError, sandbox
from server.workers.current import Current
from server.workers.launch import command, environment
from server.workers.pool import QUEUE, ProcessPool

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_SPARE_THREADS = 8
"""Threads that no query can take: they answer what needs no worker."""
_CONNECTIONS = 1000
_OTHER_FILES = 64
"""Open files beside connections and workers: standard streams, modules, the files that are being sent."""
_IDLE_SECONDS = 25
"""After so long a connection on which nothing happens is closed; half a request counts as nothing."""
_START_SECONDS = 30.0


class CannotServe(click.ClickException):
    """The server does not start; said in one line."""

    exit_code = 2


@click.command()
@click.option(
    "--release",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build"),
    show_default=True,
    help="Release, or output folder whose current release is served; built first where there is none.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=7878, show_default=True, help="0 takes a free one.")
def serve(release: Path, host: str, port: int) -> None:
    """Serve a release as SPARQL endpoint and web pages."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        settings = from_environment(os.environ)
        with contextlib.closing(_bind(host, port)) as listener:
            _build_if_none(release)
            _serve(release, settings, listener)
    except KgError as error:
        raise CannotServe(str(error)) from error


def _stop(number: int, frame: FrameType | None) -> None:
    for again in (signal.SIGINT, signal.SIGTERM):
        signal.signal(again, signal.SIG_IGN)
    raise SystemExit(0)


def _bind(host: str, port: int) -> socket.socket:
    """A socket that has its address, and does not listen yet: who connects early is told so."""
    with contextlib.ExitStack() as on_failure:
        try:
            family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            listener = on_failure.enter_context(socket.socket(family, kind, number))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError as error:
            raise CannotServe(f"cannot listen on {host} port {port}: {error.strerror}") from error
        on_failure.pop_all()
        return listener


def _build_if_none(release: Path) -> None:
    """Make a release where there is none at all; a damaged one is left to be seen."""
    if (release / "manifest.json").exists() or (release / "current").is_symlink():
        return
    click.echo(f"No release in {release}: building one with `kg build --out {release}`", err=True)
    # S603: no shell, and the only argument from outside is a path
    built = subprocess.run(command("kg", "build", "--out", str(release)), env=environment(), check=False)  # noqa: S603
    if built.returncode != 0:
        raise CannotServe(f"the build failed with exit status {built.returncode}")


def _serve(release: Path, settings: Settings, listener: socket.socket) -> None:
    open_release(release)
    if not sandbox.supported():
        click.echo("The kernel does not keep queries from the network: no Linux on x86_64 or aarch64", err=True)
    with contextlib.closing(ProcessPool(release, settings)) as pool:
        _try(pool, release)
        app = create_app(release, settings, pool)
        try:
            server = waitress.create_server(
                _breaking_off(app),
                sockets=[listener],
                threads=settings.workers + QUEUE + _SPARE_THREADS,
                connection_limit=_connections(settings.workers),
                channel_timeout=_IDLE_SECONDS,
                cleanup_interval=5,
                ident=None,
                channel_request_lookahead=1,  # so that it is seen when a client leaves
                max_request_body_size=16 * BODY_LIMIT,  # what is longer than BODY_LIMIT gets our own explanation
            )
        except OSError as error:
            raise CannotServe(f"cannot listen: {error.strerror}") from error
        click.echo(f"Serving release {Current(release).release.id} at {_url(listener)} (Ctrl-C stops)", err=True)
        try:
            # poll, since select knows no file above 1024
            server.asyncore.loop(timeout=1, use_poll=True, map=server._map)
        finally:
            pool.stop()
            server.task_dispatcher.shutdown()
            server.close()


def _connections(workers: int) -> int:
    """How many connections may be open at once: none that would leave the rest of us without files."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return _CONNECTIONS
    return max(1, min(_CONNECTIONS, files - _OTHER_FILES - 2 * workers))


def _try(pool: ProcessPool, release: Path) -> None:
    """Ask one query, so that a store that does not open is found before anybody is told to come."""
    pool.ready(_START_SECONDS)
    try:
        pool.answer(Query("ASK {}"), choose(None), _START_SECONDS).chunks.close()
    except KgError as error:
        raise ReleaseError(f"no query is answered from {release}: {error}") from error


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _breaking_off(app: WSGIApplication) -> WSGIApplication:
    """The application, with a broken answer said in waitress's way: it closes the connection without the last chunk."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return _Body(app(environ, start_response), environ)

    return answer


class _Body:
    """A response's body."""

    def __init__(self, parts: Iterable[bytes], environ: WSGIEnvironment) -> None:
        self._all = parts
        self._parts = iter(parts)
        self._environ = environ

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._parts)
        except BrokenAnswerError:
            if self._environ["SERVER_PROTOCOL"] == "HTTP/1.0":
                # no chunks there: an end of the stream looks well, so that only a reset tells
                channel = self._environ["waitress.client_disconnected"].__self__
                channel.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise ClientDisconnected from None

    def close(self) -> None:
        close = getattr(self._all, "close", None)
        if close is not None:
            close()
