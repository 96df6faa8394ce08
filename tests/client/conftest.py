"""The graph of the shipped content, from its folder and from a server over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import kg
from kg.client import KnowledgeGraph
from tests.server.serving import Server, run_server


@pytest.fixture(scope="session")
def served(content_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start one server over the shipped content; its log must have no traceback in the end."""
    folder = tmp_path_factory.mktemp("served")
    server = run_server(folder, ["--release", str(content_release), "--port", "0"], KG_QUERY_TIMEOUT="2")
    yield server
    assert server.end() == 0
    assert "Traceback" not in server.log.read_text()


@pytest.fixture(params=["folder", "endpoint"])
def graph(request: pytest.FixtureRequest, content_release: Path) -> Iterator[KnowledgeGraph]:
    """Open the graph from each kind of source."""
    source = content_release
    if request.param == "endpoint":
        source = request.getfixturevalue("served").url + "/sparql"
    with kg.open(source) as opened:
        yield opened
