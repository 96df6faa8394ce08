"""Find the prefixed names of a query that stand nowhere in a graph, with the names that may be meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, pairwise

from kg.closest import closest
from kg.query.known import Ask
from kg.query.rows import text, values
from kg.query.text import TokenKind, declared_prefixes, tokens
from kg.vocab import DESCRIPTION_GRAPH, PREFIXES, SD, VOID, XSD

_MOST = 20
"""Largest number of names that are looked up."""
_LIKENESS = 0.6
_ELSEWHERE = frozenset({SD.base, VOID.base, XSD.base})
"""Namespaces of the description of the graph, and of datatypes and functions."""
_ABSENT = """SELECT ?name {{ {names}
  FILTER NOT EXISTS {{ {{ ?name ?p ?o }} UNION {{ ?s ?name ?o }} UNION {{ ?s ?p ?name }} }}
}}"""
_TERMS = f"""SELECT DISTINCT ?term {{
  {{ GRAPH <{DESCRIPTION_GRAPH}> {{ ?part void:property|void:class ?term }} }}
  UNION {{ ?term rdfs:isDefinedBy ?ontology }}
}}"""
"""The query for the classes and properties that the graph uses, and the terms of our ontology."""


def absent_names(query: str, ask: Ask) -> str:
    """Return which names of a query are nowhere in the graph, with the nearest that are; empty if all are there.

    Names are looked up one by one, and the nearest are sought among the terms that the release's description lists, so
    that the work does not grow with the graph.
    """
    names = dict(islice(_names(query), _MOST))
    absent = {text(row, "name") for row in ask(_ABSENT.format(names=values("name", names)))} if names else ()
    terms = sorted(text(row, "term") for row in ask(_TERMS)) if absent else []
    return " ".join(_said(name, iri, terms) for iri, name in names.items() if iri in absent)


def _names(query: str) -> Iterator[tuple[str, str]]:
    """Yield IRI and text of each name in one of the namespaces of :data:`kg.vocab.PREFIXES` that is no function."""
    declared: Mapping[str, str] = {**PREFIXES, **declared_prefixes(query)}
    bases = set(PREFIXES.values()) - _ELSEWHERE
    for token, after in pairwise([*tokens(query), None]):
        if token is None or token.kind is not TokenKind.NAME or (after and after.text == "("):
            continue
        prefix, _, local = token.text.partition(":")
        if local and "\\" not in local and declared.get(prefix) in bases:
            yield declared[prefix] + local, token.text


def _said(name: str, iri: str, terms: list[str]) -> str:
    """Return that a name is not there, and which term of the same namespace is most like it."""
    prefix, _, local = name.partition(":")
    base = iri.removesuffix(local)
    near = closest(local, [term.removeprefix(base) for term in terms if term.startswith(base)], _LIKENESS)
    return f"{name} is not in the data{f'; did you mean {prefix}:{near}?' if near else '.'}"
