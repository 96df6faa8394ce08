"""A release of the shipped content with its index, and a server over it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.release import Release, new_release, open_release, publish
from kg.search_index import FILE, SearchIndex, write_index
from kg.store import oxigraph
from tests.server.serving import Server, Start, run_server


def release_of(out: Path, lines: list[str]) -> Release:
    """Publish a release of these lines of N-Quads, with a search index."""
    with new_release(out) as draft:
        graph = draft / "graph.nq"
        graph.write_text("".join(sorted(set(lines))), encoding="utf-8")
        counts = oxigraph.create(draft / "store", graph)
        write_index(graph, draft / FILE)
        facts = {"triples": counts.triples, "quads": counts.quads, "graphs": counts.graphs}
        return publish(draft, {"created": "2025-01-01T00:00:00Z", "builder": "test", "sites": [], "counts": facts})


@pytest.fixture(scope="session")
def content_graph(content_release: Path) -> list[str]:
    """Return the lines of the shipped content's graph."""
    return open_release(content_release).graph.read_text(encoding="utf-8").splitlines(keepends=True)


@pytest.fixture(scope="session")
def index(content_release: Path) -> SearchIndex:
    return SearchIndex(open_release(content_release).folder / FILE)


@pytest.fixture(scope="session")
def server(content_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start one server for all tests that only read; its log must have no traceback in the end."""
    running = run_server(tmp_path_factory.mktemp("server"), ["--release", str(content_release), "--port", "0"])
    yield running
    assert running.end() == 0
    assert "Traceback" not in running.log.read_text()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts servers, which are ended after the test."""
    started: list[Server] = []

    def run(release: Path) -> Server:
        started.append(run_server(tmp_path, ["--release", str(release), "--port", "0"]))
        return started[-1]

    yield run
    for server in started:
        server.end()


@pytest.fixture
def own(content_release: Path, tmp_path: Path) -> Path:
    """Copy the output folder, for tests that change it."""
    return Path(shutil.copytree(content_release, tmp_path / "own", symlinks=True))
