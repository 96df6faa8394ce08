"""Local SPARQL endpoints with faulty behaviour, one for each path."""

from __future__ import annotations

import itertools
import json
import ssl
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

JSON = "Content-Type: application/sparql-results+json\r\n"
SECRET = "the-name-of-something-internal"


@dataclass(frozen=True)
class Asked:
    path: str
    query: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Endpoints:
    """The server of ``url``; its paths are those of ``REPLIES``."""

    url: str
    asked: list[Asked] = field(default_factory=list)


def whole(body: str, headers: str = JSON, status: str = "200 OK") -> list[bytes]:
    raw = body.encode()
    return [f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(raw)}\r\n\r\n".encode() + raw]


def result(names: list[str], *rows: Mapping[str, object]) -> list[bytes]:
    return whole(json.dumps({"head": {"vars": names}, "results": {"bindings": rows}}))


@dataclass(frozen=True)
class Endless:
    first: bytes
    again: bytes
    pause: float = 0

    def __iter__(self) -> Iterator[bytes]:
        """Yield parts without end, or 200 of them if there are pauses."""
        yield self.first
        for _ in range(200) if self.pause else itertools.count():
            yield self.again
            time.sleep(self.pause)


OPEN = f"HTTP/1.1 200 OK\r\n{JSON}\r\n".encode()
BLANK = {"s": {"type": "bnode", "value": "b0"}}
LITERALS: list[dict[str, dict[str, str]]] = [
    {"s": {"type": "literal", "value": 'SERVICE } "\\\n\u2028 \x00'}},
    {"s": {"type": "literal", "value": "ø", "xml:lang": "nb"}},
    {"s": {"type": "typed-literal", "value": "7", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}},
    {"s": {"type": "uri", "value": "urn:a#b'SERVICE"}},
    {},
]
REPLIES: dict[str, Iterable[bytes]] = {
    "/good": result(["s"], {"s": {"type": "literal", "value": "good"}}),
    "/literals": result(["s"], *LITERALS),
    "/none": result(["s"]),
    "/nothing-bound": result([], {}, {}),
    "/many": result(["s"], *({"s": {"type": "uri", "value": f"http://example.org/{n}"}} for n in range(20_000))),
    "/redirect": whole("", "Location: /good\r\n", "307 Temporary Redirect"),
    "/error": whole(SECRET, "", "500 " + SECRET),
    "/html": whole(f"<title>{SECRET}</title>", "Content-Type: text/html\r\n"),
    "/compressed": whole("x", JSON + "Content-Encoding: gzip\r\n"),
    "/no-json": whole(SECRET),
    "/no-results": whole('{"head": {}, "boolean": true}'),
    "/deep": whole("[" * 100_000),
    "/blank": result(["s"], BLANK),
    "/no-iri": result(["s"], {"s": {"type": "uri", "value": "http://x/> } #"}}),
    "/no-language": result(["s"], {"s": {"type": "literal", "value": "x", "xml:lang": "en } #"}}),
    "/no-datatype": result(["s"], {"s": {"type": "literal", "value": "x", "datatype": "x> } #"}}),
    "/no-text": result(["s"], {"s": {"type": "literal", "value": 7}}),
    "/half-pair": whole('{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"literal","value":"\\ud800"}}]}}'),
    "/others": result(["s", "x"], {"x": {"type": "literal", "value": "1"}}),
    "/twice": result(["s", "s"], {}),
    "/cut": [OPEN.replace(b"\r\n\r\n", b"\r\nContent-Length: 99\r\n\r\n") + b'{"head"'],
    "/no-http": [b"\0" * 99],
    "/large": [OPEN, b" " * (5 * 1024 * 1024)],
    "/large-rows": whole('{"head":{"vars":["s"]},"results":{"bindings":[' + "{}," * 1_000_000 + "{}]}}"),
    "/endless": Endless(OPEN, b" " * 65536),
    "/endless-headers": Endless(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
    "/endless-continue": Endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "/drip": Endless(OPEN, b" ", 0.05),
    "/drip-headers": Endless(b"HTTP/1.1 200 ", b"O", 0.05),
    "/silent": Endless(b"", b"", 4),
}


class _Handler(BaseHTTPRequestHandler):
    asked: list[Asked]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append(Asked(self.path, parse_qs(body)["query"][0], dict(self.headers)))
        self.close_connection = True
        for piece in REPLIES[urlsplit(self.path).path]:
            try:
                self.wfile.write(piece)
            except OSError:
                return

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def endpoints(certificate: Path | None = None) -> Iterator[Endpoints]:
    """Run the endpoints, with TLS if they have a certificate (and its key in the same file)."""
    asked: list[Asked] = []
    handler = type("Handler", (_Handler,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            listening.socket = context.wrap_socket(listening.socket, server_side=True)
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield Endpoints(f"http{'s' if certificate else ''}://127.0.0.1:{listening.server_port}", asked)
        listening.shutdown()
