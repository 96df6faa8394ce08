"""The dumps hold, in every engine, as many statements as the release says."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.release import Release
from kg.vocab import UNION_GRAPH
from tests.engines.engines import NAMES, Engine, engine, is_here

pytestmark = pytest.mark.slow

OURS = "FILTER(STRSTARTS(STR(?g), 'https://w3id.org/rdm-kg/'))"
"""Virtuoso has graphs of its own."""


def counted(loaded: Engine, what: str) -> int:
    (row,) = loaded.rows(f"SELECT (COUNT(*) AS ?n) {{ {what} }}")
    return int(row["n"])


def test_the_named_graphs_hold_all_quads(release: Release, loaded: Engine) -> None:
    counts = release.manifest["counts"]
    assert counted(loaded, f"GRAPH ?g {{ ?s ?p ?o }} {OURS}") == counts["quads"]
    assert counted(loaded, f"SELECT DISTINCT ?g {{ GRAPH ?g {{ ?s ?p ?o }} {OURS} }}") == counts["graphs"]
    assert counted(loaded, f"SELECT DISTINCT ?s ?p ?o {{ GRAPH ?g {{ ?s ?p ?o }} {OURS} }}") == counts["triples"]


@pytest.mark.parametrize("name", NAMES)
def test_the_turtle_dump_is_their_union(release: Release, name: str, tmp_path: Path) -> None:
    if not is_here(name):
        pytest.skip(f"no {name} on this machine")
    with engine(name, tmp_path / "union", (release.dumps / "rdm-kg.ttl", UNION_GRAPH)) as loaded:
        assert counted(loaded, f"GRAPH <{UNION_GRAPH}> {{ ?s ?p ?o }}") == release.manifest["counts"]["triples"]
