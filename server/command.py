"""Serve a release as SPARQL endpoint and web pages."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path
from types import FrameType
from typing import IO, TYPE_CHECKING, Any

import click

from kg.errors import KgError, ReleaseError, UnknownValue, in_words
from kg.query import Query, canned
from kg.query.known import Ask, check_values, examples, no_names
from kg.release import Release, open_release
from kg.store.engine.address import engine_from_environment
from kg.terminal import FAILED
from server import logs
from server.app import CACHE, create_app
from server.configuration import ConfiguredCommand
from server.current import Current
from server.following import Follower
from server.front.queries import queries_of
from server.front.server import Front
from server.http.counts import EXTENSION
from server.http.negotiation import choose
from server.http.protocol import BODY_LIMIT, Problem
from server.processes import sandbox
from server.processes.launch import command, environment
from server.processes.memory import use_one_arena
from server.settings import METRICS_TOKEN, SECRETS, EndpointType, Settings, limit_options, write_token
from server.verification import Verification
from server.workers.admission import BLOCKING
from server.workers.caching import CachingPool, Question
from server.workers.pool import ProcessPool
from server.writing import token
from server.writing.folder import overlay_of
from server.writing.requests import WRITE_LIMIT
from server.writing.writer import WRITES
from server.writing.writer_process import WriterProcess, empty_release

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_logger = logging.getLogger(__name__)
_SPARE_THREADS = 8
"""Threads beyond those that wait for queries or writes; they serve requests that need no worker."""
_DEFAULT = Path("build")
_START_SECONDS = 30.0
_VERIFY_SECONDS = 0.5
"""Seconds that a read-only server waits for the verification of its first release before it accepts requests."""


class CannotServe(click.ClickException):
    """The server cannot start; the message is one line."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Log the message; as text it has the form of those of other commands."""
        logging.getLogger("kg").error("%s", self.message)


