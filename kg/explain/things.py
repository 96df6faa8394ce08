"""Resolve a resource from its IRI, a prefixed name, or the id of a page, a tool or a FAIRsharing record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from kg.errors import UnknownName
from kg.query import Store
from kg.query.known import kept_out, pages_named
from kg.query.rows import holds, rows, text, values
from kg.query.text import iri_term, string_term
from kg.vocab import BASE, DCT, PREFIXES, RDM, TITLES, expanded_name, prefixed_name

_MOST = 50_000
"""Maximum number of names that are compared with an unknown one."""


_CALLED = f"SELECT DISTINCT ?s ?name {{ ?mention rdm:target ?s ; rdfs:label ?name }} ORDER BY ?s LIMIT {_MOST}"
"""The names by which pages name things."""


def find(store: Store, words: str, fairsharing: Callable[[str], str | None], report: Path | None = None) -> str:
    """Return the IRI of the resource that ``words`` name.

    ``words`` are an IRI, absolute, prefixed or relative to the base of rdm-kg, or the id, title or path of a page, or
    the id of a tool if there is no such page, or of a record, or else the name by which pages name a thing.
    ``fairsharing`` returns the IRI of a record from any form of its id, ``None`` if there is no such record.
    ``report`` is the file of the build's report, which says why a page is kept out.

    Raises:
        UnknownName: when no resource in the graph has this name, or several have it.
    """
    words = words.encode(errors="replace").decode()  # a shell gives bytes that are no UTF-8 as unpaired surrogates
    meant = [iri for iri in dict.fromkeys(_candidates(store, words.strip(), fairsharing)) if _is_known(store, iri)]
    meant = meant or _named(store, words.strip())
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise UnknownName(f"{words!r} is ambiguous; give one of {', '.join(map(prefixed_name, meant))}")
    if report and (out := kept_out(words.strip(), report)):
        raise UnknownName(f"no statements about {words!r}; kept out: {out.because}")
    similar = _similar(store, words)
    hint = f"; similar names: {', '.join(similar)}" if similar else "; give an IRI, or the id of a page, tool or record"
    raise UnknownName(f"no statements about {words!r}{hint}")


def _candidates(store: Store, words: str, fairsharing: Callable[[str], str | None]) -> Iterator[str]:
    bare = words.removeprefix("<").removesuffix(">")
    if ":" in bare:
        yield expanded_name(bare) or bare
    else:
        yield BASE + bare
        pages = [text(page, "page") for page in pages_named(bare, partial(rows, store))]
        yield from pages or _tools(store, bare)
    if record := fairsharing(bare):
        yield record


def _tools(store: Store, identifier: str) -> list[str]:
    wanted = string_term(identifier.lower())
    query = f"SELECT DISTINCT ?tool {{ ?tool a <{RDM.Tool}> ; dct:identifier ?id FILTER(LCASE(STR(?id)) = {wanted}) }}"
    return sorted(text(row, "tool") for row in rows(store, query))


def _named(store: Store, words: str) -> list[str]:
    """Return the things that pages name with these words, in upper or lower case."""
    query = f"""SELECT DISTINCT ?thing {{ ?mention rdm:target ?thing ; rdfs:label ?name
      FILTER(LCASE(STR(?name)) = {string_term(words.lower())}) }}"""
    return sorted(text(row, "thing") for row in rows(store, query))


def records_of(store: Store, iri: str) -> list[str]:
    """Return the FAIRsharing records that a resource is the same as, or that its site gives for it."""
    query = f"""SELECT DISTINCT ?record {{ {iri_term(iri)} rdfs:seeAlso|skos:exactMatch ?record
      FILTER(STRSTARTS(STR(?record), {string_term(PREFIXES["fairsharing"])})) }}"""
    return sorted(text(row, "record") for row in rows(store, query))


def _is_known(store: Store, iri: str) -> bool:
    try:
        term = iri_term(iri)
    except ValueError:
        return False
    return holds(store, f"ASK {{ {{ {term} ?p ?o }} UNION {{ ?s ?p {term} }} }}")


def _similar(store: Store, words: str) -> list[str]:
    """Return the resources with similar names or IRIs, the most similar first."""
    query = (
        f"SELECT DISTINCT ?s ?name {{ {values('how', (*TITLES, DCT.identifier))} ?s ?how ?name "
        f'FILTER(!CONTAINS(STR(?s), "#")) }} ORDER BY ?s LIMIT {_MOST}'
    )
    names: dict[str, str] = {}
    found = [(text(row, "s"), text(row, "name")) for row in [*rows(store, query), *rows(store, _CALLED)]]
    for iri, name in found:
        for each in (name, iri, iri.rstrip("/").rpartition("/")[2]):
            short = prefixed_name(iri)
            names.setdefault(each.lower(), f"{name} ({short})" if each == name else short)
    close = get_close_matches(words.lower(), names, n=5, cutoff=0.7)
    return list(dict.fromkeys(names[name] for name in close))
