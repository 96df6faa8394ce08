"""What clients do at a server that runs for long: a visit is a few requests of one client, good ones and bad ones."""

from __future__ import annotations

import http.client
import itertools
import json
import random
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote, urlencode

from kg.query import FORMATS, Form, canned
from kg.vocab import BASE, ROOT

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
EVERYTHING = "SELECT * { ?s ?p ?o }"
QUERIES = {
    Form.BINDINGS: "SELECT ?p ?o { <%s> ?p ?o }",
    Form.BOOLEAN: "ASK { <%s> ?p ?o }",
    Form.GRAPH: "CONSTRUCT { ?s ?p ?o } { VALUES ?s { <%s> } ?s ?p ?o }",
}
PAGES = ("/", "/browse", "/browse/matrix", "/ask", "/queries/", "/ont", "/catalog", "/openapi.json")
THING_FORMATS = ("text/html", "text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples")
REFUSED = {429, 503}
"""Statuses that tell a client to come later."""
TIMEOUT = 60.0
_HELD_SECONDS = 4.0
"""Seconds for which an idle connection or a slow reader stays."""
_CHUNK = 1 << 14
_numbers = itertools.count(1)
_dice = random.Random()  # noqa: S311 - nothing secret


class UnexpectedError(Exception):
    """An answer is not what it must be."""


class RefusedError(Exception):
    """The server told the client to come later."""


@dataclass(frozen=True)
class Site:
    """A writable server with its token, and what it has: IRIs of things, and words to search."""

    port: int
    token: str
    things: Sequence[str]
    words: Sequence[str]

    def ask(
        self,
        path: str,
        accept: str = "*/*",
        expected: int = 200,
        method: str = "GET",
        body: str | None = None,
        **headers: str,
    ) -> tuple[http.client.HTTPMessage, bytes]:
        """Return headers and body of an answer to a client of its own; ``_`` in names of headers stands for ``-``.

        Raises:
            RefusedError: when it is to come later.
            UnexpectedError: when the status is not the expected one.
        """
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, TIMEOUT, (_address(), 0))) as connection:
            connection.request(method, path, body and body.encode(), {"Accept": accept, **given})
            response = connection.getresponse()
            content = response.read()
        if response.status != expected:
            said = f"{method} {path} as {accept}: {response.status} for {expected}: {content[:200]!r}"
            raise RefusedError(said) if response.status in REFUSED else UnexpectedError(said)
        return response.headers, content

    def write(self, path: str, method: str, body: str, media_type: str, expected: int = 204) -> None:
        """Send what may be written with the token; see :meth:`ask` for the exceptions."""
        authorised = {"Authorization": f"Bearer {self.token}", "Content_Type": media_type}
        self.ask(path, "*/*", expected, method, body, **authorised)

    def connect(self) -> socket.socket:
        """Return a connection of a client of its own."""
        return socket.create_connection(("127.0.0.1", self.port), TIMEOUT, (_address(), 0))

    def release(self) -> str:
        """Return the id of the release that is served."""
        served: str = json.loads(self.ask("/health")[1])["release"]
        return served


def site(port: int, token: str) -> Site:
    """Return a server with what it has."""
    found = Site(port, token, [], [])
    things = f'SELECT DISTINCT ?s {{ ?s a ?c FILTER(REGEX(STR(?s), "^{BASE}[^#]+$")) }}'
    titles = "SELECT DISTINCT ?t { ?s <http://purl.org/dc/terms/title> ?t }"
    columns = [found.ask(f"/sparql?format=csv&query={quote(query)}")[1].decode() for query in (things, titles)]
    words = {word for word in columns[1].split() if word.isalpha()}
    return Site(port, token, columns[0].split()[1:], sorted(words))


def new_query(site: Site) -> None:
    """Ask something that was not asked before, in any form and format."""
    form = _dice.choice(list(QUERIES))
    _query(site, f"{QUERIES[form] % _dice.choice(site.things)} # {next(_numbers)}", form)