@click.command(cls=ConfiguredCommand)
@click.argument("sites", nargs=-1, type=click.Path(path_type=Path), metavar="[SITE]...")
@click.option(
    "--release",
    type=click.Path(file_okay=False, path_type=Path),
    default=_DEFAULT,
    envvar="KG_RELEASE",
    show_envvar=True,
    show_default=True,
    help="Release, or output folder whose current release is served.",
)
@click.option("--watch", is_flag=True, help="Build the sites again whenever a file is saved, and show it in browsers.")
@click.option("--drafts", is_flag=True, help="Show the findings of pages opened, as for authors; --watch does as well.")
@click.option(
    "--host",
    default="127.0.0.1",
    envvar="KG_LISTEN_HOST",
    show_envvar=True,
    show_default=True,
    help="Address to listen on.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=7878,
    envvar="KG_LISTEN_PORT",
    show_envvar=True,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--behind-proxy",
    type=click.IntRange(0, 10),
    default=0,
    envvar="KG_BEHIND_PROXY",
    show_envvar=True,
    show_default=True,
    help="Number of proxies in front: this many X-Forwarded-For, -Proto, -Host and -Prefix entries are trusted.",
)
@click.option("--writable", is_flag=True, help="Accept updates and graphs from clients that send KG_WRITE_TOKEN.")
@click.option("--no-release", is_flag=True, help="With --writable: serve written data only, without a release.")
@click.option(
    "--overlay",
    type=click.Path(file_okay=False, path_type=Path),
    help="With --writable: folder of the written data; by default 'overlay' in that of --release.",
)
@click.option(
    "--allow-service",
    type=EndpointType(),
    multiple=True,
    envvar="KG_ALLOW_SERVICE",
    show_envvar=True,
    metavar="URL",
    help="Endpoint that SERVICE may query, spelled as in queries. None by default.",
)
@click.option(
    "--engine",
    envvar="KG_ENGINE",
    show_envvar=True,
    metavar="URL",
    help="SPARQL engine that holds the release and answers the queries.",
)
@limit_options
def serve(
    sites: tuple[Path, ...],
    release: Path,
    watch: bool,
    drafts: bool,
    host: str,
    port: int,
    behind_proxy: int,
    writable: bool,
    no_release: bool,
    overlay: Path | None,
    allow_service: tuple[str, ...],
    engine: str | None,
    **limits: Any,
) -> None:
    """Serve a release as SPARQL endpoint and web pages.

    The SITEs are built first, as by kg build. Without SITE and --release, the release in the folder build is served; if
    there is none, the example site is built. Most options may stand in kg.toml or in the environment as well, which
    kg settings shows.

    \b
    kg serve
    kg serve ../my-site --watch

    \f
    Raises:
        UsageError: when options contradict each other.
        CannotServe: when the server cannot start.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    use_one_arena()
    logs.configure(limits["log_format"])
    try:
        if not writable and (no_release or overlay):
            raise click.UsageError("--no-release and --overlay go with --writable")
        if engine and (writable or watch):
            raise click.UsageError("--engine goes without --writable and --watch: the engine is filled by its operator")
        if no_release and sites:
            raise click.UsageError("give sites, or --no-release")
        if watch and not sites:
            raise click.UsageError("--watch needs the sites that it watches")
        settings = Settings(
            **limits,
            allow_service=allow_service,
            write_token=write_token() if writable else "",
            metrics_token=os.environ.get(METRICS_TOKEN, "").strip(),
            engine=engine_from_environment(engine, limits["query_timeout"], os.environ) if engine else None,
            watch=watch,
            drafts=drafts or watch,
        )
        for secret in SECRETS:
            os.environ.pop(secret, None)  # child processes must not inherit it
        is_made = no_release or bool(sites) or (release == _DEFAULT and not _is_there(release))
        listener = _bind(host, port, None if is_made else release)
        with contextlib.closing(listener), contextlib.ExitStack() as at_end:
            written = overlay or overlay_of(release)
            if no_release:
                release = empty_release(written / "empty")
            elif is_made:
                _build(sites, release, "--quiet" if watch else "--then-serve")  # what watches says what there is to say
            if watch:
                at_end.enter_context(_building_again(sites, release))
            current = Current(release)
            verification = Verification(current.release)
            writing = None
            if writable:
                verification.check()  # written data are put on top of it
                writing = at_end.enter_context(_writing(written, current.release, settings))
            _serve(current, verification, writing, settings, listener, behind_proxy)
    except KgError as error:
        raise CannotServe(str(error)) from error


def _stop(number: int, frame: FrameType | None) -> None:
    _ignore_signals()
    raise SystemExit(0)


def _ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _bind(host: str, port: int, release: Path | None) -> socket.socket:
    """Return a socket that is bound but does not listen yet, so that early connections are refused.

    If that fails, what is wrong with the release that is there is said first: another port would not help.
    """
    with contextlib.ExitStack() as on_failure:
        try:
            family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            listener = on_failure.enter_context(socket.socket(family, kind, number))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError as error:
            advice = "; --port 0 takes a free one" if error.errno == errno.EADDRINUSE else ""
            wrong = _wrong(release) if release else ""
            raise CannotServe(f"{wrong}cannot listen on {host} port {port}: {in_words(error)}{advice}") from error
        on_failure.pop_all()
        return listener


def _wrong(release: Path) -> str:
    """Return what is wrong with a release as the beginning of a message; empty if it can be opened."""
    try:
        open_release(release)
    except ReleaseError as error:
        return f"{error}; also: "
    return ""


def _is_there(release: Path) -> bool:
    """Return whether there is a release, which may be damaged."""
    return (release / "manifest.json").exists() or (release / "current").is_symlink()


def _build(sites: Sequence[Path], release: Path, *options: str) -> None:
    """Build the sites, or the example site; the messages of ``kg build`` are shown."""
    if not sites:
        _logger.info("No release in %s: building the example site", release)
    out = logs.child_stderr() or sys.stderr.fileno()
    build = _build_command(sites, release, *options)
    # S603: no shell, and the only arguments from outside are paths
    built = subprocess.run(build, env=environment(), stdout=out, stderr=out, check=False)  # noqa: S603
    if built.returncode == FAILED:
        raise click.exceptions.Exit(FAILED)  # it has said why
    if built.returncode != 0:
        raise CannotServe(f"the build failed with exit status {built.returncode}")


@contextlib.contextmanager
def _building_again(sites: Sequence[Path], release: Path) -> Iterator[None]:
    """Run a process that builds the sites whenever one of their files is saved."""
    build = _build_command(sites, release, "--watch")
    building = subprocess.Popen(  # noqa: S603 - as above
        build, env=environment(), stdout=subprocess.DEVNULL, stderr=logs.child_stderr()
    )
    try:
        yield
    finally:
        building.terminate()
        building.wait()


def _build_command(sites: Sequence[Path], release: Path, *options: str) -> list[str]:
    return command("kg", "build", *map(str, sites), "--out", str(release), *options)


@contextlib.contextmanager
def _writing(overlay: Path, release: Release, settings: Settings) -> Iterator[WriterProcess]:
    with contextlib.closing(WriterProcess(overlay, release, settings)) as writing:
        writing.ready(_START_SECONDS)
        yield writing


def _serve(
    current: Current,
    verification: Verification,
    writing: WriterProcess | None,
    settings: Settings,
    listener: socket.socket,
    proxies: int,
) -> None:
    served = writing.current if writing else current
    if not settings.engine and not sandbox.supported():
        _logger.warning("queries are not isolated from the network: that needs Linux on x86_64 or aarch64")
    with contextlib.closing(ProcessPool(served, settings)) as pool:
        canned.load_all()  # while the workers start: later it would hold up the first requests
        pool.check(served.release, _START_SECONDS)
        verification.check(_VERIFY_SECONDS)
        room = settings.cache // 2  # half for HTTP responses, half for query results
        caching = CachingPool(pool, pool.version, room, _frequent if room else None)
        writer = writing.writer if writing else None
        app = create_app(current, settings, caching, writer, pool.version)
        threads = settings.query_workers + BLOCKING + (WRITES if writing else 0) + _SPARE_THREADS
        front = Front(
            app.extensions[CACHE],
            app.extensions[EXTENSION],
            settings,
            proxies=proxies,
            threads=threads,
            longer=partial(_longest, settings.write_token if writing else ""),
        )
        front.counts.caches["results"] = caching.replies
        front.queries = queries_of(front.loop, pool, caching, settings.query_timeout)
        caching.warm(served.release.id)
        served_at = ("Serving release %s at %s (Ctrl-C stops)", current.release.id, _url(listener))
        try:
            Follower(current, verification, pool, caching, writing).start()  # it may end the server at once
            front.run(listener, 2 * settings.query_workers + threads, partial(_logger.info, *served_at))
        except OSError as error:
            raise CannotServe(f"cannot listen: {in_words(error)}") from error
        finally:
            _ignore_signals()
            pool.stop()
            caching.join()
            verification.check(0)


def _longest(write_token: str, environ: WSGIEnvironment) -> int:
    """Return the largest body of a request in bytes if it is authorised to write.

    Raises:
        Problem: when it is not (401 or 403), or nobody may write (413).
    """
    if not write_token:
        detail = f"the body is longer than {BODY_LIMIT // 1024} kB"
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
    token.check(write_token, environ.get("HTTP_AUTHORIZATION"))
    return WRITE_LIMIT


def _frequent(ask: Ask) -> Iterator[Question]:
    """Yield the frequent queries: the canned questions with their examples in the release."""
    for query in canned.load_all().values():
        values = examples(query, ask)
        with contextlib.suppress(UnknownValue):
            check_values(query, values, ask, names=no_names)  # as for every request
            yield Query(query.fill(**values)), choose(None)


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
