"""Find out whether an engine can answer the queries over a release, by asking some."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from traceback import clear_frames

from kg.errors import QueryError, ReleaseError, ReleaseNotHeld
from kg.query import DEFAULT_GRAPH, JSON, TURTLE, Query, Store
from kg.query.rows import read_rows, reading, rows, text
from kg.release import Release
from kg.vocab import DATASET, DESCRIPTION_GRAPH

_LOAD = "put one there: kg publish RELEASE URL, or load what kg export --format engine writes"
EMPTY = f"the engine holds no release; {_LOAD}"
_AGAIN = f"empty it; then {_LOAD}"
VERSION = f"?release dcat:isVersionOf <{DATASET}> ; dcat:version ?id"
"""Pattern in the description graph that finds the id of a release."""
_RELEASES = f"SELECT ?id {{ GRAPH <{DESCRIPTION_GRAPH}> {{ {VERSION} }} }}"
_HELD = "release"
_LONGEST_ID, _MOST_IDS = 64, 8
"""Characters of an id and number of ids that are believed, and repeated in messages."""
_COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one question to an engine."""

    name: str
    found: str
    wrong: str = ""
    """The fault and its remedy; empty if all is well."""
    is_required: bool = True
    """True if no release is served while this is wrong."""


def probe(store: Store, release: Release) -> Iterator[Check]:
    """Yield what an engine shows when it is asked about a release; a failure is the last, as is another release."""
    for name, check in _CHECKS.items():
        try:
            found = check(name, store, release)
            yield found
            if found.wrong and name == _HELD:
                return  # what else it lacks follows from that
        except QueryError as error:
            clear_frames(error.__traceback__)  # answers are released in the thread that asked
            yield Check(name, "", str(error))
            return


def require(store: Store, release: Release) -> None:
    """Check that an engine holds a release and can answer the queries over it.

    Raises:
        ReleaseNotHeld: when it holds another one, or is not there.
        ReleaseError: when it fails otherwise.
    """
    for check in probe(store, release):
        if check.wrong and check.is_required:
            error = ReleaseNotHeld if check.name == _HELD else ReleaseError
            raise error(f"release {release.id} is not served from the engine: {check.wrong}")


def held(store: Store) -> list[str]:
    """Return the ids of the releases that an engine says it holds; of many, or of long texts, the beginning."""
    return sorted({text(row, "id")[:_LONGEST_ID] for row in rows(store, _RELEASES)})[:_MOST_IDS]


def _release(name: str, store: Store, release: Release) -> Check:
    found = ", ".join(held(store))
    wrong = f"it holds {found} and not {release.id}; kg publish puts this one there" if found else EMPTY
    return Check(name, found, "" if found == release.id else wrong)


def _default_graph(name: str, store: Store, release: Release) -> Check:
    found, expected = _number(store, Query(_COUNT)), release.manifest["counts"]["triples"]
    wrong = f"its default graph has {found} statements and not {expected}, the union of the graphs; {_AGAIN}"
    return Check(name, f"{found} statements", "" if found == expected else wrong)


def _named_graphs(name: str, store: Store, release: Release) -> Check:
    found = _number(store, Query("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"))
    expected = release.manifest["counts"]["quads"]
    wrong = f"its named graphs have {found} statements and not {expected} or more; {_AGAIN}"
    return Check(name, f"{found} statements", "" if found >= expected else wrong)


def _graph_answers(name: str, store: Store, release: Release) -> Check:
    out = io.BytesIO()
    store.ask(Query("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1")).write(out, TURTLE)
    return Check(name, "N-Triples" if out.getvalue() else "none", "" if out.getvalue() else "CONSTRUCT gave nothing")


def _described(name: str, store: Store, release: Release) -> Check:
    wrong = "it cannot name its default graph, so that /sparql/described has no description"
    try:
        found = _number(store, Query(_COUNT, (DEFAULT_GRAPH, DESCRIPTION_GRAPH)))
    except QueryError as error:
        return Check(name, "", f"{wrong}: {error}", is_required=False)
    is_there = found > release.manifest["counts"]["triples"]
    return Check(name, f"{found} statements", "" if is_there else wrong, is_required=False)


_CHECKS: dict[str, Callable[[str, Store, Release], Check]] = {
    _HELD: _release,
    "default graph": _default_graph,
    "named graphs": _named_graphs,
    "graphs as answers": _graph_answers,
    "default graph with the description": _described,
}


def _number(store: Store, query: Query) -> int:
    out = io.BytesIO()
    store.ask(query).write(out, JSON)
    with reading():
        (row,) = read_rows(out.getvalue())
        return int(text(row, "n"))
