"""Speed of the endpoint, beside other servers over the same data.

Small queries, each different, or one repeated, or a mix by Zipf's law; a canned question, and a 304; the same small
queries without a server; kept answers beside idle connections; a SELECT of everything; small queries beside endless
ones; growth with the number of triples.
"""

from __future__ import annotations

import http.client
import io
import math
import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from string import Template

from bench import wrk
from bench.processes import watched
from bench.report import SLOPE, Row, Scale, compared, interleaved, slope
from bench.servers import JSON, PEERS, Endpoint, content_graph, generate, installed, running
from bench.wrk import Load, Requests
from kg.query import FORMATS_BY_NAME, Query, canned
from kg.store.oxigraph import open_store

CLIENTS = (1, 8, 64)
IDLE = 900
QUERIES = 5000
HOPELESS = 15
"""Seconds after which a small query counts as never answered."""
CANNED = "shared-recommendations"
TINY = "SELECT ?o { <http://example.org/%d> <http://example.org/p> ?o }"
EVERYTHING = "SELECT ?s ?p ?o { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

DIFFERENT = Template("""
local n = $start
request = function()
  n = n + 1
  local query = "SELECT+?v" .. n .. "+%7B+%3Chttp://example.org/" .. n * 7919 % $triples
  return wrk.format("GET", "$path?query=" .. query .. "%3E+%3Chttp://example.org/p%3E+?v" .. n .. "+%7D")
end
""")
"""Subjects all over the data; the name of the variable makes a query new."""
ZIPF = Template("""
math.randomseed($start)
request = function()
  local query = "SELECT+?v$start+%7B+%3Chttp://example.org/" .. math.floor($triples ^ math.random())
  return wrk.format("GET", "$path?query=" .. query .. "%3E+%3Chttp://example.org/p%3E+?v$start+%7D")
end
""")
"""Zipf's law by inversion: the n-th query is sent about 1/n as often as the first. Each run has queries of its own."""


@dataclass(frozen=True)
class Size:
    """Size of the measurement."""

    triples: int
    rounds: int
    seconds: int
    """Seconds of a round."""
    growth: tuple[int, ...]
    """Numbers of triples over which growth is measured."""


SIZES = {
    Scale.QUICK: Size(10_000, 2, 1, (1_000, 10_000)),
    Scale.NORMAL: Size(1_000_000, 5, 2, (10_000, 100_000, 1_000_000)),
    Scale.FULL: Size(1_000_000, 9, 3, (10_000, 100_000, 1_000_000, 10_000_000)),
}


