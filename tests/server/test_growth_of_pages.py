"""What a page of a list costs does not grow with the list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from rdflib import Graph, URIRef

from kg.errors import UnknownValue
from kg.query import canned
from kg.query.canned import Column
from kg.query.known import check_values
from kg.release import Release
from kg.search_index import SearchIndex, SearchRequest, names, names_in
from kg.search_index import search as searching
from kg.vocab import BASE, DCAT, DCT, FOAF, HYDRA, RDF, RDM, SCHEMA
from server.pages.table import table_of
from tests.growth import LINEAR, growth
from tests.search.conftest import release_of
from tests.server.serving import Server, run_server

pytestmark = pytest.mark.slow

SMALL, LARGE = 400, 1600
"""Numbers of pages that are data sets."""
SITES, TOOLS = 4, 5


def statements(size: int) -> Iterator[str]:
    """Yield the lines of a graph with so many pages in a few sites, and a few tools."""
    for number in range(size):
        site, page = f"<{BASE}s{number % SITES}>", f"<{BASE}s{number % SITES}/page/p{number:05}>"
        said = (
            f"{site} <{RDF.type}> <{DCAT.Catalog}>",
            f'{site} <{DCT.title}> "Site {number % SITES}"',
            f"{site} <{DCAT.dataset}> {page}",
            *(f"{page} <{RDF.type}> <{kind}>" for kind in (DCAT.Dataset, RDM.Page, RDM.AdvicePage, RDM.CheatSheet)),
            f'{page} <{DCT.identifier}> "p{number:05}"',
            f'{page} <{DCT.title}> "Page {number:05}"',
            f"{page} <{SCHEMA.isPartOf}> {site}",
        )
        yield from (f"{each} {page[:-1]}#graph> .\n" for each in said)
    for number in range(TOOLS):
        tool = f"<http://example.org/tool{number}>"
        yield f"{tool} <{RDF.type}> <{RDM.Tool}> <{BASE}s0/page/p00000#graph> .\n"
        yield f'{tool} <{DCT.title}> "Tool {number}" <{BASE}s0/page/p00000#graph> .\n'


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Release]:
    """Return number of pages → a release with them."""
    return {size: release_of(tmp_path_factory.mktemp("sized"), [*statements(size)]) for size in (SMALL, LARGE)}


@pytest.fixture(scope="module")
def servers(releases: dict[int, Release], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Server]]:
    """Start a server over each release."""
    folder = tmp_path_factory.mktemp("servers")
    found = {
        size: run_server(folder, ["--release", str(release.folder.parents[1]), "--port", "0"])
        for size, release in releases.items()
    }
    yield found
    assert [server.end() for server in found.values()] == [0, 0]


def walked(server: Server) -> list[str]:
    """Return the documents of all pages of the catalogue, as each names the next one."""
    pages, address = list[str](), f"{server.url}/catalog.ttl"
    while address:
        reply = server.ask(address.removeprefix(server.url))
        assert (reply.status, reply.media_type) == (200, "text/turtle")
        pages.append(reply.text)
        following = [*Graph().parse(data=reply.text).objects(None, URIRef(HYDRA.next))]
        address = str(following[0]) if following else ""
    return pages


def test_a_page_of_the_catalogue_has_as_many_data_sets_however_many_there_are(servers: dict[int, Server]) -> None:
    pages = {size: walked(server) for size, server in servers.items()}
    for size, documents in pages.items():
        graphs = [Graph().parse(data=document) for document in documents]
        sets = [
            {*graph.subjects(URIRef(RDF.type), URIRef(DCAT.Dataset))} & {*graph.subjects(URIRef(DCT.title))}
            for graph in graphs
        ]
        assert sum(map(len, sets)) == len(set().union(*sets)) == size
        for graph, found in zip(graphs, sets, strict=True):
            listed = {*graph.objects(None, URIRef(DCAT.dataset))}
            assert found <= listed
            assert found <= {*graph.objects(None, URIRef(FOAF.primaryTopic))}
            assert str(next(graph.objects(None, URIRef(HYDRA.totalItems)))) == str(size + SITES)
    assert len(pages[LARGE]) >= 3 * len(pages[SMALL]) > 3
    assert max(map(len, pages[LARGE])) < 1.1 * max(map(len, pages[SMALL]))
    assert servers[SMALL].ask("/catalog.ttl?page=9").status == 404
    assert servers[SMALL].ask("/catalog?page=x&format=turtle").status == 400


@pytest.mark.parametrize("path", ["/browse", "/browse?page=7&sort=-name", "/browse?format=json", "/browse?kind=tool"])
def test_a_page_of_all_things_is_as_long_however_many_there_are(servers: dict[int, Server], path: str) -> None:
    sizes = {size: len(server.ask(path, headers={"Accept": "text/html"}).body) for size, server in servers.items()}
    assert abs(sizes[LARGE] - sizes[SMALL]) < 0.05 * sizes[SMALL]


def test_the_table_of_all_things_has_each_once(servers: dict[int, Server]) -> None:
    for size, server in servers.items():
        lines = server.ask("/browse?format=csv&sort=name").text.splitlines()
        assert len({*lines}) == len(lines) == 1 + size + SITES + TOOLS
        assert lines[1].startswith("Page 00000,cheat sheet,")


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch, releases: dict[int, Release]) -> Callable[..., dict[int, int]]:
    """Return what counts the steps of SQLite, by the looks at the clock: number of pages → thousands of steps."""
    ticks = count()
    monkeypatch.setattr(searching, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    monkeypatch.setattr(searching, "_STEPS", 10)

    def counted(ask: Callable[[SearchIndex], object]) -> dict[int, int]:
        found = {}
        for size, release in releases.items():
            before = next(ticks)
            ask(SearchIndex(release.folder / "search.sqlite", seconds=10**9))
            found[size] = next(ticks) - before
        return found

    return counted


@pytest.mark.parametrize(
    "request_",
    [
        SearchRequest(),
        SearchRequest(sort="-sheets", page=5),
        SearchRequest(sort="-kind"),
        SearchRequest(chosen={"kind": ("tool",)}),
        SearchRequest(chosen={"kind": ("tool",), "modality": ("none",)}),
    ],
)
def test_a_list_of_things_is_read_from_its_places(
    steps: Callable[..., dict[int, int]], request_: SearchRequest
) -> None:
    found = steps(lambda index: index.search(request_))
    assert found[LARGE] < 1.2 * found[SMALL]


@pytest.mark.parametrize(("kind", "value"), [("page", "p00399x"), ("words", "Tol")])
def test_what_is_nearest_is_not_looked_for_among_all_names(
    steps: Callable[..., dict[int, int]], kind: str, value: str
) -> None:
    found = steps(lambda index: index.names_like(kind, value))
    assert found[LARGE] < 1.2 * found[SMALL]


@pytest.mark.parametrize("kind", ["thing", "record"])
def test_what_is_recommended_most_is_not_looked_for_among_all_things(
    steps: Callable[..., dict[int, int]], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(names, "_WALKED", SMALL // 2)
    found = steps(lambda index: index.most_recommended(kind, SMALL))
    assert found[LARGE] < 1.2 * found[SMALL]


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_the_store_is_not_asked_for_names_that_the_index_has(releases: dict[int, Release], size: int) -> None:
    ask = Mock(return_value=[])
    with pytest.raises(UnknownValue) as error:
        check_values(canned.load("contacts"), {"page": "p00399x"}, ask, names=names_in(releases[size]))
    assert ask.call_count == 1
    assert next(iter(error.value.near)) == "p00399"


def test_columns_that_somebody_declares_are_looked_up_in_linear_time() -> None:
    def work(size: int) -> None:
        names = [f"w{number}" for number in range(size)]
        shown = table_of(
            Mock(), {"head": {"vars": names}, "results": {"bindings": []}}, [Column(each, "a") for each in names]
        )
        assert not shown.rows

    assert growth(work, 500) < LINEAR
