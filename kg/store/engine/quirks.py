"""Differences between engines, in one table; each row says why.

A release has a default graph, which is the union of its named graphs but for the description. SPARQL lets each engine
decide what its default graph is, and no request can name it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from kg.errors import QueryRefused
from kg.query import DEFAULT_GRAPH, Query
from kg.query.text import TokenKind, iri_term, tokens
from kg.vocab import DESCRIPTION_GRAPH, UNION_GRAPH

Fields = list[tuple[str, str]]
"""Name and value of fields of a form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """The differences of one kind of engine."""

    server: str
    """Beginning of its header ``Server``."""
    default_graph: str = DEFAULT_GRAPH
    """Named graph that holds the default graph; :data:`DEFAULT_GRAPH` is the default graph itself."""
    union_field: str = ""
    """Field that makes the union of all graphs the default graph; such an engine cannot name its default graph."""
    milliseconds_field: str = ""
    """Field for the time after which the engine ends a query."""
    boolean_column: str = ""
    """Variable whose row is the answer to ASK; without a row it is false."""
    is_update_atomic: bool = True
    """True if a request for an update is done as a whole or not at all, and nobody sees a part of it."""
    partial_headers: tuple[str, ...] = ()
    """Headers of an answer that is not whole, in spite of its status."""

    def ask(self, query: Query, seconds: float) -> Fields:
        """Return the fields of a form that asks ``query``, which the engine may end after ``seconds``.

        Raises:
            QueryRefused: when the engine cannot ask the wanted graphs.
        """
        words = [token.text.upper() for token in tokens(query.text) if token.kind is TokenKind.WORD]
        fields = [("query", self._beside_default_graph(query.text)), *self._dataset(query, "FROM" in words)]
        if self.milliseconds_field:
            fields.append((self.milliseconds_field, str(int(seconds * 1000))))
        return fields

    def _dataset(self, query: Query, is_in_text: bool) -> Fields:
        defaults, named = query.default_graphs, query.named_graphs
        if not defaults and not named:
            is_known = is_in_text or self.default_graph == DEFAULT_GRAPH
            return [] if is_known else [("default-graph-uri", self.default_graph)]
        if self.union_field and DEFAULT_GRAPH in defaults:
            if named:
                raise QueryRefused("this engine cannot ask its default graph together with some of its named graphs")
            return [(self.union_field, "")] if DESCRIPTION_GRAPH in defaults else []
        return [
            *(("default-graph-uri", self.default_graph if name == DEFAULT_GRAPH else name) for name in defaults),
            *(("named-graph-uri", name) for name in named),
        ]

    def _beside_default_graph(self, text: str) -> str:
        """Return a query that is right where the default graph is a named graph, which is chosen for the request.

        ``GRAPH ?g`` must not find it: a filter is about the whole group that it stands in, also before the pattern. A
        graph that is named by a constant is not found, as it is not chosen too; one that is computed is.
        """
        if self.default_graph == DEFAULT_GRAPH:
            return text
        pieces, done = list[str](), 0
        for word, name in pairwise(tokens(text)):
            if word.text.upper() != "GRAPH":
                continue
            if name.kind is TokenKind.VARIABLE:
                pieces += text[done : word.start], f"FILTER({name.text} != {iri_term(self.default_graph)}) "
                done = word.start
            elif name.kind in (TokenKind.IRI, TokenKind.NAME):
                pieces += text[done : name.start], f"`iri({name.text})`"
                done = name.end
        return "".join([*pieces, text[done:]])


STANDARD = Quirks(server="")
"""An engine that has no row: its default graph is that of the release, by Jena's name where it must be named."""
TABLE = (
    # Its HTTP interface has no name for the default graph. The union of all graphs has a statement once for each graph;
    # only the description is looked for there.
    Quirks(server="Oxigraph/", union_field="union-default-graph"),
    # Its default graph is the union of all its graphs, its own and the description included, with a statement once for
    # each graph; so the default graph is a graph of its own. (Excluding graphs by DEFINE excludes them from FROM too.)
    # An abandoned query goes on until its timeout, after which rows are missing; so are those beyond the largest number
    # of rows in its settings. ASK in JSON is a table with one column. What is not mended: it takes no BNODE(), and
    # finds nothing by an empty group in GRAPH or by VALUES alone in a branch of UNION. It stores the statements of an
    # update one after the other.
    Quirks(
        server="Virtuoso/",
        default_graph=UNION_GRAPH,
        milliseconds_field="timeout",
        boolean_column="__ASK_RETVAL",
        is_update_atomic=False,
        partial_headers=("X-SQL-State", "X-SPARQL-MaxRows"),
    ),
)
"""Kinds of engines with differences."""


def quirks_of(server: str) -> Quirks:
    """Return the differences of the engine with this header ``Server``.

    >>> quirks_of("Virtuoso/07.20.3229 (Linux)").milliseconds_field, quirks_of("").milliseconds_field
    ('timeout', '')
    """
    return next((row for row in TABLE if server.startswith(row.server)), STANDARD)
