"""How the time of the canned questions grows with the number of sites in the graph."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from bench.scale import multiply, questions
from kg.query import JSON, Query, canned
from kg.query.known import check_values
from kg.query.rows import rows
from kg.release import open_release
from kg.store import oxigraph
from tests.growth import LINEAR, TIMES, growth, share

pytestmark = pytest.mark.slow

STATEMENTS = 8_000
COUNT = "SELECT (COUNT(?o) AS ?n) { ?s ?p ?o }"


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
    ("name", "most"),
    [
        ("contacts", 0.36),
        ("fairsharing-crosswalk", 1.4),
        ("laws-of-sheet", 0.37),
        ("similar-sheets", 0.8),
        ("where-to-deposit", 0.45),
    ],
)
def test_a_question_looks_up_only_what_its_answer_needs(
    stores: dict[int, oxigraph.OxigraphStore], name: str, most: float
) -> None:
    """``most`` is between the share of the time of a count of all statements that it takes, and that without order."""
    assert share(_asking(stores, dict(questions())[name]), _asking(stores, COUNT), most) < most


@pytest.mark.parametrize(
    "name",
    [
        "pages-that-name",
        "section-type-conflicts",
        "shared-recommendations",
        "solutions",
        "standards-for-data-about",
        "where-to-deposit-data-about",
    ],
)
def test_the_limits_of_inner_lists_save_time(stores: dict[int, oxigraph.OxigraphStore], name: str) -> None:
    text = dict(questions())[name]
    unlimited = text.replace("LIMIT 999999", "")
    assert unlimited != text
    assert share(_asking(stores, text), _asking(stores, unlimited), 0.85) < 0.85


@pytest.mark.parametrize(("name", "most"), [("solutions", 2.2), ("standards-for-data-about", 0.95)])
def test_a_question_about_one_site_does_not_look_up_the_others(
    stores: dict[int, oxigraph.OxigraphStore], name: str, most: float
) -> None:
    question = canned.load(name)
    values = {parameter.name: parameter.example for parameter in question.parameters}
    text = question.fill(**values | {"site": "7-lookup"})
    assert share(_asking(stores, text), _asking(stores, COUNT), most) < most


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("contacts", {"page": "pic"}),
        ("gaps", {"site": "lookup"}),
        ("pages-that-name", {"thing": "DICOM"}),
        ("sheets-by-fairsharing", {"id": "b7z8by"}),
    ],
)
def test_a_value_is_looked_up_and_not_looked_for_among_all(
    stores: dict[int, oxigraph.OxigraphStore], name: str, values: dict[str, str]
) -> None:
    ask = partial(rows, stores[TIMES * STATEMENTS])
    assert share(lambda _: check_values(canned.load(name), values, ask), _asking(stores, COUNT), 0.4) < 0.4


@pytest.mark.parametrize(
    "name", ["fairsharing-links-to-mend", "pages-that-name", "sheets-by-fairsharing", "where-to-deposit-data-about"]
)
def test_what_looks_for_a_text_looks_at_each_text_once(stores: dict[int, oxigraph.OxigraphStore], name: str) -> None:
    assert share(_asking(stores, dict(questions())[name]), _asking(stores, COUNT), 2) < 2


def _asking(stores: dict[int, oxigraph.OxigraphStore], text: str) -> Callable[[int], None]:
    store = stores[TIMES * STATEMENTS]
    return lambda _: store.ask(Query(text)).write(io.BytesIO(), JSON)
