"""Our HTTP server and uvicorn with the same constant response: what HTTP alone costs, without queries and pages.

Ours sends it in three ways: again by the bytes of the request; from the event loop, as it sends the result of a query;
and from a thread, as it sends pages.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import wrk
from bench.report import NotMeasuredError, Row, Scale, interleaved
from bench.servers import free_port, started
from bench.wrk import Load, Requests

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BODY = b'{"head":{"vars":["o"]},"results":{"bindings":[]}}'
HEADERS = {"Content-Type": "application/json", "Content-Length": str(len(BODY))}
SAME = Requests("/x")
DIFFERENT = Requests(
    script="""
local n = $start
request = function()
  n = n + 1
  return wrk.format("GET", "/x?" .. n)
end
"""
)
KINDS = {
    "repeated": (SAME, "loop"),
    "different, event loop": (DIFFERENT, "loop"),
    "different, thread": (DIFFERENT, "thread"),
}
"""Requests, and how ours responds."""
PEERS = ("asyncio", "uvloop")
SIZES = {Scale.QUICK: (2, 1), Scale.NORMAL: (5, 2), Scale.FULL: (9, 3)}
"""Rounds, and seconds of each."""


async def asgi(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[dict[str, Any]], Awaitable[None]]
) -> None:
    """Respond as an ASGI application."""
    headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


def wsgi(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Respond as a WSGI application."""
    start_response("200 OK", list(HEADERS.items()))
    return [BODY]


class AtOnce:
    """Stands for the queries of the event loop: the result is at hand."""

    def begin(self, request: Any, output: Any) -> bool:
        """Respond without a worker."""
        output.respond(request)
        return True

    def check(self) -> None:
        """Do nothing: nothing waits."""


def serve(port: int, way: str) -> None:
    """Serve the response by our HTTP server."""
    import socket

    from server.front.server import Front
    from server.http.cache import Cache
    from server.http.counts import RequestCounts
    from server.settings import Settings

    cache, counts = Cache(wsgi, lambda: "1", 1 << 25), RequestCounts(())
    front = Front(cache, counts, Settings(), proxies=0, threads=8, longer=lambda environ: 0)
    if way == "loop":
        front.queries = AtOnce()  # type: ignore[assignment]
    front.run(socket.create_server(("127.0.0.1", port)), 0, lambda: None)


def command(server: str, port: int) -> list[str]:
    """Return the command of a server: ours by its way, or uvicorn by its event loop."""
    if server in PEERS:
        uvicorn = [sys.executable, "-m", "uvicorn", "bench.fronts:asgi", "--lifespan", "off", "--http", "httptools"]
        return [*uvicorn, "--loop", server, "--port", str(port)]
    return [sys.executable, "-c", f"from bench.fronts import serve; serve({port}, {server!r})"]


def rows(scale: Scale) -> Iterator[Row]:
    """Yield the rows of the table.

    Raises:
        NotMeasuredError: when wrk or uvicorn is not installed.
    """
    wrk.check()
    missing = [name for name in ("uvicorn", "httptools", "uvloop") if find_spec(name) is None]
    if missing:
        raise NotMeasuredError(f"{', '.join(missing)} is not installed (extra bench)")
    rounds, seconds = SIZES[scale]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        running: dict[str, Callable[[Requests, int], Load]] = {}
        for server in ("loop", "thread", *PEERS):
            port = free_port()
            start = started(command(server, port), port, "/x", Path(folder) / f"{server}.log")
            pid, _ = stack.enter_context(start)
            running[server] = partial(wrk.run, port, pid, seconds=seconds)
        for what, (sent, ours) in KINDS.items():
            for clients in (1, 8, 64):
                measures = {each: partial(running[each], sent, clients) for each in (ours, *PEERS)}
                found = interleaved(rounds, measures)
                named = {each if each == ours else f"uvicorn, {each}": loads for each, loads in found.items()}
                name = f"constant, {what}, {clients} client{'s' * (clients > 1)}"
                yield from wrk.rows(name, named, ("requests/s", "us CPU/request"))
