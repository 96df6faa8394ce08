"""Releases, and servers over them that are ended with the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.pages import build_shipped
from tests.server.serving import QUADS, Server, Start, make_release, many, run_server


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the output folder of a build."""
    out = tmp_path_factory.mktemp("releases")
    make_release(out, QUADS + many(2000))
    return out


@pytest.fixture
def own_releases(tmp_path: Path) -> Path:
    """Return the output folder of a build, for tests that change it."""
    make_release(tmp_path / "out", QUADS)
    return tmp_path / "out"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts servers, which are ended after the test."""
    started: list[Server] = []

    def run(release: Path, **environ: str) -> Server:
        server = run_server(tmp_path, ["--release", str(release), "--port", "0"], **environ)
        started.append(server)
        return server

    yield run
    for server in started:
        if server.process.poll() is None:
            server.end()


@pytest.fixture(scope="session")
def server(releases: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start one server for all tests that only read; its log must have no traceback in the end."""
    folder = tmp_path_factory.mktemp("server")
    settings = {"KG_QUERY_TIMEOUT": "3", "KG_QUERY_MEMORY": "512", "KG_QUERY_WORKERS": "4"}
    served = run_server(folder, ["--release", str(releases), "--port", "0"], **settings)
    yield served
    assert served.end() == 0
    assert "Traceback" not in served.log.read_text()


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start one server over the shipped content with its pages' texts; its log must have no traceback in the end."""
    folder = tmp_path_factory.mktemp("shipped")
    build_shipped(folder / "out")
    served = run_server(folder, ["--release", str(folder / "out"), "--port", "0"])
    yield served
    assert served.end() == 0
    assert "Traceback" not in served.log.read_text()
