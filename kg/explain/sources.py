"""Find the statements about a resource, each with the file, lines and commit that it comes from."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from rdflib import Graph

from kg.explain.reasons import AssertedFacts, Fact, Reason, Reasons
from kg.query import Store
from kg.query.names import best_names, names_query
from kg.query.rows import Row, rows, text, values
from kg.query.text import iri_term
from kg.roles import recommending_properties
from kg.roles import roles as named_roles
from kg.vocab import BASE, INFERRED_GRAPH, RDF, ROLE, prefixed_name

Roles = Mapping[str, frozenset[str]]
"""Mapping of property or class to the roles of mentions that produce its statements."""
Written = Mapping[tuple[str, str, str, str], int]
"""Mapping of graph, subject, predicate and object to the line of a statement that comes from no link."""
RECOMMENDING = frozenset(recommending_properties())
MOST = 2000
"""Maximum number of statements that are explained; further ones are counted."""
_SOURCES = """
SELECT ?g ?path ?commit ?time ?note {
  %s
  GRAPH ?g {
    ?g prov:wasDerivedFrom ?file .
    ?file dct:identifier ?path .
    OPTIONAL { ?file prov:wasGeneratedBy/dct:identifier ?commit }
    OPTIONAL { ?file prov:wasGeneratedBy/prov:endedAtTime ?time }
    OPTIONAL { ?file adms:versionNotes ?note }
  }
}
"""
_LINES = """
SELECT ?g ?mention ?thing ?role ?label ?line ?because {
  GRAPH ?g {
    ?mention rdm:target ?thing ; rdm:sourceLine ?line .
    OPTIONAL { ?mention rdm:role ?role }
    OPTIONAL { ?mention rdfs:label ?label }
    OPTIONAL { ?mention rdm:because ?because }
  }
  { %s } UNION { %s }
}
"""


@dataclass(frozen=True, slots=True)
class Source:
    """The source of statements: a page, a data file, a site, a crosswalk or the reasoner."""

    graph: str
    """IRI of the named graph."""
    path: str = ""
    """Path of the file within its site; empty if the graph does not come from a file."""
    commit: str = ""
    """Hash of the last commit that changed the file; empty if unknown."""
    time: str = ""
    """Time of the commit."""
    note: str = ""
    """Note if the file differs from its commit."""
    site: str = ""
    """Key of the site of the file."""


@dataclass(frozen=True, slots=True)
class Advice:
    """A line on which a page recommends a thing."""

    line: int
    role: str
    """In words."""
    because: str
    """Why the mention there has the role; empty where nothing says it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with the resource as subject or object."""

    subject: str
    predicate: str
    object: str
    """An IRI or the text of a literal."""
    is_relation: bool
    """True if the object is an IRI."""
    source: Source
    lines: tuple[int, ...]
    """Lines of the file; empty if the statement comes from no single line."""
    reason: Reason | None = None
    """Derivation of an inferred statement, if one was found."""
    advice: tuple[Advice, ...] = ()
    """Mentions that a recommendation comes from."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """All statements about a resource, with their sources."""

    iri: str
    names: Mapping[str, str]
    """Mapping of IRI to name, for the resources in the statements that have one."""
    statements: tuple[Statement, ...]
    """Statements sorted by source: pages first, the reasoner last."""
    sources: Mapping[Fact, tuple[Statement, ...]]
    """Mapping of a premise to the asserted statements that contain it."""
    omitted: int
    """Number of statements that are not listed."""


def written(file: Path) -> Written:
    """Read the ``lines.jsonl`` of a release; return an empty mapping if there is no such file."""
    if not file.is_file():
        return {}
    with file.open(encoding="utf-8") as lines:
        return {(g, s, p, o): line for g, s, p, o, line in map(json.loads, lines)}


def explain(
    store: Store,
    iri: str,
    axioms: Graph | None,
    roles: Roles,
    lines: Written,
    called: Callable[[str], str] = prefixed_name,
) -> Explanation:
    """Explain the statements about a resource.

    ``axioms`` is the logical part of the ontology; without it, inferred statements have no derivation. ``called``
    returns the name of a class or property in the words of an axiom.
    """
    found, omitted = _about(store, iri)
    statements = _located(store, found, roles, lines)
    why = Reasons(axioms, _asserted_facts(store), called) if axioms is not None else None
    explained = [
        replace(each, reason=why.of((each.subject, each.predicate, each.object)) if why and _is_added(each) else None)
        for each in statements
    ]
    rests_on = sorted({fact for each in explained if each.reason for fact in _leaves(each.reason)})
    sources = _sources_of(store, rests_on, roles, lines)
    things = {term for each in explained for term in (each.subject, each.object) if each.is_relation or term == iri}
    named = {iri, *things, *(term for fact in rests_on for term in (fact[0], fact[2]))}
    names = best_names(rows(store, names_query(named)))
    return Explanation(iri, names, tuple(sorted(explained, key=_order)), sources, omitted)


def _about(store: Store, iri: str) -> tuple[list[Row], int]:
    """Return up to :data:`MOST` statements, and the number of further ones."""
    term = iri_term(iri)
    pattern = (
        f"{{ {{ GRAPH ?g {{ ?s ?p ?o }} VALUES ?s {{ {term} }} }} UNION "
        f"{{ GRAPH ?g {{ ?s ?p ?o }} VALUES ?o {{ {term} }} }} }}"
    )
    found = rows(store, f"SELECT ?s ?p ?o ?g {pattern} ORDER BY ?g ?s ?p ?o LIMIT {MOST}")
    number = int(text(rows(store, f"SELECT (COUNT(*) AS ?n) {pattern}")[0], "n")) if len(found) == MOST else len(found)
    return found, number - len(found)


def _located(store: Store, found: Sequence[Row], roles: Roles, written: Written) -> list[Statement]:
    """Return the statements with their sources and lines."""
    sources = _sources(store, {text(row, "g") for row in found})
    iris = {row[part]["value"] for row in found for part in ("s", "o") if row[part]["type"] == "uri"}
    lines = _MentionLines(store, iris, roles) if found else None
    statements = []
    for row in found:
        s, p, o, g = (text(row, part) for part in "spog")
        is_relation = row["o"]["type"] == "uri"
        own = written.get((g, s, p, o))
        where = (own,) if own else lines.of(g, s, p, o) if lines else ()
        advice = lines.advice(g, p, o) if lines and p in RECOMMENDING else ()
        statements.append(Statement(s, p, o, is_relation, sources.get(g, Source(g)), where, advice=advice))
    return list(dict.fromkeys(statements))


def _sources(store: Store, graphs: Iterable[str]) -> dict[str, Source]:
    found = rows(store, _SOURCES % values("g", graphs))
    parts = ("g", "path", "commit", "time", "note")
    files = (Source(*(text(row, part) for part in parts)) for row in found)
    return {each.graph: replace(each, site=_site(each.graph)) for each in files}


def _site(graph: str) -> str:
    """Return the key of the site of a named graph.

    >>> _site("https://w3id.org/rdm-kg/id/lookup/page/pic#graph")
    'lookup'
    """
    return graph.removeprefix(BASE).partition("/")[0].partition("#")[0] if graph.startswith(BASE) else ""


class _MentionRow(NamedTuple):
    role: str
    """IRI of the role; empty if there is none."""
    label: str
    line: int
    because: str


class _MentionLines:
    """Lines of the mentions of resources."""

    def __init__(self, store: Store, iris: Collection[str], roles: Roles) -> None:
        self._roles, self._stating = roles, frozenset().union(*roles.values())
        self._of_mention: dict[tuple[str, str], int] = {}
        self._of_thing: defaultdict[tuple[str, str], list[_MentionRow]] = defaultdict(list)
        for row in rows(store, _LINES % (values("mention", iris), values("thing", iris))):
            graph, line = text(row, "g"), int(text(row, "line"))
            self._of_mention[graph, text(row, "mention")] = line
            mention = _MentionRow(text(row, "role"), text(row, "label"), line, text(row, "because"))
            self._of_thing[graph, text(row, "thing")].append(mention)

    def of(self, graph: str, s: str, p: str, o: str) -> tuple[int, ...]:
        """Return the lines of the mentions that a statement comes from, sorted."""
        own = self._of_mention.get((graph, s)) or self._of_mention.get((graph, o))
        if own:
            return (own,)
        of_object = self._of_thing.get((graph, o), ()) if p != RDF.type else ()
        mentions = of_object or self._of_thing.get((graph, s), ())
        mentions = [mention for mention in mentions if mention.label == o] or mentions
        roles = self._roles.get(p) or self._roles.get(o, frozenset())
        by_role = [mention for mention in mentions if mention.role in roles]
        stating = [mention for mention in mentions if mention.role in self._stating]
        return tuple(sorted({mention.line for mention in by_role or (mentions if of_object else stating or mentions)}))

    def advice(self, graph: str, p: str, o: str) -> tuple[Advice, ...]:
        """Return the mentions by which a graph recommends a thing, by line."""
        roles = self._roles.get(p, frozenset())
        found = {mention for mention in self._of_thing.get((graph, o), ()) if mention.role in roles}
        return tuple(
            Advice(mention.line, named_roles()[mention.role.removeprefix(ROLE.base)].label, mention.because)
            for mention in sorted(found, key=lambda mention: (mention.line, mention.because))
        )


def _asserted_facts(store: Store) -> AssertedFacts:
    @cache
    def asserted(s: str | None, p: str, o: str | None) -> Sequence[Fact]:
        ends = (iri_term(s) if s else "?s"), (iri_term(o) if o else "?o")
        found = rows(
            store,
            f"SELECT DISTINCT ?s ?o {{ GRAPH ?g {{ {ends[0]} {iri_term(p)} {ends[1]} }} "
            f"FILTER(?g != <{INFERRED_GRAPH}>) }} ORDER BY ?s ?o LIMIT {MOST}",
        )
        return [(s or text(row, "s"), p, o or text(row, "o")) for row in found]

    return asserted


def _is_added(statement: Statement) -> bool:
    return statement.source.graph == INFERRED_GRAPH


def _leaves(reason: Reason) -> list[Fact]:
    return [fact for each in reason.because for fact in _leaves(each)] if reason.because else [reason.fact]


def _sources_of(store: Store, facts: Sequence[Fact], roles: Roles, lines: Written) -> dict[Fact, tuple[Statement, ...]]:
    """Return for each premise the asserted statements that contain it."""
    found: defaultdict[Fact, list[Statement]] = defaultdict(list)
    triples = " ".join(f"({' '.join(map(iri_term, fact))})" for fact in facts)
    query = (
        f"SELECT ?s ?p ?o ?g {{ VALUES (?s ?p ?o) {{ {triples} }} GRAPH ?g {{ ?s ?p ?o }} "
        f"FILTER(?g != <{INFERRED_GRAPH}>) }} ORDER BY ?g"
    )
    for each in _located(store, rows(store, query), roles, lines):
        found[each.subject, each.predicate, each.object].append(each)
    return {fact: tuple(statements) for fact, statements in found.items()}


def _order(statement: Statement) -> tuple[bool, bool, str, tuple[int, ...], str, str, str]:
    source = statement.source
    return (
        _is_added(statement),
        not source.path,
        source.path or source.graph,
        statement.lines,
        statement.subject,
        "" if statement.predicate == RDF.type else statement.predicate,
        statement.object,
    )
