"""Servers of files on the loopback interface that keep to nothing, or break off."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

Answer = Callable[[BaseHTTPRequestHandler], None]
"""Answers a GET request."""


@contextmanager
def stranger(answer: Answer) -> Iterator[str]:
    """Run a server that answers every GET request so, and return its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *about: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def send(request: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    """Send a response with a body of a known length."""
    request.send_response(status)
    for name, value in {"Content_Length": str(len(body)), **headers}.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    request.wfile.write(body)


def drip(request: BaseHTTPRequestHandler, text: bytes) -> None:
    """Send bytes one by one, and wait a little after each."""
    for number in range(len(text)):
        request.wfile.write(text[number : number + 1])
        time.sleep(0.02)


def files(out: Path) -> Answer:
    """Return what answers as a server of the files of an output folder, which knows no ranges."""
    return lambda request: send(request, (out / request.path.lstrip("/")).read_bytes())
