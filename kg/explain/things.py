"""The thing that is meant: by its IRI, by a name with a prefix, by the id of a page, a tool or a FAIRsharing record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches

from kg.errors import UnknownName
from kg.query import Store
from kg.query.rows import holds, rows, text, values
from kg.query.text import iri_term, string_term
from kg.vocab import BASE, DCT, RDM, TITLES, expanded_name, prefixed_name

_MOST = 50_000
"""Names that are compared with one that is not known."""


def find(store: Store, words: str, fairsharing: Callable[[str], str | None]) -> str:
    """The IRI of the thing that ``words`` mean; ``fairsharing`` gives that of a record by any form of its id.

    They are an IRI, one with a prefix or without what all of our own begin with, or the id of a page, a record, or a
    tool where it is that of no page.

    Raises :class:`kg.errors.UnknownName`, with names that look alike, where the graph knows nothing of it, and with all
    that may be meant where these are several.
    """
    meant = [iri for iri in dict.fromkeys(_candidates(store, words.strip(), fairsharing)) if _is_known(store, iri)]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise UnknownName(f"{words!r} may mean several things; say which: {', '.join(meant)}")
    alike = _alike(store, words)
    hint = (
        f"; there is {', '.join(alike)}" if alike else "; a thing is named by its IRI, a page or a tool also by its id"
    )
    raise UnknownName(f"the graph says nothing about {words!r}{hint}")


def _candidates(store: Store, words: str, fairsharing: Callable[[str], str | None]) -> Iterator[str]:
    bare = words.removeprefix("<").removesuffix(">")
    if ":" in bare:
        yield expanded_name(bare) or bare
    else:
        yield BASE + bare
        yield from _identified(store, RDM.Page, bare) or _identified(store, RDM.Tool, bare)
    if record := fairsharing(bare):
        yield record


def _identified(store: Store, cls: str, identifier: str) -> list[str]:
    query = f"SELECT DISTINCT ?thing {{ ?thing a <{cls}> ; dct:identifier {string_term(identifier)} }} ORDER BY ?thing"
    return [text(row, "thing") for row in rows(store, query)]


def _is_known(store: Store, iri: str) -> bool:
    try:
        term = iri_term(iri)
    except ValueError:
        return False
    return holds(store, f"ASK {{ {{ {term} ?p ?o }} UNION {{ ?s ?p {term} }} }}")


def _alike(store: Store, words: str) -> list[str]:
    """What has a name or an IRI that looks alike, the most alike first."""
    query = (
        f"SELECT DISTINCT ?s ?name {{ {values('how', (*TITLES, DCT.identifier))} ?s ?how ?name "
        f'FILTER(!CONTAINS(STR(?s), "#")) }} ORDER BY ?s LIMIT {_MOST}'
    )
    names: dict[str, str] = {}
    for row in rows(store, query):
        iri = text(row, "s")
        for name in (text(row, "name"), iri, iri.rstrip("/").rpartition("/")[2]):
            names.setdefault(name.lower(), iri)
    close = get_close_matches(words.lower(), names, n=5, cutoff=0.7)
    return list(dict.fromkeys(prefixed_name(names[name]) for name in close))
