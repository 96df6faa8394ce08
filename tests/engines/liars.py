"""An engine that lies: the comment of a query says how."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from tests.server.endpoints import JSON, OPEN, REPLIES, SECRET, Endless, whole

ROWS = '{"head":{"vars":["s"]},"results":{"bindings":['
ROW = b'{"s":{"type":"literal","value":"a row"}},'
GRAPH = "Content-Type: application/n-triples\r\n"
LIES: dict[str, Iterable[bytes]] = {
    **REPLIES,
    "/nested": whole(ROWS + '{"s":{"type":"triple","value":' + '{"subject":{"type":"triple","value":' * 1_000_000),
    "/many-names": whole('{"head":{"vars":[' + ",".join(f'"{n}"' for n in range(300_000)) + "]}"),
    "/endless-rows": Endless(OPEN + ROWS.encode() + ROW, ROW * 1000),
    "/endless-name": Endless(OPEN + b'{"head":{"vars":["', b"a" * 65536),
    "/late-error": [OPEN + ROWS.encode() + ROW + b"Virtuoso 42000 Error"],
    "/after-the-end": whole(ROWS + "]}} <html>"),
    "/both": whole('{"head":{"vars":["s"]},"boolean":true,"results":{"bindings":[]}}'),
    "/forbidden": whole(SECRET, "WWW-Authenticate: Basic\r\n", "401 " + SECRET),
    "/echo": whole("Bearer the-token, the-token", "Content-Type: text/plain\r\n", "400 Bad Request"),
    "/words": whole("no\x1b[2J such function\nquery", "Content-Type: text/plain\r\n", "400 Bad Request"),
    "/no-triples": whole("<urn:a> <urn:b> <not an iri> .", GRAPH),
    "/cut-triples": [f"HTTP/1.1 200 OK\r\n{GRAPH}Content-Length: 99\r\n\r\n<urn:a> <urn:b> <urn:c> .\n".encode()],
    "/wrong-type": whole(ROWS + "]}}", "Content-Type: text/html\r\n"),
    "/partial": whole(ROWS + "]}}", JSON + "X-SQL-State: S1TAT\r\n"),
    "/long-truth": whole('{"boolean":true' + " " * 100_000 + "}"),
    "/true": whole('{"head":{},"boolean":"yes"}'),
}
"""Comment of a query → the bytes that are sent."""


@dataclass(frozen=True)
class Liar:
    url: str
    authorizations: list[str] = field(default_factory=list)
    """The headers of the queries that came."""
    texts: list[str] = field(default_factory=list)
    """The queries that came."""


class _Handler(BaseHTTPRequestHandler):
    liar: Liar

    def do_POST(self) -> None:
        text = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["query"][0]
        self.liar.authorizations.append(self.headers.get("Authorization", ""))
        self.liar.texts.append(text)
        self.close_connection = True
        lie = text.partition("# ")[2]
        for piece in LIES[lie] if lie else whole('{"head":{},"boolean":true}', f"{JSON}Server: Virtuoso/07\r\n"):
            try:
                self.wfile.write(piece)
            except OSError:
                return

    def do_GET(self) -> None:
        self.liar.texts.append("a redirect was followed")

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def liar() -> Iterator[Liar]:
    """Run the engine, which answers queries without a comment as an honest one does."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as listening:
        found = Liar(f"http://127.0.0.1:{listening.server_port}/query")
        listening.RequestHandlerClass = type("Handler", (_Handler,), {"liar": found})
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield found
        listening.shutdown()
