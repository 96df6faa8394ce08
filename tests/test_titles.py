"""All functions that choose the title of a thing use the same property."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.diff.gather import called
from kg.query.names import best_names, names_query
from kg.query.rows import rows
from kg.search_index.things import things
from kg.store.oxigraph import create, open_store
from kg.vocab import SCHEMA, TITLES
from server.pages.words import NAMES
from tests.conftest import ROOT

THING = "https://x.example/thing"


def _graph(folder: Path, *terms: str) -> Path:
    """Write a graph of one thing, named by each of the terms; the better the term, the later in sort order."""
    lines = [f'<{THING}> <{term}> "{"zyxwvutsrq"[TITLES.index(term)]}" <g:x> .\n' for term in terms]
    file = folder / "graph.nq"
    file.write_text("".join(sorted(lines)), encoding="utf-8")
    return file


@pytest.mark.parametrize("first", range(len(TITLES)))
def test_the_best_property_names_a_thing_everywhere(tmp_path: Path, first: int) -> None:
    file, name = _graph(tmp_path, *TITLES[first:]), "zyxwvutsrq"[first]
    create(tmp_path / "store", file)
    assert best_names(rows(open_store(tmp_path / "store"), names_query([THING]))) == {THING: name}
    (said,) = things(file.read_text(encoding="utf-8").splitlines())
    assert said.first(*TITLES) == name
    assert called({term: said.values(term) for term in TITLES}) == name
    assert NAMES[: len(TITLES)] == TITLES


def test_the_search_index_reads_every_property_that_names(tmp_path: Path) -> None:
    (said,) = things(_graph(tmp_path, SCHEMA.name).read_text(encoding="utf-8").splitlines())
    assert said.first(*TITLES)


@pytest.mark.parametrize(
    "sign", ["SKOS.prefLabel, FOAF.name", "skos:prefLabel|foaf:name", "SKOS.definition, RDFS.comment"]
)
def test_the_order_stands_in_one_file(sign: str) -> None:
    files = [file for folder in ("kg", "server") for file in (ROOT / folder).rglob("*.py")]
    found = [str(file.relative_to(ROOT)) for file in files if sign in file.read_text(encoding="utf-8")]
    assert found == ["kg/vocab.py"] * ("|" not in sign)
