"""An engine as a store: queries are checked before they are sent, and answers are parsed as input from strangers."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import IO, BinaryIO, cast

import pyoxigraph as ox

from kg.errors import QueryRefused, QueryTimeout, QueryTooLarge, ReleaseLost, ServiceFailed
from kg.query import DEFAULT_GRAPH, FORMATS_BY_NAME, JSON, Form, Format, Query
from kg.query.text import TokenKind, iri_term, start_of_form, tokens, unescaped
from kg.store.engine.address import Engine
from kg.store.engine.connection import Body, EngineConnection
from kg.store.engine.probe import EMPTY, VERSION
from kg.store.engine.quirks import STANDARD, Quirks, quirks_of
from kg.store.oxigraph import OxigraphAnswer, OxigraphStore
from kg.vocab import BASE, DESCRIPTION_GRAPH
from kg.writers import Results, write_answer

_N_TRIPLES = FORMATS_BY_NAME["ntriples"]
_WANTED = {Form.BINDINGS: JSON, Form.BOOLEAN: JSON, Form.GRAPH: _N_TRIPLES}
"""Form of an answer → the one format in which the engine is asked for it."""
_LARGEST = 16 * 1024 * 1024
"""Bytes of an answer to what is asked about an engine itself, at most."""
_LONGEST_BOOLEAN = 64 * 1024
"""Longest answer to ASK, in bytes."""
_HOLDS = f"PREFIX dcat: <http://www.w3.org/ns/dcat#> ASK {{ GRAPH <{DESCRIPTION_GRAPH}> {{ {VERSION} }} }}"
_BELIEVED_SECONDS = 1.0
"""Seconds for which an engine is believed to hold a release, over the same connection."""
_EXTENSIONS = ("bif:", "sql:", "java:", "http://www.openlinksw.com/schemas/bif#")
"""Beginnings of the IRIs of functions of Virtuoso, some of which open files and addresses, and of classes in Jena."""


@dataclass(frozen=True, slots=True)
class _ChosenGraph:
    """A graph of the dataset that a query, or its request, chooses."""

    name: str
    """As it is written in a query."""
    prologue: str = ""
    """Declarations of the prefixes and of the base before it."""


class EngineStore:
    """Implementation of :class:`kg.query.Store` with an engine; for one thread.

    The caller ends a query that takes too long: the engine may send bytes without end.
    """

    def __init__(self, engine: Engine, *, must_hold_release: bool = False, largest: int = _LARGEST) -> None:
        """Take the engine, whether answers count only as long as it holds any release, and the bytes of the largest."""
        self._engine, self._largest = engine, largest
        self._must_hold_release = must_hold_release
        self._checked = (0, 0.0)
        """Connection and time of the last look whether there is a release."""
        self._connection = EngineConnection(engine)
        self._grammar = OxigraphStore(ox.Store())
        self._quirks: Quirks | None = None
        self.server = ""
        """Header ``Server`` of the engine, which is not to be trusted; empty before it is asked."""

    def ask(self, query: Query) -> EngineAnswer:
        """Send a query, and return its answer once it begins; see :meth:`kg.query.Store.ask`.

        Raises:
            QuerySyntaxError: when the text is not a SPARQL query.
            QueryRefused: when the query is an update, contains a SERVICE clause or a function of the engine's own, or
                names a graph of its dataset that the engine has not, and might fetch.
            QueryError: when the engine fails, is not there, or refuses the query.
        """
        parsed = self._parsed(query)
        quirks = self._known()
        for graph in dict.fromkeys(_chosen(query)):
            if not self._has(graph, quirks):
                raise QueryRefused(f"the engine has no graph {graph.name}, which must not be fetched")
        fields = quirks.ask(query.with_text(_with_base(query.text)), self._engine.seconds + 1)
        body = self._connection.ask(fields, _WANTED[parsed.form], self._largest)
        if any(name in body.headers for name in quirks.partial_headers):
            raise QueryTimeout("the engine gave a part of the answer only, as its limits of time or rows are reached")
        if self._must_hold_release:
            self._check_release()
        return EngineAnswer(_results(body, parsed, quirks), parsed.form)

    def _has(self, graph: _ChosenGraph, quirks: Quirks) -> bool:
        """Return whether the engine has a graph, which it is not asked to fetch by a pattern."""
        asked = Query(_with_base(f"{graph.prologue}ASK {{ GRAPH {graph.name} {{ ?s ?p ?o }} }}"))
        fields = quirks.ask(asked, self._engine.seconds + 1)
        return bool(_boolean(_whole(self._connection.ask(fields, JSON, _LONGEST_BOOLEAN)), quirks))

    def _check_release(self) -> None:
        """Ask over another connection whether the engine holds a release: it may have lost it, or been started without.

        It is asked once for each connection, and after each second.

        Raises:
            ReleaseLost: when it holds none.
        """
        connection, when = self._checked
        if connection == self._connection.opened and time.monotonic() - when < _BELIEVED_SECONDS:
            return
        asking = EngineStore(self._engine)
        try:
            out = BytesIO()
            asking.ask(Query(_HOLDS)).write(out, JSON)
        finally:
            asking.close()
        if not json.loads(out.getvalue())["boolean"]:
            self.close()
            raise ReleaseLost(EMPTY)
        self._checked = self._connection.opened, time.monotonic()

    def close(self) -> None:
        """Close the connection; the next query opens another."""
        self._connection.close()

    def _parsed(self, query: Query) -> OxigraphAnswer:
        """Return the answer of an empty store, which has the form and the variables of that of any other.

        What is no SPARQL 1.1 is not sent, so that no extension of an engine is used.
        """
        for token in tokens(query.text):
            if token.kind is TokenKind.IRI and unescaped(token).lower().startswith(_EXTENSIONS):
                raise QueryRefused(f"{token.text} is refused: functions of an engine's own are not for its clients")
        return self._grammar.ask(query)

    def _known(self) -> Quirks:
        """Return the differences of the engine, which it is asked for once."""
        if self._quirks is None:
            body = self._connection.ask(STANDARD.ask(Query("ASK {}"), self._engine.seconds), JSON, _LONGEST_BOOLEAN)
            self.server = body.headers.get("Server", "").strip()
            self._quirks = quirks_of(self.server)
            _whole(body)
        return self._quirks


class EngineAnswer:
    """Implementation of :class:`kg.query.Answer`."""

    def __init__(self, results: Results, form: Form) -> None:
        self._results = results
        self.form = form
        """Form of the answer, which follows from the query."""

    def write(self, out: BinaryIO, wanted: Format) -> None:
        """Write the whole answer as it comes from the engine.

        Raises:
            ServiceFailed: when it is not valid.
            QueryTooLarge: when it is larger than memory allows.
            QueryError: when the engine is lost.
        """
        try:
            write_answer(self._results, out, wanted)
        except SyntaxError:
            raise _invalid() from None
        except MemoryError:  # also of the parser's limit of one name or value
            raise _too_large() from None


def _chosen(query: Query) -> Iterator[_ChosenGraph]:
    """Yield the named graphs of a dataset, but for the description, which each release has.

    Keywords before FROM need no space between them: ``ASKFROM<urn:a>{}``.
    """
    for iri in {*query.default_graphs, *query.named_graphs} - {DEFAULT_GRAPH, DESCRIPTION_GRAPH}:
        yield _ChosenGraph(iri_term(iri))
    prologue, chooses = query.text[: start_of_form(query.text)], False
    for token in tokens(query.text):
        word = token.text.upper() if token.kind is TokenKind.WORD else ""
        if chooses and token.kind in (TokenKind.IRI, TokenKind.NAME):
            yield _ChosenGraph(token.text, prologue)
        chooses = word.endswith(("FROM", "FROMNAMED")) or (chooses and word == "NAMED")


def _with_base(text: str) -> str:
    """Return a query whose relative IRIs are resolved as in our store.

    The base is declared only where it is needed, since some engines take no second declaration.
    """
    stream = list(tokens(text))
    has_base = any(token.kind is TokenKind.WORD and token.text.upper() == "BASE" for token in stream)
    is_relative = any(token.kind is TokenKind.IRI and not _has_scheme(token.text) for token in stream)
    return f"BASE <{BASE}> {text}" if is_relative and not has_base else text


def _has_scheme(iri: str) -> bool:
    scheme, colon, _ = iri[1:-1].partition(":")
    return bool(colon) and scheme.replace("+", "").replace("-", "").replace(".", "").isalnum()


def _results(body: Body, parsed: OxigraphAnswer, quirks: Quirks) -> Results:
    """Return the results in an answer, whose form is that of the parsed query."""
    source = cast("IO[bytes]", body)
    if parsed.form is Form.GRAPH:
        return _triples(ox.parse(source, format=ox.RdfFormat.N_TRIPLES))
    if parsed.form is Form.BOOLEAN:
        return _boolean(_whole(body), quirks)
    try:
        found = ox.parse_query_results(source, ox.QueryResultsFormat.JSON)
    except SyntaxError:
        raise _invalid() from None
    except MemoryError:
        raise _too_large() from None
    if not isinstance(found, ox.QuerySolutions):
        raise _invalid()
    if {variable.value for variable in found.variables} != parsed.variables:
        raise ServiceFailed("the engine gave an answer with other variables than those of the query")
    return found


def _triples(quads: ox.QuadParser) -> Iterator[ox.Triple]:
    for quad in quads:
        yield quad.triple


def _boolean(body: bytes, quirks: Quirks) -> ox.QueryBoolean:
    try:
        found = json.loads(body)
        if "boolean" not in found and found["head"]["vars"] == [quirks.boolean_column]:
            found["boolean"] = bool(found["results"]["bindings"])
        value = found["boolean"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _invalid() from None
    if not isinstance(value, bool):
        raise _invalid()
    written = json.dumps({"head": {}, "boolean": value}).encode()
    return cast("ox.QueryBoolean", ox.parse_query_results(written, ox.QueryResultsFormat.JSON))


def _whole(body: Body) -> bytes:
    """Return a short answer.

    Raises:
        QueryTooLarge: when it is a long one.
    """
    content = bytearray()
    while piece := body.read(_LONGEST_BOOLEAN):
        content += piece
        if len(content) > _LONGEST_BOOLEAN:
            raise QueryTooLarge("the engine gave an answer to ASK that is longer than any")
    return bytes(content)


def _too_large() -> QueryTooLarge:
    return QueryTooLarge("the engine gave an answer that is too large")


def _invalid() -> ServiceFailed:
    return ServiceFailed("the engine gave an answer that is not valid")
