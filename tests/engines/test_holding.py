"""An engine that changes its release under open connections is noticed, and no answer is kept as that of another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import pytest

from kg.release import Release
from tests.engines.forgers import Forger, forger
from tests.replication.test_publish import SAYS, described_release
from tests.server.serving import Server, run_server, until

pytestmark = pytest.mark.slow

SAID = f"/sparql?format=csv&query={quote(f'SELECT DISTINCT ?said {{ ?s <{SAYS}> ?said }}')}"


@pytest.fixture
def releases(tmp_path: Path) -> tuple[Release, Release]:
    """Make two releases in folders of their own."""
    return described_release(tmp_path / "first", "first"), described_release(tmp_path / "second", "second")


@pytest.fixture
def engine(releases: tuple[Release, Release]) -> Iterator[Forger]:
    with forger(releases[0]) as started:
        yield started


@pytest.fixture
def server(releases: tuple[Release, Release], engine: Forger, tmp_path: Path) -> Iterator[Server]:
    arguments = ["--release", str(releases[0].folder), "--port", "0", "--engine", engine.url]
    started = run_server(tmp_path, arguments)
    assert started.url, started.log.read_text()
    yield started
    assert started.end() == 0


def health(server: Server) -> tuple[str, list[str]]:
    found = json.loads(server.ask("/health").body)
    return ("mismatch" if found["status"] == "mismatch" else "ok"), found["engine"]["releases"]


def test_answers_of_an_engine_that_changes_are_not_kept(
    server: Server, engine: Forger, releases: tuple[Release, Release]
) -> None:
    first, second = releases
    before = server.ask(SAID)
    assert before.text.split() == ["said", "first"]
    assert health(server) == ("ok", [first.id])
    engine.release = second
    until(lambda: health(server) == ("mismatch", [second.id]))
    during = server.ask(SAID, headers={"If-None-Match": before.headers["ETag"]})
    assert (during.status, during.text.split()) == (200, ["said", "second"])
    engine.release = first
    until(lambda: health(server) == ("ok", [first.id]))
    after = server.ask(SAID, headers={"If-None-Match": during.headers["ETag"]})
    assert (after.status, after.text.split()) == (200, ["said", "first"])
    assert server.log.read_text().count(f"the engine holds {second.id} now, and release {first.id} is served") == 1


@pytest.mark.skipif(find_spec("mcp") is None, reason="without the extra mcp")
def test_the_tools_for_agents_are_made_again(server: Server, engine: Forger, releases: tuple[Release, Release]) -> None:
    message = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).encode()
    types = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}

    def asks() -> bool:
        """Return whether pages are looked for, which are examples, when the tools are listed."""
        engine.asked.clear()
        assert server.ask("/mcp", "POST", message, types).status == 200
        return any("rdm:AdvicePage" in form["query"][0] for form in engine.asked)

    assert asks()
    assert not asks()
    engine.release = releases[1]
    until(lambda: health(server)[0] == "mismatch")
    assert asks()
    assert not asks()


def test_an_engine_that_loses_its_release_under_open_connections_is_not_believed(
    server: Server, engine: Forger, releases: tuple[Release, Release]
) -> None:
    assert server.ask(SAID).status == 200
    engine.is_empty = True
    until(lambda: health(server) == ("mismatch", []))
    until(lambda: server.ask(SAID).status == 502)
    assert "the engine holds no release" in json.loads(server.ask(SAID).body)["detail"]
    engine.is_empty = False
    until(lambda: server.ask(SAID).status == 200)