def repeated_query(site: Site) -> None:
    """Ask what others ask too."""
    form = _dice.choice(list(QUERIES))
    _query(site, QUERIES[form] % site.things[0], form)


def posted_query(site: Site) -> None:
    """Ask in the body of a request."""
    query = f"{QUERIES[Form.BINDINGS] % _dice.choice(site.things)} # {next(_numbers)}"
    site.ask("/sparql", "text/csv", 200, "POST", query, Content_Type="application/sparql-query")


def canned_question(site: Site) -> None:
    """Open a canned question with its examples, or its answer in a format."""
    query = _dice.choice(list(canned.load_all().values()))
    examples = urlencode({parameter.name: parameter.example for parameter in query.parameters})
    site.ask(f"/queries/{query.name}?{examples}", _dice.choice(["text/html", *_media_types(Form.BINDINGS)]))


def thing(site: Site) -> None:
    """Open a thing as a page or as RDF."""
    path = "/" + _dice.choice(site.things).removeprefix(ROOT)
    site.ask(path, _dice.choice(THING_FORMATS), Accept_Encoding=_dice.choice(["identity", "gzip"]))


def page(site: Site) -> None:
    """Open a page of the site."""
    site.ask(_dice.choice(["/", "/browse", "/browse/matrix", "/ask", "/queries/", "/ont", "/catalog", "/openapi.json"]))


def search(site: Site) -> None:
    """Search words, or have them completed."""
    words = quote(" ".join(_dice.sample(site.words, 2)))
    site.ask(_dice.choice(["/search?q=", "/search?format=json&q=", "/have?words="]) + words, "text/html")


def probe(site: Site) -> None:
    """Ask what a monitoring system asks."""
    site.ask(_dice.choice(["/health", "/health/ready", "/health/live", "/metrics"]))


def dump(site: Site) -> None:
    """Download a dump."""
    site.ask("/dumps/rdm-kg.ttl", Accept_Encoding=_dice.choice(["identity", "gzip"]))


def broken_off_dump(site: Site) -> None:
    """Break a download off in the middle."""
    with site.connect() as connection:
        connection.sendall(_request("/dumps/rdm-kg.nq"))
        connection.recv(_CHUNK)


def head(site: Site) -> None:
    """Ask for headers only, of a file, a page and a query.

    Raises:
        UnexpectedError: when a body comes.
    """
    for path in ("/dumps/rdm-kg.ttl", "/", f"/sparql?query={quote(EVERYTHING)}"):
        if site.ask(path, method="HEAD")[1]:
            raise UnexpectedError(f"HEAD {path} has a body")


def unchanged(site: Site) -> None:
    """Ask again with the ETag of the answer, which has none if something was written meanwhile."""
    path, accept = f"/sparql?query={quote(QUERIES[Form.BINDINGS] % site.things[0])}", "text/csv"
    tag = site.ask(path, accept)[0]["ETag"] or ""
    try:
        site.ask(path, accept, 304, If_None_Match=tag)
    except UnexpectedError:
        if site.ask(path, accept)[0]["ETag"] == tag:
            raise


def mistake(site: Site) -> None:
    """Send what is wrong, and be told so."""
    path, accept, status = _dice.choice(
        [
            (f"/sparql?query={quote(f'SELECT * {{ ?s {next(_numbers)} }}')}", "*/*", 400),
            (f"/nothing/{next(_numbers)}", "*/*", 404),
            (f"/id/nothing/{next(_numbers)}", "text/turtle", 404),
            (f"/sparql?query={quote('ASK {}')}", "image/png", 406),
            ("/queries/where-to-deposit?page=nothing", "text/csv", 404),
            ("/update", "*/*", 405),
        ]
    )
    site.ask(path, accept, status)


def unauthorised(site: Site) -> None:
    """Try to write without the token."""
    site.ask("/update", "*/*", 401, "POST", "CLEAR ALL", Content_Type="application/sparql-update")


def endless_query(site: Site) -> None:
    """Ask what is ended at its deadline."""
    site.ask(f"/sparql?query={quote(f'{ENDLESS} # {next(_numbers)}')}", "text/csv", 504)