def rows(scale: Scale) -> Iterator[Row]:
    """Yield the rows of the table."""
    wrk.check()
    size = SIZES[scale]
    names = ["kg", *installed(PEERS)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = generate(folder / "data", size.triples, content_graph(folder / "content"))
        with ExitStack() as stack:
            servers = [stack.enter_context(running(server, data)) for server in names]
            yield from loads(servers, size)
            yield from beside_idle(servers[0], size)
            yield from everything(servers, size.rounds)
        yield engine_alone(data, size)
        yield from beside_endless(names, data, size)
    yield from growth(names, size)


def loads(servers: list[Endpoint], size: Size) -> Iterator[Row]:
    """Yield the rows of each kind of load."""
    for (what, requests), clients in KINDS.items():
        for count in clients:
            measures = {each.name: partial(load, each, requests(each, size.triples), count, size) for each in servers}
            yield from wrk.rows(f"{what}, {count} client{'s' * (count > 1)}", interleaved(size.rounds, measures))


def load(endpoint: Endpoint, sent: Requests, clients: int, size: Size) -> Load:
    """Send requests for the seconds of a round."""
    return wrk.run(endpoint.port, endpoint.pid, sent, clients, size.seconds)


def different(endpoint: Endpoint, triples: int) -> Requests:
    """Return small queries that were never asked before."""
    return scripted(DIFFERENT, endpoint, triples)


def zipf(endpoint: Endpoint, triples: int) -> Requests:
    """Return small queries, some of which are frequent."""
    return scripted(ZIPF, endpoint, triples)


def scripted(script: Template, endpoint: Endpoint, triples: int) -> Requests:
    """Return the queries of a script to this server and its data; the start is given by each run."""
    return Requests(headers={"Accept": JSON}, script=script.safe_substitute(path=endpoint.path, triples=triples))


def repeated(endpoint: Endpoint, triples: int) -> Requests:
    """Return one small query."""
    return Requests(endpoint.target(TINY % (triples // 2)), {"Accept": JSON})


def question(endpoint: Endpoint, triples: int) -> Requests:
    """Return a canned question; the peers, which know no questions, get its query."""
    query = canned.load_all()[CANNED].fill()
    return Requests(f"/queries/{CANNED}" if endpoint.name == "kg" else endpoint.target(query), {"Accept": JSON})


def unchanged(endpoint: Endpoint, triples: int) -> Requests:
    """Return the request of a client that has the answer to a canned question; the peers send it again."""
    sent = question(endpoint, triples)
    with closing(http.client.HTTPConnection("127.0.0.1", endpoint.port)) as connection:
        connection.request("GET", sent.path, headers=dict(sent.headers))
        response = connection.getresponse()
        response.read()
    tag = response.getheader("ETag")
    return Requests(sent.path, {**sent.headers, "If-None-Match": tag}) if tag else sent


KINDS: Mapping[tuple[str, Callable[[Endpoint, int], Requests]], tuple[int, ...]] = {
    ("different", different): CLIENTS,
    ("repeated", repeated): CLIENTS,
    ("Zipf mix", zipf): (8,),
    ("canned question", question): (8,),
    ("304 (peer: 200)", unchanged): (8,),
}
"""Name and requests of each kind of load → numbers of clients."""


def engine_alone(data: Path, size: Size) -> Row:
    """Return the row of different small queries, evaluated and written in this process: our workers need as much."""
    store = open_store(data / "store")
    costs = []
    for _ in range(size.rounds):
        began = time.process_time()
        for n in range(QUERIES):
            query = Query((TINY % (n * 7919 % size.triples)).replace("?o", f"?v{n}"))
            store.ask(query).write(io.BytesIO(), FORMATS_BY_NAME["json"])
        costs.append((time.process_time() - began) / QUERIES * 1e6)
    return Row("different, engine alone", "us CPU/request", costs)


def beside_idle(endpoint: Endpoint, size: Size) -> Iterator[Row]:
    """Yield the rows of kept answers while many connections are open, beside those without them."""
    sent = repeated(endpoint, size.triples)

    def beside() -> Load:
        with idle(endpoint.port):
            return load(endpoint, sent, 8, size)

    found = interleaved(size.rounds, {"kg": beside, "kg without them": lambda: load(endpoint, sent, 8, size)})
    yield from wrk.rows(f"repeated, 8 clients, {IDLE} idle connections", found)


@contextmanager
def idle(port: int) -> Iterator[None]:
    """Open connections over which nothing is sent."""
    with ExitStack() as stack:
        for _ in range(IDLE):
            stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        yield


def everything(servers: list[Endpoint], rounds: int) -> Iterator[Row]:
    """Yield the rows of a SELECT of every triple."""
    found = interleaved(rounds, {each.name: partial(select_everything, each) for each in servers})
    for position, unit in enumerate(("ms to first byte", "s", "MB peak PSS")):
        values = {name: [each[position] for each in all_] for name, all_ in found.items()}
        yield from compared("everything", unit, values)


def select_everything(endpoint: Endpoint) -> tuple[float, float, float]:
    """Return the milliseconds to the first byte, the seconds in all and the peak memory in megabytes.

    The times are infinite if the answer is not whole.
    """
    with watched(endpoint.pid) as memory:
        first, total = answered(lambda: endpoint.ask(EVERYTHING, "text/tab-separated-values"))
    return first * 1000, total, max(memory)


def answered(ask: Callable[[], http.client.HTTPConnection]) -> tuple[float, float]:
    """Return the seconds to the first byte of the answer and to its end; infinite if it is not whole."""
    began = time.monotonic()
    try:
        with closing(ask()) as connection:
            response = connection.getresponse()
            response.read(1)
            first = time.monotonic() - began
            while response.read(1 << 18):
                pass
    except (OSError, http.client.HTTPException):
        return math.inf, math.inf
    return (first, time.monotonic() - began) if response.status == HTTPStatus.OK else (math.inf, math.inf)


def beside_endless(names: list[str], data: Path, size: Size) -> Iterator[Row]:
    """Yield the rows of small queries of one client while four others ask endless ones."""
    found = interleaved(size.rounds, {name: partial(small_beside_endless, name, data, size.seconds) for name in names})
    for position, unit in enumerate(("ms, median", "ms, slowest")):
        values = {name: [each[position] for each in all_] for name, all_ in found.items()}
        yield from compared("different, beside 4 endless queries", unit, values)


def small_beside_endless(name: str, data: Path, seconds: int) -> tuple[float, float]:
    """Return median and maximum time of small queries in milliseconds; the maximum is infinite if one is not answered.

    The server is a new one, since some never end a query.
    """
    took: list[float] = []
    with running(name, data) as endpoint, ExitStack() as stack:
        for number in range(4):
            stack.enter_context(closing(endpoint.ask(ENDLESS, client=f"127.0.0.{number + 2}")))
        until = time.monotonic() + seconds
        while time.monotonic() < until and math.inf not in took:
            took.append(answered(partial(endpoint.ask, TINY % len(took), seconds=HOPELESS))[1] * 1000)
            time.sleep(0.01)
    return statistics.median(took), max(took)


def growth(names: list[str], size: Size) -> Iterator[Row]:
    """Yield the rows of the start and of a small query for each number of triples, and how both grow."""
    grown: dict[str, dict[str, dict[int, float]]] = {}
    for triples in size.growth:
        with tempfile.TemporaryDirectory() as name:
            data = generate(Path(name), triples)
            found = interleaved(size.rounds, {each: partial(start, each, data, triples, size) for each in names})
        for position, (what, unit) in enumerate(GROWING):
            values = {each: [figures[position] for figures in all_] for each, all_ in found.items()}
            yield from compared(f"{what}, {triples} triples", unit, values)
            for each, all_ in values.items():
                grown.setdefault(what, {}).setdefault(each, {})[triples] = statistics.median(all_)
    for what, by_name in grown.items():
        over = f"{size.growth[0]} to {size.growth[-1]} triples"
        yield from compared(f"{what}, {over}", SLOPE, {each: [slope(values)] for each, values in by_name.items()})


GROWING = (("start to first answer", "s"), ("different, 1 client", "ms, median"))
"""Name and unit of each figure of :func:`start`."""


def start(name: str, data: Path, triples: int, size: Size) -> tuple[float, float]:
    """Return the seconds to a new server's first answer, and the median milliseconds of small queries after it."""
    with running(name, data) as endpoint:
        return endpoint.started, load(endpoint, different(endpoint, triples), 1, size).median
