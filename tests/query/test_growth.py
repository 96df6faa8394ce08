"""Queries about one resource take as long in a large store as in a small one."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.page_html import schema_org
from kg.query import JSON, Query
from kg.query.names import names_query
from kg.store import oxigraph
from kg.store.oxigraph import OxigraphStore, open_store
from kg.vocab import DCT, RDF, RDM
from tests.growth import TIMES, growth

pytestmark = pytest.mark.slow

PAGE = "http://example.org/7"
SIZE = 3000
"""Pages in the smaller store."""
UNCHANGED = 3
"""Greatest growth that counts as none; linear growth is :data:`tests.growth.TIMES`."""


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[int, OxigraphStore]:
    """Return stores by their number of pages."""
    folder = tmp_path_factory.mktemp("stores")
    return {pages: _store(folder / str(pages), pages) for pages in (SIZE, TIMES * SIZE)}


def _store(folder: Path, pages: int) -> OxigraphStore:
    folder.mkdir()
    with (folder / "graph.nq").open("w") as out:
        for n in range(pages):
            page = f"<http://example.org/{n}>"
            out.write(f'{page} <{DCT.identifier}> "{n}" <http://example.org/g> .\n')
            out.write(f'{page} <{DCT.title}> "Page {n}" <http://example.org/g> .\n')
            out.write(f"{page} <{RDF.type}> <{RDM.Page}> <http://example.org/g> .\n")
            out.write(f"{page} <{DCT.contributor}> <http://example.org/{n + 1}> <http://example.org/g> .\n")
    oxigraph.create(folder / "store", folder / "graph.nq")
    return open_store(folder / "store")


def asking(stores: dict[int, OxigraphStore], query: Query) -> Callable[[int], None]:
    """Return a function that asks the query of the store of a size twenty times; it must find something."""

    def ask(size: int) -> None:
        for _ in range(20):
            out = io.BytesIO()
            stores[size].ask(query).write(out, JSON)
            assert f'"Page {PAGE[-1]}"'.encode() in out.getvalue()

    return ask


@pytest.mark.parametrize("query", [schema_org.query(PAGE), Query(names_query([PAGE]))], ids=["markup", "names"])
def test_a_query_about_a_page_depends_on_the_page_alone(stores: dict[int, OxigraphStore], query: Query) -> None:
    assert growth(asking(stores, query), SIZE) < UNCHANGED
