"""A link from one site of a release to a page of another has that page as target."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.vocab import BASE, PREFIXES
from tests.joins.sites import release_of_both

pytestmark = pytest.mark.slow

PROTEINS, CLOUDS = f"{BASE}lookup/page/proteins", f"{BASE}guide/page/clouds"


def store_of(graph: Path) -> ox.Store:
    store = ox.Store()
    store.bulk_load(path=graph, format=ox.RdfFormat.N_QUADS)
    return store


def rows(store: ox.Store, query: str) -> list[tuple[str, ...]]:
    found = store.query(query, use_default_graph_as_union=True, prefixes=PREFIXES)
    assert isinstance(found, ox.QuerySolutions)
    return sorted(tuple(term.value if term else "" for term in row) for row in found)  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> ox.Store:
    return store_of(release_of_both(tmp_path_factory.mktemp("both")).graph)


@pytest.fixture(scope="module")
def targets(store: ox.Store) -> Mapping[str, str]:
    found = rows(store, "SELECT ?link ?target { ?m rdm:linkAsWritten ?link ; rdm:target ?target }")
    return {link: target for link, target in found}  # noqa: C416 (mypy wants pairs)


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("http://www.guide.example/clouds.html?from=here#costs", f"{CLOUDS}#costs"),
        ("https://guide.example/", f"{BASE}guide"),
        ("https://lookup.example/rdm/proteins/", PROTEINS),
        ("https://lookup.example/rdm/old/proteins#top", PROTEINS),
        ("//www.former.example/rdm-lookup/proteins", PROTEINS),
        ("https://lookup.example/proteins", "https://lookup.example/proteins"),
    ],
)
def test_a_link_to_any_address_of_a_page_means_the_page(targets: Mapping[str, str], link: str, target: str) -> None:
    assert targets[link] == target


def test_a_page_of_another_site_is_no_service_of_its_own(store: ox.Store) -> None:
    said = f"SELECT ?type {{ <{CLOUDS}> a ?type }}"
    assert all(not kind.endswith("Service") for (kind,) in rows(store, said))
    assert rows(store, f"SELECT ?how {{ <{PROTEINS}> ?how <{CLOUDS}#costs> }}") == [("https://schema.org/mentions",)]
    assert rows(store, f"SELECT ?role {{ ?m rdm:target <{CLOUDS}#costs> ; rdm:role ?role }}") == [
        (PREFIXES["role"] + "useful-link",)
    ]
    assert rows(store, 'SELECT ?thing { ?thing dct:title "Guide to clouds"@en }') == []


def test_a_site_below_another_one_has_its_own_pages(tmp_path: Path) -> None:
    above = "title: Guide\nurl: https://lookup.example\npermalink: /:basename\n"
    store = store_of(release_of_both(tmp_path, guide=above).graph)
    found = rows(
        store, 'SELECT ?target { ?m rdm:linkAsWritten "https://lookup.example/rdm/proteins/" ; rdm:target ?target }'
    )
    assert found == [(PROTEINS,)]