def left_query(site: Site) -> None:
    """Ask what takes long, and leave."""
    with site.connect() as connection:
        connection.sendall(_request(f"/sparql?query={quote(f'{ENDLESS} # {next(_numbers)}')}"))
        time.sleep(0.5)


def slow_reader(site: Site) -> None:
    """Ask for everything, read some of it slowly, and leave."""
    with site.connect() as connection:
        connection.sendall(_request(f"/sparql?query={quote(f'{EVERYTHING} # {next(_numbers)}')}"))
        for _ in range(8):
            time.sleep(_HELD_SECONDS / 8)
            connection.recv(1024)


def idle(site: Site) -> None:
    """Keep a connection open with half of a request, and leave."""
    with site.connect() as connection:
        connection.sendall(_request("/health")[:-2])
        time.sleep(_HELD_SECONDS)


def pipelined(site: Site) -> None:
    """Send several requests at once; the answers come in their order.

    Raises:
        UnexpectedError: when they have other statuses.
    """
    paths = ["/health/live", f"/sparql?query={quote(f'ASK {{}} # {next(_numbers)}')}", "/static/style.css", "/nothing"]
    with site.connect() as connection, connection.makefile("rb") as stream:
        connection.sendall(b"".join(map(_request, paths)))
        found = []
        for _ in paths:
            found.append(int(stream.readline().split()[1]))
            headers = http.client.parse_headers(stream)
            stream.read(int(headers["Content-Length"]))
    if found != [200, 200, 200, 404] and not REFUSED & {*found}:
        raise UnexpectedError(f"{paths}: {found}")


def update(site: Site) -> None:
    """Write a small graph and delete it, by updates."""
    data = f"DATA {{ GRAPH <http://example.org/visit/{next(_numbers) % 5}> {{ <http://example.org/a> a <b> }} }}"
    for verb in ("INSERT", "DELETE"):
        site.write("/update", "POST", f"{verb} {data}", "application/sparql-update")


def stored_graph(site: Site) -> None:
    """Write a graph, read it and delete it by the graph store protocol.

    Raises:
        UnexpectedError: when another graph is read.
    """
    number = next(_numbers)
    path = f"/store?graph={quote(f'http://example.org/stored/{number}', safe='')}"
    site.write(path, "PUT", f"<http://example.org/a> <http://example.org/b> {number} .", "text/turtle", 201)
    if str(number).encode() not in site.ask(path, "text/turtle")[1]:
        raise UnexpectedError(f"GET {path}: not what was put there")
    site.write(path, "DELETE", "", "text/turtle")


VISITS: dict[Callable[[Site], None], float] = {
    new_query: 20,
    repeated_query: 20,
    posted_query: 5,
    canned_question: 8,
    thing: 15,
    page: 3,
    search: 5,
    probe: 4,
    dump: 1,
    broken_off_dump: 1,
    head: 2,
    unchanged: 4,
    mistake: 5,
    unauthorised: 1,
    endless_query: 0.05,
    left_query: 0.2,
    slow_reader: 0.5,
    idle: 1,
    pipelined: 3,
    update: 1,
    stored_graph: 1,
}
"""Kind of visit → how often it is made, in proportion to the others."""


def any_visit(site: Site) -> tuple[str, Callable[[], None]]:
    """Return the name of a visit of any kind, and the visit."""
    (kind,) = _dice.choices(list(VISITS), list(VISITS.values()))
    return kind.__name__.replace("_", " "), partial(kind, site)


def _query(site: Site, query: str, form: Form) -> None:
    site.ask(f"/sparql?query={quote(query)}", _dice.choice(_media_types(form)))


def _media_types(form: Form) -> list[str]:
    return [each.media_type for each in FORMATS[form]]


def _request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def _address() -> str:
    """Return any address of the loopback: so many clients come that the server has to forget some."""
    return f"127.{_dice.randrange(256)}.{_dice.randrange(256)}.{_dice.randrange(1, 255)}"
