"""Answers as sets of statements, which can be compared whatever the labels of their blank nodes.

Numbers are equal if their datatypes and values are, since SPARQL does not prescribe the lexical form of computed ones.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import cast

import pyoxigraph as ox

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Row = Mapping[str, Term]

RESULTS = {
    "srx": ox.QueryResultsFormat.XML,
    "srj": ox.QueryResultsFormat.JSON,
    "tsv": ox.QueryResultsFormat.TSV,
}
"""Extension of a file → its format; CSV has terms without types and is read by :func:`comparable` itself."""
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
XSD = "http://www.w3.org/2001/XMLSchema#"
EXACT, INEXACT = {XSD + "decimal", XSD + "integer"}, {XSD + "double", XSD + "float"}
GRAPHS = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "rdf": ox.RdfFormat.RDF_XML}


def comparable(body: bytes, extension: str, *, ordered: bool = False, base: str | None = None) -> object:
    """Return a value that is equal for equivalent answers; ``ordered`` states whether the order of rows matters."""
    if extension in GRAPHS:
        quads = list(ox.parse(body, GRAPHS[extension], base_iri=base))
        is_result_set = any(quad.object == ox.NamedNode(RS + "ResultSet") for quad in quads)
        return _result_set(quads) if is_result_set else _same_names(quads)
    if extension == "csv":
        header, *lines = csv.reader(io.StringIO(body.decode(), newline=""))
        rows = [{name: _cell(cell) for name, cell in zip(header, line, strict=True) if cell} for line in lines]
        return frozenset(header), _same_names(_statements(rows, ordered))
    results = ox.parse_query_results(body, RESULTS[extension])
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    names = [variable.value for variable in results.variables]
    found = [{name: row[name] for name in names if row[name] is not None} for row in results]
    return frozenset(names), _same_names(_statements(found, ordered))


def _result_set(quads: Iterable[ox.Quad]) -> object:
    """Return rows that are encoded as RDF, as in older tests."""
    store = ox.Store()
    store.extend(quads)
    variables = store.quads_for_pattern(None, ox.NamedNode(RS + "resultVariable"), None)
    names = {cast("ox.Literal", quad.object).value for quad in variables}
    query = f"SELECT * {{ ?row <{RS}binding> [ <{RS}variable> ?name ; <{RS}value> ?value ] }}"
    rows: dict[str, dict[str, Term]] = {}
    for found in cast("ox.QuerySolutions", store.query(query)):
        rows.setdefault(found["row"].value, {})[found["name"].value] = found["value"]
    return frozenset(names), _same_names(_statements(rows.values(), ordered=False))


def _cell(text: str) -> Term:
    return ox.BlankNode(text[2:]) if text.startswith("_:") else ox.Literal(text)


def _statements(rows: Iterable[Row], ordered: bool) -> Iterable[ox.Quad]:
    """Return the statements about a node for each row, so that repeated rows are counted."""
    for number, row in enumerate(rows):
        node = ox.BlankNode()
        place = ox.Literal(number if ordered else 0)
        yield ox.Quad(node, ox.NamedNode("urn:row"), place, ox.DefaultGraph())
        for name, term in row.items():
            yield ox.Quad(node, ox.NamedNode(f"urn:column:{name}"), term, ox.DefaultGraph())


def _by_value(term: Term) -> Term:
    """Return a number in the canonical form of its value."""
    if not isinstance(term, ox.Literal) or term.datatype.value not in EXACT | INEXACT:
        return term
    try:
        value = Decimal(term.value).normalize() if term.datatype.value in EXACT else float(term.value)
    except (InvalidOperation, ValueError):
        return term
    return ox.Literal(f"{value:f}" if isinstance(value, Decimal) else repr(value), datatype=term.datatype)


def _same_names(statements: Iterable[ox.Quad]) -> frozenset[str]:
    dataset = ox.Dataset(
        ox.Quad(quad.subject, quad.predicate, _by_value(quad.object), quad.graph_name) for quad in statements
    )
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return frozenset(map(str, dataset))
