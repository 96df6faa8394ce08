"""What one client may do to the front: the cost of a request grows with its length, and nobody keeps others out."""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import json
import os
import re
import resource
import select
import signal
import socket
import struct
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest

from kg.query.known import _plain
from server.front.parsing import HEADER_LIMIT, parse
from server.front.server import BODIES, CLIENT_CONNECTIONS
from server.http.compression import choose_coding
from server.http.negotiation import best, choose, prefers_html
from server.http.protocol import BODY_LIMIT, Problem
from server.views.things import _above
from server.workers.admission import BLOCKING
from tests.growth import LINEAR, TIMES, growth
from tests.server import serving
from tests.server.serving import QUADS, ROOT, Server, Start, gone, make_release, many, run_server, stop_process, until

pytestmark = pytest.mark.slow

TINY = "/sparql?query=" + quote("ASK { ?s ?p 7 }")
ENDLESS = "/sparql?query=" + quote("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
UNREAD = "/sparql?format=tsv&query=" + quote("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
ROWS = "/sparql?format=tsv&query=" + quote("SELECT * { ?s ?p ?o }")

TYPE = b"Content-Type: application/sparql-query\r\n"
POST = b"POST /sparql HTTP/1.1\r\nHost: x\r\n" + TYPE
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
KINDS = {"/sparql": b"application/sparql-results+json", "/health": b"application/json", "/": b"text/html"}
"""Path → media type of the response."""


def get(path: str, version: str = "1.1") -> bytes:
    return f"GET {path} HTTP/{version}\r\nHost: x\r\n\r\n".encode()


HIDDEN = CHUNKED + b"%x\r\n%b\r\n0\r\n\r\n" % (len(get("/health")), get("/health"))
"""The end of headers, and a body that is a request of its own."""


def connect(server: Server, address: str = "127.0.0.1") -> socket.socket:
    where = urlsplit(server.url)
    return socket.create_connection((where.hostname, where.port), timeout=60, source_address=(address, 0))


def send(server: Server, data: bytes) -> bytes:
    """Send bytes, then nothing more; return everything that comes back."""
    with connect(server) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def states(server: Server) -> dict[str, int]:
    """Return the number of the server's connections in each state of TCP, by the kernel's code."""
    here = f"0100007F:{urlsplit(server.url).port:04X}"  # a client at another address may have the same port
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    found: dict[str, int] = {}
    for line in lines:
        _, local, _, state = line.split()[:4]
        if local == here and state != "0A":  # the one that listens
            found[state] = found.get(state, 0) + 1
    return found


def seconds(server: Server) -> float:
    """Return the CPU time that the front has used."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(server: Server) -> int:
    """Return the memory of the front in kB."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.findall(r"^VmRSS:\s*(\d+)", status, re.MULTILINE)[0])


@pytest.mark.parametrize("paths", [(TINY, TINY), (TINY, "/health"), ("/health", TINY), ("/", TINY, "/health", "/")])
def test_requests_sent_at_once_are_all_answered_in_order(server: Server, paths: tuple[str, ...]) -> None:
    for _ in range(2):  # the second time from memory
        came = send(server, b"".join(map(get, paths)))
        heads = re.findall(rb"HTTP/1\.1 (\d+) [^\r]*\r\n(?:[^\r]+\r\n)*?Content-Type: ([^\r;]*)", came)
        assert heads == [(b"200", KINDS[path.partition("?")[0]]) for path in paths]


def test_clients_that_leave_in_the_middle_of_many_requests_leave_nothing_behind(server: Server) -> None:
    for number in range(60):
        with connect(server) as connection:
            connection.sendall(
                b"".join(get(TINY) + get(f"{TINY}%20{number}.{n}".replace(".", "%20")) for n in range(6))
            )
    until(lambda: states(server).get("08", 0) == 0)  # CLOSE_WAIT
    until(lambda: server.ask("/health").status == 200)
    assert states(server).get("01", 0) == 0  # ESTABLISHED


def test_pipelined_requests_of_a_client_that_does_not_read_cost_bounded_memory(start: Start, releases: Path) -> None:
    server = start(releases)
    assert server.ask(ROWS).status == 200
    before = memory(server)
    with connect(server) as connection:
        connection.settimeout(2)
        with contextlib.suppress(TimeoutError):
            connection.sendall(get(ROWS) * 200_000)  # their responses would be gigabytes
        assert server.ask("/health").status == 200
        assert memory(server) < before + 32 * 1024


HEADERS: dict[str, Callable[[int], object]] = {
    "blanks in a header": lambda size: parse(b"GET / HTTP/1.1\r\nHost: x\r\nX: a" + b" " * size + b"b\r\n\r\n"),
    "blanks after a name": lambda size: _refused(b"GET / HTTP/1.1\r\nHost: x\r\nX" + b" " * size + b": b\r\n\r\n"),
    "headers": lambda size: parse(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: a\r\n" * (size // 6) + b"\r\n"),
    "one header many times": lambda size: parse(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a:\r\n" * (size // 4) + b"\r\n"),
    "blanks in Accept": lambda size: choose("a" + " " * size + "b"),
    "tabs in Accept": lambda size: prefers_html("a/b" + "\t " * (size // 2) + ";q=1"),
    "ranges in Accept": lambda size: choose("a/b," * (size // 4)),
    "parameters in Accept": lambda size: choose("a/b" + ";c=d" * (size // 4)),
    "quotes in Accept": lambda size: choose('a/b;c="' + '\\"' * (size // 2)),
    "blanks in Accept-Encoding": lambda size: choose_coding("a" + " " * size + "b"),
    "segments": lambda size: _above("https://w3id.org/rdm-kg/id/" + "a/" * (size // 2)),
}


@pytest.mark.parametrize("kind", HEADERS)
@pytest.mark.parametrize("httptools", [True, False], ids=["httptools", "h11"])
def test_the_cost_of_a_request_grows_with_its_length(
    kind: str, httptools: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not httptools:
        monkeypatch.setattr("server.front.parsing.httptools", None)

    def work(size: int) -> None:
        for cached in (best, choose, choose_coding):
            cached.cache_clear()
        HEADERS[kind](size)

    assert growth(work, HEADER_LIMIT // 10) < LINEAR


def _refused(block: bytes) -> None:
    with pytest.raises(Problem):
        parse(block)


@pytest.mark.parametrize("path", ["/id/" + "a/" * 15_000, "/id/" + "a" * 60_000, "/id/" + "a-" * 30_000])
def test_an_unknown_path_however_long_costs_little_memory(start: Start, releases: Path, path: str) -> None:
    server = start(releases)
    assert server.ask("/id/a").status == 404
    before = memory(server)
    assert server.ask(path).status == 404
    assert memory(server) < before + 32 * 1024


def test_idle_connections_cost_nothing(server: Server) -> None:
    def use() -> float:
        before = seconds(server)
        with closing(http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=60)) as connection:
            for _ in range(3000):
                connection.request("GET", TINY)
                with connection.getresponse() as response:
                    response.read()
        return seconds(server) - before

    alone = min(use() for _ in range(3))
    with ExitStack() as held:
        for _ in range(900):
            held.enter_context(connect(server))
        beside = min(use() for _ in range(3))
        assert states(server)["01"] >= 900
    assert beside < 2 * alone + 0.1


def test_half_requests_of_one_client_keep_nobody_out(start: Start, releases: Path) -> None:
    server = start(releases, KG_REQUEST_SECONDS="3600")
    with ExitStack() as held:
        for number in range(CLIENT_CONNECTIONS + 100):
            held.enter_context(connect(server, "127.0.0.2")).sendall(b"GET /health HTTP/1.1\r\nHo")
            if number % 100 == 0:  # all before are accepted then: the system's queue does not overflow
                assert server.ask("/health").status == 200
        until(lambda: states(server).get("01", 0) <= CLIENT_CONNECTIONS)
        with connect(server, "127.0.0.3") as other:
            other.sendall(get("/health"))
            assert other.recv(12) == b"HTTP/1.1 200"
        with connect(server, "127.0.0.2") as newest:
            newest.sendall(get("/health"))
            assert newest.recv(12) == b"HTTP/1.1 200"


def test_clients_that_do_not_read_what_they_asked_for_hold_no_threads(start: Start, tmp_path: Path) -> None:
    make_release(tmp_path / "large", many(80_000))
    server = start(tmp_path / "large", KG_REQUEST_SECONDS="3600")
    with ExitStack() as held:
        for number in range(80):
            connection = held.enter_context(connect(server, f"127.0.0.{number % 4 + 2}"))
            connection.sendall(get("/dumps/graph.nq"))
            assert connection.recv(12) == b"HTTP/1.1 200"
        assert server.ask("/queries/").status == 200
        until(lambda: len(list(Path(f"/proc/{server.process.pid}/task").iterdir())) < 20)
        assert memory(server) < 200_000
        came = len(b"".join(iter(lambda: connection.recv(1 << 16), b"")))  # it goes on when it is read
        assert came > (tmp_path / "large" / "current" / "dumps" / "graph.nq").stat().st_size


def test_a_client_that_waits_for_pages_leaves_threads_to_others(start: Start, releases: Path) -> None:
    """Pages wait for workers that endless queries of two clients hold; other pages and health do not wait."""
    server = start(releases, KG_QUERY_WORKERS="2", KG_QUERY_TIMEOUT="60", KG_QUEUE_SECONDS="60", KG_CLIENT_QUERIES="2")
    with ExitStack() as held:
        for address in ("127.0.0.2", "127.0.0.3"):
            held.enter_context(connect(server, address)).sendall(get(ENDLESS))
        for number in range(200):
            page = get(f"/search?q=a{number}") if number % 2 else get(f"/id/a{number}")
            held.enter_context(connect(server, "127.0.0.4")).sendall(page)
        with connect(server, "127.0.0.5") as other:
            other.sendall(get("/health"))
            assert other.recv(12) == b"HTTP/1.1 200"


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (
            b"POST /sparql HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n1a\r\n"
            + get("/health")[:26]
            + b"\r\n0\r\n\r\n",
            400,
        ),
        (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\nHost: x\n\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (POST + b"X: a\nContent-Length: 1\r\n\r\n" + get("/health"), 400),
        (POST + b"Connection: Upgrade\r\nUpgrade: h2c\r\n" + HIDDEN, 400),
        (b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n" + HIDDEN, 404),
        (b"POST /sparql HTTP/1.1\r\nHost: x\r\n" + CHUNKED + b"6\r\nASK {}\r\n0\r\n" + TYPE + b"X: y\r\n\r\n", 415),
    ],
    ids=["chunked 1.0", "long length", "bare line feeds", "bare line feed", "upgrade", "connect", "trailers"],
)
@pytest.mark.parametrize("httptools", [True, False], ids=["httptools", "h11"])
def test_a_request_that_is_none_has_one_response(
    server: Server, start: Start, releases: Path, request_bytes: bytes, status: int, httptools: bool
) -> None:
    served = server if httptools else start(releases, PYTHONPATH=without_httptools(releases.parent))
    came = send(served, request_bytes)
    assert came.startswith(f"HTTP/1.1 {status} ".encode())
    assert came.count(b"HTTP/1.1 ") == 1
    assert json.loads(came.partition(b"\r\n\r\n")[2])["status"] == status


def without_httptools(folder: Path) -> str:
    """Return a path of modules that makes the import of httptools fail, as where there is no wheel."""
    blocked = folder / "blocked"
    blocked.mkdir(exist_ok=True)
    (blocked / "httptools.py").write_text("raise ImportError\n", encoding="utf-8")
    return f"{blocked}{os.pathsep}{ROOT}"


@pytest.mark.parametrize(
    "path", ["/sparql", "/search", "/queries/", "/ask", "/id/x", "/ont", "/store", "/dumps/", "/", "/prefixes"]
)
@pytest.mark.parametrize("named", ["%0d%0aX", "%00", "%ff", "x" * 1000])
def test_no_format_is_an_internal_error(server: Server, path: str, named: str) -> None:
    for parameters in (f"format={named}", f"query=ASK%7B%7D&q=a&format={named}"):
        reply = server.ask(f"{path}?{parameters}")
        assert reply.status < 500, reply.text
        assert "X" not in reply.headers


@pytest.mark.parametrize("query", ["ASK {}", "SELECT * { ?s ?p ?o }"])
def test_an_address_that_is_too_long_is_refused_whatever_it_asks(server: Server, query: str) -> None:
    addresses = [f"/sparql?query={quote(query)}{'%20' * count}" for count in (0, 22_000)]  # the second is similar
    assert [server.ask(address).status for address in addresses] == [200, 414]
    assert server.ask(addresses[1], headers={"X": "1"}).status == 414


@pytest.mark.parametrize("target", ["http://x?a=/health", "http://x/?a=/health"])
def test_an_absolute_target_without_a_path_is_the_start_page(server: Server, target: str) -> None:
    assert b"\r\nContent-Type: text/html" in send(server, get(target))


@pytest.mark.parametrize("expected", ["100-continue", "100-Continue"])
def test_a_client_is_told_to_continue(server: Server, expected: str) -> None:
    with connect(server) as connection:
        connection.sendall(POST + f"Expect: {expected}\r\nContent-Length: 6\r\n\r\n".encode())
        assert connection.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"ASK {}")
        assert connection.recv(12) == b"HTTP/1.1 200"


def test_the_token_is_looked_at_before_a_long_body_is_read(tmp_path: Path) -> None:
    make_release(tmp_path / "out", QUADS)
    options = ["--release", str(tmp_path / "out"), "--port", "0", "--writable"]
    server = run_server(tmp_path, options, KG_WRITE_TOKEN="secret")
    try:
        for credentials, status in [("", b"401"), ("Authorization: Bearer wrong\r\n", b"401")]:
            for framing in (f"Content-Length: {BODY_LIMIT * 8}", "Expect: 100-continue\r\nContent-Length: 9999999"):
                head = f"POST /update HTTP/1.1\r\nHost: x\r\n{credentials}Content-Type: application/sparql-update\r\n"
                with connect(server) as connection:
                    connection.sendall(f"{head}{framing}\r\n\r\n".encode())
                    assert connection.recv(12) == b"HTTP/1.1 " + status
    finally:
        server.end()


def test_bodies_that_never_end_are_bounded_for_each_client(start: Start, releases: Path) -> None:
    server = start(releases, KG_REQUEST_SECONDS="3600")
    server.ask("/health")
    before = memory(server)
    head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: {BODY_LIMIT}\r\n\r\n".encode()
    with ExitStack() as held:
        refused = 0
        for _ in range(100):
            connection = held.enter_context(connect(server, "127.0.0.2"))
            connection.sendall(head + b"a" * (BODY_LIMIT - 1))
            connection.settimeout(0.2)
            with contextlib.suppress(TimeoutError, ConnectionError):
                refused += connection.recv(12) == b"HTTP/1.1 503"
        assert refused > 0
        assert memory(server) < before + 160 * 1024
        with connect(server, "127.0.0.3") as other:
            other.sendall(POST + b"Content-Length: 6\r\n\r\nASK {}")
            assert other.recv(12) == b"HTTP/1.1 200"


def test_trailers_without_end_are_refused_and_none_is_kept(start: Start, releases: Path) -> None:
    server = start(releases, KG_REQUEST_SECONDS="3600")
    server.ask("/health")
    before = memory(server)
    with ExitStack() as held:
        for _ in range(4):
            connection = held.enter_context(connect(server))
            with contextlib.suppress(ConnectionError):
                connection.sendall(POST + CHUNKED + b"0\r\n" + b"ab:\r\n" * (3 * BODY_LIMIT // 5))
            assert connection.recv(12) == b"HTTP/1.1 431"
        assert memory(server) < before + 32 * 1024
    few = POST + CHUNKED + b"6\r\nASK {}\r\n0\r\nX-Sum: 1\r\n\r\n"
    with connect(server) as connection:
        connection.sendall(few)
        assert connection.recv(12) == b"HTTP/1.1 200"


def test_chunks_count_as_they_were_sent(start: Start, releases: Path) -> None:
    server = start(releases, KG_REQUEST_SECONDS="3600")
    padded = b"1;" + b"a" * 8000 + b"\r\na\r\n"
    with ExitStack() as held:
        refused = 0
        for _ in range(100):
            connection = held.enter_context(connect(server, "127.0.0.2"))
            connection.settimeout(0.2)
            with contextlib.suppress(TimeoutError, ConnectionError):
                connection.sendall(POST + CHUNKED + padded * (BODY_LIMIT // len(padded)))
                refused += connection.recv(12) == b"HTTP/1.1 503"
        assert refused > 0


@pytest.mark.parametrize(
    "path",
    [
        "/queries/sheets-by-fairsharing?id=" + "/" * 30_000 + "x",
        "/queries/sheets-by-fairsharing?id=" + "?" * 30_000 + "%0ax",
        "/queries/sheets-by-fairsharing?id=" + "%20" * 10_000 + "x",
    ],
)
def test_a_long_value_is_looked_at_in_linear_time(path: str) -> None:
    kind, value = "record", unquote(path.partition("id=")[2])
    assert growth(lambda size: _plain(kind, value[:size] + "\nx"), len(value) // TIMES) < LINEAR


@pytest.mark.parametrize("name", ["a" * 300, "a/" * 3000, "a" * 300 + ".css"])
def test_no_name_of_a_file_is_an_error_of_the_server(server: Server, name: str) -> None:
    assert server.ask(f"/static/{name}").status == 404


@pytest.mark.parametrize("host", ["a:b:c", ":", "[", "]:", "[::1", "a b", "a:80:80", "[::1]]"])
def test_what_is_no_host_is_refused(server: Server, host: str) -> None:
    came = send(server, f"GET /queries HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert came.startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("host", ["a", "a.example:80", "a:", "[::1]:8080", "127.0.0.1", "a_b.example", ""])
def test_a_host_with_or_without_port_is_served(server: Server, host: str) -> None:
    came = send(server, f"GET /health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert came.startswith(b"HTTP/1.1 200")


def test_what_a_proxy_says_and_no_address_can_have_is_ignored(tmp_path: Path, releases: Path) -> None:
    server = run_server(tmp_path, ["--release", str(releases), "--port", "0", "--behind-proxy", "1"])
    try:
        for header in ("Prefix: \xff", "Prefix: /a b", "Host: a:b:c", "Host: [", "Host: ]:"):
            head = f"GET /dumps HTTP/1.1\r\nHost: x.example\r\nAccept: text/html\r\nX-Forwarded-{header}\r\n"
            came = send(server, f"{head}Connection: close\r\n\r\n".encode("latin-1"))
            assert re.search(rb"^Location: (http://x\.example)?/dumps/\r$", came, re.MULTILINE), came
        good = b"GET /dumps HTTP/1.1\r\nHost: x\r\nX-Forwarded-Host: y.example:8080\r\nX-Forwarded-Prefix: /a/b\r\n"
        assert b"/a/b/dumps/\r\n" in send(server, good + b"Connection: close\r\n\r\n")
    finally:
        assert server.end() == 0
    assert "Traceback" not in server.log.read_text()


def test_clients_with_long_bodies_do_not_keep_out_a_short_one(start: Start, releases: Path) -> None:
    server = start(releases, KG_REQUEST_SECONDS="3600")
    head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: {BODY_LIMIT}\r\n\r\n".encode()
    clients, each = 5, 60
    with ExitStack() as held:
        connections = [
            held.enter_context(connect(server, f"127.0.0.{2 + number % clients}")) for number in range(clients * each)
        ]
        for connection in connections:
            connection.sendall(head + b"a" * (BODY_LIMIT - 1))
        refused = clients * each - BODIES // BODY_LIMIT
        until(lambda: len(select.select(connections, [], [], 0)[0]) == refused)
        with connect(server, "127.0.0.9") as other:
            other.sendall(POST + b"Content-Length: 999\r\n\r\n" + b"ASK {}".ljust(999))
            assert other.recv(12) == b"HTTP/1.1 200"


def test_bodies_of_clients_that_have_left_are_bounded_too(start: Start, releases: Path) -> None:
    """All threads that a client may have wait for its queries, and what it sends besides waits for them."""
    server = start(releases, KG_QUERY_WORKERS="4", KG_CLIENT_QUERIES="8", KG_QUERY_TIMEOUT="60", KG_QUEUE_SECONDS="60")
    page = get(ENDLESS).replace(b"Host", b"Accept: text/html\r\nHost")
    body = b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % BODY_LIMIT + b"a" * BODY_LIMIT
    with ExitStack() as held:
        for number in 3, BLOCKING:  # pages whose queries run, and pages whose queries wait
            for _ in range(number):
                held.enter_context(connect(server, "127.0.0.2")).sendall(page)
            until(lambda: b'"busy":3' in server.ask("/health").body)
        until(lambda: not is_answered(server, "127.0.0.2"))
        before = memory(server)
        for _ in range(200):
            with connect(server, "127.0.0.2") as gone, contextlib.suppress(ConnectionError):
                gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                gone.sendall(body)
                until(lambda gone=gone: unsent(gone) == 0)  # type: ignore[misc]
        assert is_answered(server, "127.0.0.3")
        assert memory(server) < before + 128 * 1024


@pytest.mark.parametrize("path", ["/nothing", "/sparql", "/queries/nothing"])
def test_bodies_of_requests_that_fail_do_not_stay_in_memory(start: Start, releases: Path, path: str) -> None:
    server = start(releases)
    body = b"POST %b HTTP/1.1\r\nHost: x\r\n%bContent-Length: %d\r\n\r\n" % (path.encode(), TYPE, BODY_LIMIT)
    before = memory(server)
    with connect(server) as connection:
        for _ in range(200):
            connection.sendall(body + b"a" * BODY_LIMIT)
            assert re.match(rb"HTTP/1.1 4\d\d ", connection.recv(1 << 16))
    assert memory(server) < before + 128 * 1024


def is_answered(server: Server, address: str) -> bool:
    with connect(server, address) as connection:
        connection.settimeout(1)
        connection.sendall(get("/health"))
        try:
            return bool(connection.recv(1))
        except TimeoutError:
            return False


def unsent(connection: socket.socket) -> int:
    """Return the bytes that the server has not acknowledged."""
    return int.from_bytes(fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)), sys.byteorder)


def test_a_client_that_sends_no_more_gets_a_long_response_too(server: Server) -> None:
    came = send(server, get("/dumps/graph.nq"))
    assert came.partition(b"\r\n\r\n")[2] == server.ask("/dumps/graph.nq").body


def test_the_log_names_the_client_also_of_a_kept_response(tmp_path: Path, releases: Path) -> None:
    server = run_server(tmp_path, ["--release", str(releases), "--port", "0", "--behind-proxy", "1"])
    for _ in range(3):
        server.ask(TINY, headers={"X-Forwarded-For": "192.0.2.1"})
    assert server.end() == 0
    assert server.log.read_text().count("\n192.0.2.1 GET /sparql") == 3


def test_the_event_loop_sends_no_query_that_a_worker_may_not_take_at_once(start: Start, releases: Path) -> None:
    server = start(releases, KG_CACHE="0")
    threads = Path(f"/proc/{server.process.pid}/task")
    before = len(list(threads.iterdir()))
    for graphs, further in [(1, 0), (100, 1)]:
        form = "query=ASK{}" + f"&default-graph-uri=http://example.org/{'a' * 1000}" * graphs
        asked = server.ask("/sparql", "POST", form.encode(), {"Content-Type": "application/x-www-form-urlencoded"})
        assert asked.status == 200
        assert len(list(threads.iterdir())) == before + further


def test_a_worker_that_reports_an_unknown_error_answers_the_next_query(
    start: Start, releases: Path, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(FAULT, encoding="utf-8")
    path = f"{tmp_path}{os.pathsep}{ROOT}"
    server = start(releases, PYTHONPATH=path, KG_QUERY_WORKERS="1", KG_QUERY_TIMEOUT="1", KG_CACHE="0")
    workers = server.workers()
    assert server.query("ASK {} # fault").status == 500
    assert server.query("ASK {}").text.endswith("true}")
    assert server.workers() == workers


FAULT = """
from server.workers import worker
write = worker._write
def _write(connection, store, ask, limit):
    if "# fault" in ask.query.text:
        raise KeyError("fault")
    return write(connection, store, ask, limit)
worker._write = _write
"""


def test_a_client_that_sends_no_more_still_gets_its_response(server: Server) -> None:
    assert b'"boolean":true' in send(server, get("/sparql?query=" + quote("ASK { ?s ?p ?o . FILTER(true) }")))


@pytest.fixture(scope="module")
def pure(releases: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a server where httptools is not installed."""
    folder = tmp_path_factory.mktemp("pure")
    served = run_server(folder, ["--release", str(releases), "--port", "0"], PYTHONPATH=without_httptools(folder))
    yield served
    assert served.end() == 0
    assert "Traceback" not in served.log.read_text()


def test_without_httptools_all_is_the_same(server: Server, pure: Server) -> None:
    chunked = POST + b"Transfer-Encoding: chunked\r\n\r\n"
    requests = [
        get(TINY),
        get("/health"),
        get(ROWS),
        b"GET " + TINY.encode() + b" HTTP/1.0\r\n\r\n",
        chunked + b"3\r\nASK\r\n3;a=b\r\n {}\r\n0\r\nTrailer: x\r\n\r\n",
        chunked + b"zz\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"HEAD " + ROWS.encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        get(quote("/sparql") + "?query=ASK%7B%3Chttp://example.org/").replace(
            b" HTTP", "é%3E%20?p%20?o%7D HTTP".encode()
        ),
    ]
    for request in requests:
        first, second = (_comparable(send(each, request)) for each in (server, pure))
        assert first[0] == second[0]
        assert first[1:] == second[1:] or int(first[0].split()[1]) >= 400


def _comparable(came: bytes) -> tuple[bytes, frozenset[bytes], bytes]:
    head, _, body = came.partition(b"\r\n\r\n")
    line, *headers = head.split(b"\r\n")
    if b"application/json" in head:  # numbers of workers
        body = b""
    return line, frozenset(header for header in headers if not header.startswith(b"Date:")), body


def kill(pids: set[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_workers_are_replaced_also_after_descriptors_were_exhausted(start: Start, releases: Path) -> None:
    server = start(releases, KG_QUERY_WORKERS="2")
    usual = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (0, usual[1]))
    for _ in range(2):
        before = server.workers()
        kill(before)
        until(lambda before=before: len(server.workers() - before) == 2)  # type: ignore[misc]
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, usual)
    kill(server.workers())
    until(lambda: b'"idle":2' in server.ask("/health").body)
    assert server.query("ASK { ?s ?p 8 }").status == 200
    assert server.end() == 0
    assert "Traceback" not in server.log.read_text()


def test_many_connections_at_once_exhaust_no_descriptors(
    start: Start, releases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "RUN", ["prlimit", "--nofile=300", *serving.RUN])
    server = start(releases, KG_QUERY_WORKERS="2")
    with ExitStack() as held:
        for number in range(600):
            connection = held.enter_context(closing(socket.socket()))
            connection.bind((f"127.0.0.{2 + number % 100}", 0))
            connection.setblocking(False)
            connection.connect_ex(("127.0.0.1", urlsplit(server.url).port))
        assert server.ask("/health").status == 200
    assert server.end() == 0
    assert "Traceback" not in server.log.read_text()


def test_connections_over_which_nothing_is_read_keep_nobody_out(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "RUN", ["prlimit", "--nofile=300", *serving.RUN])
    make_release(tmp_path / "large", many(80_000))
    server = start(tmp_path / "large", KG_QUERY_WORKERS="2", KG_REQUEST_SECONDS="3600")
    with ExitStack() as held:
        for number in range(200):
            connection = held.enter_context(connect(server, f"127.0.1.{number + 2}"))
            connection.sendall(get("/dumps/graph.nq"))
            with suppress(ConnectionError):  # it is the oldest of the client that has most
                assert connection.recv(12) == b"HTTP/1.1 200"
        assert server.ask("/health").status == 200
    assert server.end() == 0
    assert "Traceback" not in server.log.read_text()


def test_it_stops_while_queries_wait_for_a_worker(start: Start, releases: Path) -> None:
    server = start(releases, KG_QUERY_WORKERS="1", KG_QUERY_TIMEOUT="60", KG_QUEUE_SECONDS="60", KG_CACHE="0")
    with ExitStack() as held:
        for number in range(2, 6):
            held.enter_context(connect(server, f"127.0.0.{number}")).sendall(get(ENDLESS))
        until(lambda: b'"busy":1' in server.ask("/health").body)
        assert server.end() == 0
    assert "Traceback" not in server.log.read_text()


def test_it_stops_after_the_responses_that_are_being_sent(start: Start, releases: Path) -> None:
    server = start(releases)
    with connect(server) as idle, connect(server) as busy:
        busy.sendall(get(ROWS))
        first = busy.recv(100)
        assert server.end() == 0
        whole = first + b"".join(iter(lambda: busy.recv(1 << 16), b""))
        assert idle.recv(1) == b""
    assert whole.count(b"\n") > 2000


def test_a_stopped_worker_is_replaced_after_the_time_of_its_query(start: Start, releases: Path) -> None:
    # no cache: nothing is asked at start for it, so that the worker is idle when it is stopped
    server = start(releases, KG_QUERY_WORKERS="1", KG_QUERY_TIMEOUT="1", KG_CACHE="0")

    def stopped_worker_is_asked(new: str) -> int | None:
        """Stop the worker and ask it; return its id, or ``None`` if it was exchanged at that moment."""
        until(lambda: b'"idle":1' in server.ask("/health").body and len(server.workers()) == 1)
        (worker,) = server.workers()
        stop_process(worker)
        return worker if server.ask(TINY + new).status == 504 else None

    worker = next(filter(None, (stopped_worker_is_asked("%20" * number) for number in (2, 3, 4))))
    until(lambda: bool(server.workers() - {worker}))
    assert server.ask(TINY + "%20" * 5).status == 200
    assert gone({worker})
