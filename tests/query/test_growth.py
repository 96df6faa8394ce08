"""How the time of the canned questions grows with the number of sites in the graph."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from bench.scale import multiply, questions
from kg.query import JSON, Query
from kg.release import open_release
from kg.store import oxigraph
from tests.growth import LINEAR, TIMES, growth, seconds

pytestmark = pytest.mark.slow

STATEMENTS = 8_000


@pytest.fixture(scope="module")
def stores(content_release: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[int, oxigraph.OxigraphStore]:
    """Return a number of statements → the store with so many of copies of the example site."""
    found = {}
    for size in (STATEMENTS, TIMES * STATEMENTS):
        folder = tmp_path_factory.mktemp("scale")
        multiply(open_release(content_release).graph, size, folder / "graph.nq")
        oxigraph.create(folder / "store", folder / "graph.nq")
        found[size] = oxigraph.open_store(folder / "store")
    return found


@pytest.mark.parametrize(("name", "text"), list(questions()))
def test_a_question_takes_time_in_proportion_to_the_graph(
    stores: dict[int, oxigraph.OxigraphStore], name: str, text: str
) -> None:
    def ask(size: int) -> None:
        stores[size].ask(Query(text)).write(io.BytesIO(), JSON)

    assert growth(ask, STATEMENTS) < LINEAR


@pytest.mark.parametrize("name", ["about-page", "described-elsewhere", "standards-for-sheet"])
def test_what_is_said_of_one_page_takes_hardly_longer_in_a_larger_graph(
    stores: dict[int, oxigraph.OxigraphStore], name: str
) -> None:
    text = dict(questions())[name]

    def ask(size: int) -> None:
        for _ in range(5):
            stores[size].ask(Query(text)).write(io.BytesIO(), JSON)

    assert growth(ask, STATEMENTS, TIMES / 1.6) < TIMES / 1.6


@pytest.mark.parametrize(
    "name", ["fairsharing-links-to-mend", "pages-that-name", "sheets-by-fairsharing", "where-to-deposit-data-about"]
)
def test_what_looks_for_a_text_looks_at_each_text_once(stores: dict[int, oxigraph.OxigraphStore], name: str) -> None:
    store = stores[TIMES * STATEMENTS]

    def ask(text: str) -> float:
        return seconds(lambda _: store.ask(Query(text)).write(io.BytesIO(), JSON), 0)

    assert ask(dict(questions())[name]) < 2 * ask("SELECT (COUNT(?o) AS ?n) { ?s ?p ?o }")
