"""``kg serve --engine``: the same answers and pages as without, and failures of an engine that harm nothing."""

from __future__ import annotations

import json
import re
import shlex
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from kg.query import canned
from kg.release import Release
from tests.conftest import kg
from tests.engines.engines import NAMES, Engine, doctor, engine_for_release, free_port, is_here, oxigraph
from tests.engines.rows import counted
from tests.server.pages import BROWSER, DICOM, Seen
from tests.server.serving import Reply, Server, run_server, until

pytestmark = pytest.mark.slow

PAGES = (
    "/",
    "/browse",
    "/browse?kind=tool",
    "/browse/matrix",
    "/dumps/",
    "/have?q=mouse",
    "/id/lookup",
    "/id/lookup/page/pic",
    "/id/lookup/thing/normolim",
    f"/id/?iri={quote(DICOM)}",
    "/id/?iri=http://purl.org/dc/terms/title",
    "/ont",
    "/queries/",
    "/queries/where-to-deposit?page=pic",
    "/search?q=mouse",
    "/sparql?query=" + quote("SELECT ?n { ?s <http://purl.org/dc/terms/identifier> ?n } ORDER BY ?n LIMIT 9"),
)
"""Every kind of page that is made of answers."""
DATA = (
    "/catalog.nt",
    "/id/lookup/page/pic.nt",
    "/id/lookup/page/pic.nq",
    f"/id/?iri={quote(DICOM)}&format=nt",
    "/ont.nt",
)
"""Graphs in formats whose lines are statements."""
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STR(?c) != STR(?i)) }"


@dataclass(frozen=True)
class Served:
    """A release that is served twice."""

    engine: Engine
    embedded: Server
    behind: Server
    """The server that asks the engine."""


@contextmanager
def served(release: Release, folder: Path, *options: str, **settings: str) -> Iterator[Server]:
    folder.mkdir(exist_ok=True)
    server = run_server(folder, ["--release", str(release.folder), "--port", "0", *options], **settings)
    assert server.url, server.log.read_text()
    yield server
    assert server.end() == 0
    assert "Traceback" not in server.log.read_text()


