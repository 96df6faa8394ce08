"""Which names of a query that finds nothing are not in the data, and what may be meant."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from kg.query.absent import absent_names
from kg.query.rows import Row, rows
from kg.release import open_release
from kg.store.oxigraph import open_store
from tests.conftest import kg
from tests.growth import LINEAR, growth

MISSPELT = "SELECT * { ?sheet rdm:recommendFormat ?format }"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (MISSPELT, "rdm:recommendFormat is not in the data; did you mean rdm:recommendsFormat?"),
        ("ASK { ?s a rdm:cheatsheet }", "rdm:cheatsheet is not in the data; did you mean rdm:CheatSheet?"),
        (
            "PREFIX d: <http://purl.org/dc/terms/> ASK { ?s d:titel ?o ; foaf:qqq ?t }",
            "d:titel is not in the data; did you mean d:title? foaf:qqq is not in the data.",
        ),
        ("PREFIX e: <http://e.example/> ASK { ?s e:p ?o ; dct:title ?t FILTER(xsd:integer(?t) = 1) }", ""),
        ("ASK { GRAPH ?g { ?s void:property rdm:recommendsFormat } }", ""),
        ("this is no query rdm:", ""),
    ],
)
def test_a_name_that_is_nowhere_is_named_with_the_nearest(content_release: Path, query: str, said: str) -> None:
    assert absent_names(query, partial(rows, open_store(open_release(content_release).store))) == said


@pytest.mark.slow
def test_few_names_of_a_long_query_are_looked_up(content_release: Path) -> None:
    asked: list[str] = []
    store = open_store(open_release(content_release).store)

    def ask(query: str) -> Sequence[Row]:
        asked.append(query)
        return rows(store, query)

    def work(size: int) -> None:
        asked.clear()
        said = absent_names(" ".join(f"?s dct:x{number} ?o ." for number in range(size)), ask)
        assert (len(asked), said.count("is not in the data")) == (2, 20)

    assert growth(work, 5_000) < LINEAR


@pytest.mark.slow
def test_the_command_says_it_of_an_answer_without_rows(content_release: Path) -> None:
    run = kg("query", MISSPELT, "--release", content_release)
    assert run.stderr.splitlines()[:2] == [
        "0 rows",
        "rdm:recommendFormat is not in the data; did you mean rdm:recommendsFormat?",
    ]
    assert (
        "is not in the data" not in kg("query", "SELECT * { ?s a rdm:CheatSheet }", "--release", content_release).stderr
    )
