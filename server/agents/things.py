"""The tools about things: search, describe, and explain where statements come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kg import search_index
from kg.errors import ReleaseError
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.query.names import best_names, names_query
from kg.query.rows import rows, text
from kg.query.text import iri_term
from kg.release import Release
from kg.roles import roles_by_term
from kg.search_index import SearchIndex, SearchRequest
from kg.vocab import INFERRED_GRAPH, prefixed_name
from server.agents.compact import Cell, short, table
from server.workers.asking import PoolStore

HITS = 10
"""Results of a search."""
_MOST = 300
"""Statements of a description that are read."""
_HIT = ("name", "kind", "iri", "identifiers", "recommended_by", "text")
_SOURCE = ("subject", "property", "value", "file", "line", "commit", "why")


def search(release: Release, words: str, kind: str | None) -> dict[str, Any]:
    """Return the best results of a search by words, or by an id in any form.

    Raises:
        ReleaseError: when the release has no search index.
    """
    chosen = {"kind": (kind,)} if kind else {}
    results = _index(release).search(SearchRequest(words, chosen, size=HITS))
    hits = (
        (
            hit.name,
            hit.kind,
            prefixed_name(hit.iri),
            ", ".join(hit.identifiers) or None,
            ", ".join(title for _, title in hit.recommended_by) or None,
            short("".join(piece for piece, _ in hit.snippet)) or None,
        )
        for hit in results.hits
    )
    made = table(_HIT, hits)
    if results.corrected:
        made["searched_instead"] = {word: list(others) for word, others in results.corrected.items()}
    if results.total > len(made["rows"]):
        made["truncated"] = f"these are the best {len(made['rows'])} of {results.total}; add words, or choose a kind"
    return made


def kinds(release: Release) -> list[str]:
    """Return the kinds of things that a release has; none without a search index."""
    if search_index.FILE not in release.manifest["files"]:
        return []
    found = _index(release).search(SearchRequest(size=1))
    return [value.name for facet in found.facets if facet.name == "kind" for value in facet.values]


def describe(release: Release, store: PoolStore, thing: str) -> dict[str, Any]:
    """Return the statements about a thing, and how often each property has it as value.

    Raises:
        UnknownName: when nothing has this name.
        QueryError: when a query fails.
    """
    iri = _named(release, store, thing)
    term = iri_term(iri)
    found = rows(store, f"SELECT ?p ?o {{ {term} ?p ?o }} ORDER BY ?p ?o LIMIT {_MOST + 1}")
    relations = [text(row, "o") for row in found if row["o"]["type"] == "uri"]
    names = best_names(rows(store, names_query({iri, *relations})))
    counted = rows(store, f"SELECT ?p (COUNT(*) AS ?n) {{ ?s ?p {term} }} GROUP BY ?p ORDER BY DESC(?n) ?p")
    statements = ((prefixed_name(text(row, "p")), _value(row["o"]), names.get(text(row, "o"))) for row in found)
    return {
        "iri": iri,
        **({"name": names[iri]} if iri in names else {}),
        **table(("property", "value", "name"), statements),
        "value_of": {prefixed_name(text(row, "p")): int(text(row, "n")) for row in counted},
    }


def explain(release: Release, store: PoolStore, thing: str) -> dict[str, Any]:
    """Return the statements about a thing with the file, line and commit that each comes from, and the reason if any.

    Raises:
        UnknownName: when nothing has this name.
        QueryError: when a query fails.
    """
    from kg.explain import Explanation, written  # rdflib is loaded for the first call
    from kg.explain import explain as explained

    def sources(found: Explanation) -> Iterator[tuple[Cell, ...]]:
        for each in found.statements:
            stated = each.source.graph != INFERRED_GRAPH
            why = {advice.line: f"{advice.role}: {advice.because}" for advice in each.advice if advice.because}
            for line in each.lines or (None,):
                yield (
                    prefixed_name(each.subject),
                    prefixed_name(each.predicate),
                    prefixed_name(each.object) if each.is_relation else short(each.object),
                    each.source.path or (prefixed_name(each.source.graph) if stated else None),
                    line,
                    each.source.commit[:10] or None,
                    why.get(line or 0) if stated else "inferred by the reasoner",
                )

    iri = _named(release, store, thing)
    found = explained(store, iri, None, roles_by_term(), written(release.lines))
    return {"iri": iri, **table(_SOURCE, sources(found))}


def _named(release: Release, store: PoolStore, words: str) -> str:
    """Return the IRI of the thing with this IRI, id, title or path, or id of a record in any form."""
    from kg.explain import find

    crosswalk = FairsharingCrosswalk.load()

    def fairsharing(reference: str) -> str | None:
        record = crosswalk.resolve(reference)
        return record.iri if record else None

    return find(store, words, fairsharing, release.report)


def _value(term: Mapping[str, Any]) -> str:
    written = term["value"]
    return prefixed_name(written) if term["type"] == "uri" else short(str(written))


def _index(release: Release) -> SearchIndex:
    if search_index.FILE not in release.manifest["files"]:
        raise ReleaseError("this release has no search index in it; build it again with: kg build")
    return SearchIndex(release.folder / search_index.FILE)
