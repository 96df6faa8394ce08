"""Writable servers; the log of none may have a traceback in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.server.serving import QUADS, make_release
from tests.writing.clients import Client, run_writable

StartWritable = Callable[..., Client]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[StartWritable]:
    """Return a function that starts servers below the test's own folder, ended after the test."""
    started: list[Client] = []

    def run(*arguments: str, **environ: str) -> Client:
        client = run_writable(tmp_path, *arguments, **environ)
        started.append(client)
        return client

    yield run
    for client in started:
        if client.server.process.poll() is None:
            client.server.end()
        assert "Traceback" not in client.server.log.read_text()


@pytest.fixture(scope="module")
def over_release(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Start one server over a small release; tests leave the overlay empty."""
    folder = tmp_path_factory.mktemp("writable")
    make_release(folder / "out", QUADS)
    limits = {"KG_QUERY_TIMEOUT": "8", "KG_QUERY_MEMORY": "512"}
    client = run_writable(folder, "--release", str(folder / "out"), **limits)
    yield client
    assert client.server.end() == 0
    assert "Traceback" not in client.server.log.read_text()
