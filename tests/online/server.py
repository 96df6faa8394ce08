"""A local server that gives every kind of answer, by the path of the request."""

from __future__ import annotations

import ssl
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Barrier, Thread

CERTIFICATE = Path(__file__).with_name("archive.example.pem")
"""A certificate for archive.example that signs itself, and its key."""


@dataclass
class Plays:
    """An answer of the server."""

    status: int = 200
    body: bytes = b"<html><body><p>Hello</p></body></html>"
    headers: Mapping[str, str] = field(default_factory=dict)
    head: int = 0
    """Status of an answer to HEAD; 0 means that of GET, -1 that the connection is closed."""
    seconds: float = 0.0
    """Time before the answer."""
    times: int = 0
    """After so many requests the answer is success; 0 means never."""
    drips: float = 0.0
    """Pause after each repetition of the body, which never ends; 0 means that there is none."""
    is_cut: bool = False
    """Whether the connection is closed within the answer."""
    meets: Barrier | None = None
    """Another request that must be there at the same time."""
    cookie: str = ""
    """A cookie with which the answer is success."""


@dataclass
class PlayedServer:
    address: str
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Method and path of every request, in order."""
    agents: set[str] = field(default_factory=set)
    at_once: int = 0
    """Number of requests, at most, that were answered at the same time."""

    def count(self, path: str) -> int:
        return sum(asked == path for _, asked in self.asked)


def redirect(target: str, status: int = 301) -> Plays:
    return Plays(status, b"", {"Location": target})


def html(body: str, **headers: str) -> Plays:
    return Plays(200, body.encode(), {"Content-Type": "text/html; charset=utf-8", **headers})


@contextmanager
def playing(plays: Mapping[str, Plays], host: str = "127.0.0.1", *, tls: bool = False) -> Iterator[PlayedServer]:
    """Run a server at a local address; a path without an answer is not found."""
    open_now = [0]
    counts = Counter[str]()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            log.asked.append((self.command, self.path))
            log.agents.add(self.headers.get("User-Agent", ""))
            open_now[0] += 1
            log.at_once = max(log.at_once, open_now[0])
            try:
                self._play(plays.get(self.path, Plays(404, b"nothing")))
            except (BrokenPipeError, ConnectionResetError):
                pass
            finally:
                open_now[0] -= 1

        do_HEAD = do_GET  # noqa: N815

        def _play(self, play: Plays) -> None:
            counts[self.path] += 1
            time.sleep(play.seconds)
            if play.meets:
                play.meets.wait()
            status = play.status
            if self.command == "HEAD" and play.head:
                status = play.head
            if (play.times and counts[self.path] > play.times) or (play.cookie and play.cookie in self.cookies()):
                status = 200
            if status < 0:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in play.headers.items():
                self.send_header(name, value)
            if not play.drips:
                self.send_header("Content-Length", str(len(play.body) + (1000 if play.is_cut else 0)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(play.body)
            while self.command == "GET" and play.drips:  # until the client leaves
                time.sleep(play.drips)
                self.wfile.write(play.body)
            self.close_connection = play.is_cut or bool(play.drips)

        def cookies(self) -> str:
            return str(self.headers.get("Cookie", ""))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing: clients that leave early are part of the play."""

    server = Quiet((host, 0), Handler)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    log = PlayedServer(f"http{'s' * tls}://{host}:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield log
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