@pytest.fixture(scope="module")
def exported(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write what an engine is to load."""
    file = tmp_path_factory.mktemp("exported") / "release.nq"
    assert kg("export", "--format", "engine", "-o", file, "--release", release.folder).returncode == 0
    return file


@pytest.fixture(scope="module", params=NAMES)
def twice(
    request: pytest.FixtureRequest, release: Release, exported: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """Serve the release from its own store and from an engine; without it on this machine, the test is skipped."""
    if not is_here(request.param):
        pytest.skip(f"no {request.param} on this machine")
    folder = tmp_path_factory.mktemp(request.param)
    with (
        engine_for_release(request.param, folder / "engine", exported) as engine,
        served(release, folder / "embedded") as embedded,
        served(release, folder / "behind", "--engine", engine.url, KG_QUERY_TIMEOUT="120") as behind,
    ):
        yield Served(engine, embedded, behind)


def test_every_question_has_the_same_rows(twice: Served) -> None:
    for name in canned.names():
        values = {parameter.name: parameter.example for parameter in canned.load(name).parameters}
        path = f"/queries/{name}?{urlencode({**values, 'format': 'json'})}"
        expected, found = (rows(server.ask(path)) for server in (twice.embedded, twice.behind))
        assert expected
        assert counted(found) == counted(expected), name


def test_every_kind_of_page_has_the_same_text(twice: Served) -> None:
    for path in PAGES:
        expected, found = (seen(server, path) for server in (twice.embedded, twice.behind))
        assert len(expected) > 50
        if twice.engine.name == "virtuoso":  # literals that differ in their language alone come in another order
            expected, found = sorted(expected), sorted(found)
        assert found == expected, path


def test_graphs_have_the_same_statements(twice: Served) -> None:
    for path in DATA:
        expected, found = (statements(server, path) for server in (twice.embedded, twice.behind))
        assert expected, path
        assert found == expected, path


def test_every_format_can_be_had(twice: Served) -> None:
    select, graph = "SELECT ?s { ?s a <urn:x> }", "CONSTRUCT { <urn:a> <urn:b> ?t } { ?t a <urn:x> }"
    for query, names in ((select, ("json", "xml", "csv", "tsv")), (graph, ("turtle", "ntriples", "jsonld", "rdfxml"))):
        for name in names:
            path = f"/sparql?query={quote(query)}&format={name}"
            expected, found = (server.ask(path) for server in (twice.embedded, twice.behind))
            assert (found.status, found.media_type, found.body) == (200, expected.media_type, expected.body)


def test_graphs_that_a_request_names_are_asked(twice: Served) -> None:
    count = quote("SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }")
    description = "https://w3id.org/rdm-kg/graph/description"
    for path in (
        f"/sparql?query={count}",
        f"/sparql/described?query={count}",
        f"/sparql?query={count}&default-graph-uri={quote(description)}",
        f"/sparql?query={quote(f'SELECT (COUNT(DISTINCT ?o) AS ?n) FROM <{description}> {{ ?s ?p ?o }}')}",
        f"/sparql?query={quote(f'SELECT (COUNT(DISTINCT ?o) AS ?n) {{ GRAPH <{description}> {{ ?s ?p ?o }} }}')}",
    ):
        expected, found = (rows(server.ask(path)) for server in (twice.embedded, twice.behind))
        assert found == expected, path


def test_the_doctor_says_what_an_engine_can_do(twice: Served, release: Release) -> None:
    done = doctor("--engine", twice.engine.url, "--release", release.folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert release.id in done.stdout
    assert twice.engine.name in done.stdout.lower()
    assert f"{release.manifest['counts']['triples']} statements" in done.stdout


def test_an_endless_query_is_ended_and_others_are_answered_meanwhile(
    release: Release, twice: Served, tmp_path: Path
) -> None:
    with served(release, tmp_path / "brief", "--engine", twice.engine.url, KG_QUERY_TIMEOUT="4") as server:
        replies: list[Reply] = []
        endless = threading.Thread(target=lambda: replies.append(server.query(ENDLESS)))
        endless.start()
        while endless.is_alive():
            assert server.query("ASK { ?s ?p ?o }").status == 200
        assert replies[0].status == 504
        assert json.loads(replies[0].body)["detail"] == "the query ran longer than 4 s and was ended"
        assert server.query("SELECT ?s { ?s ?p ?o } LIMIT 2").status == 200


def test_an_engine_that_is_killed_is_a_503_until_it_is_back(release: Release, tmp_path: Path) -> None:
    port = free_port()
    with oxigraph(release.store, port) as engine:
        context = served(release, tmp_path / "server", "--engine", engine.url)
        server = context.__enter__()
        assert server.query("SELECT ?s { ?s ?p ?o } LIMIT 1").status == 200
    reply = server.query("SELECT ?s { ?s ?p ?o } LIMIT 3")
    assert (reply.status, reply.media_type) == (503, "application/problem+json")
    assert "the engine cannot be reached" in json.loads(reply.body)["detail"]
    assert reply.headers["Retry-After"]
    assert server.ask("/id/lookup/page/pic", headers=BROWSER).status == 503
    with oxigraph(release.store, port):
        until(lambda: server.query("SELECT ?s { ?s ?p ?o } LIMIT 3").status == 200)
        assert server.ask("/id/lookup/page/pic", headers=BROWSER).status == 200
        context.__exit__(None, None, None)


def test_an_engine_that_comes_back_without_the_release_is_not_believed(release: Release, tmp_path: Path) -> None:
    port = free_port()
    with oxigraph(release.store, port) as engine:
        context = served(release, tmp_path / "server", "--engine", engine.url)
        server = context.__enter__()
        assert server.query("SELECT ?s { ?s ?p ?o } LIMIT 1").status == 200
    (tmp_path / "empty").mkdir()
    with oxigraph(tmp_path / "empty", port, how="serve"):
        for path in ("/id/lookup/page/pic", "/queries/where-to-deposit?page=pic", "/sparql?query=ASK%7B%7D"):
            reply = server.ask(path)
            assert (reply.status, "the engine holds no release" in reply.text.lower()) == (502, True), path
    with oxigraph(release.store, port):
        until(lambda: server.ask("/id/lookup/page/pic", headers=BROWSER).status == 200)
        context.__exit__(None, None, None)


def test_an_engine_without_a_release_is_said_and_none_of_the_consequences(release: Release, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with oxigraph(tmp_path / "empty", free_port(), how="serve") as engine:
        server = run_server(tmp_path, ["--release", str(release.folder), "--port", "0", "--engine", engine.url])
        assert server.process.wait() == 2
        assert "the engine holds no release; put one there: kg publish " in server.log.read_text()
        lines = doctor("--engine", engine.url, "--release", release.folder).stdout.splitlines()
    assert [line for line in lines if line.startswith("engine, ")] == [lines[-1]]
    assert lines[-1].startswith("engine, release: none; the engine holds no release; put one there: kg publish ")


def test_the_command_that_an_export_names_checks_the_engine(release: Release, tmp_path: Path) -> None:
    file = tmp_path / "release.nq"
    done = kg("export", "--format", "engine", "-o", file, "--release", release.folder)
    named = re.search(r"kg (doctor .*) says whether the engine at URL holds it", done.stderr)
    assert named, done.stderr
    with engine_for_release("oxigraph", tmp_path / "engine", file) as engine:
        assert kg(*shlex.split(named[1].replace("URL", engine.url))).returncode == 0


def test_an_engine_that_holds_another_release_is_refused(release: Release, exported: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.nq"
    other.write_text(exported.read_text().replace(f'"{release.id}"', '"0123456789abcdef"'))
    with engine_for_release("oxigraph", tmp_path / "other", other) as engine:
        server = run_server(tmp_path, ["--release", str(release.folder), "--port", "0", "--engine", engine.url])
        assert server.process.wait() == 2
        assert f"it holds 0123456789abcdef and not {release.id}" in server.log.read_text()
        done = doctor("--engine", engine.url, "--release", release.folder)
        assert done.returncode == 1
        assert f"it holds 0123456789abcdef and not {release.id}" in done.stdout


def test_an_engine_whose_default_graph_is_another_is_refused(release: Release, tmp_path: Path) -> None:
    with oxigraph(release.store, free_port(), "--union-default-graph") as engine:
        server = run_server(tmp_path, ["--release", str(release.folder), "--port", "0", "--engine", engine.url])
        assert server.process.wait() == 2
        assert f"and not {release.manifest['counts']['triples']}, the union of the graphs" in server.log.read_text()


def test_an_engine_is_not_written_to(tmp_path: Path) -> None:
    for option in ("--writable", "--watch"):
        server = run_server(tmp_path, [".", option, "--engine", "http://127.0.0.1:9/"], KG_WRITE_TOKEN="x")
        assert server.process.wait() == 2
        assert "--engine goes without --writable and --watch" in server.log.read_text()


def rows(reply: Reply) -> list[dict[str, str]]:
    assert reply.status == 200, reply.text
    found = json.loads(reply.body)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in found]


def seen(server: Server, path: str) -> list[str]:
    reply = server.ask(path, headers=BROWSER)
    assert (reply.status, reply.media_type) == (200, "text/html"), (path, reply.text)
    return Seen(reply.text).text.replace(server.url, "").split()


def statements(server: Server, path: str) -> set[str]:
    reply = server.ask(path)
    assert reply.status == 200, reply.text
    return set(reply.text.replace(server.url, "").splitlines())
