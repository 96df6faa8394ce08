"""A new release under load: no request fails, no answer mixes two releases, and every ETag belongs to one of them."""

from __future__ import annotations

import itertools
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.server import serving
from tests.server.serving import Server, Start, make_release, until

ROWS = 1500
QUERY = quote("SELECT ?o { ?s <http://example.org/p> ?o }")
PATHS = [f"/sparql?format=csv&query={QUERY}", f"/sparql?format=csv&query={quote('SELECT ?o { ?s ?p ?o } LIMIT 1')}"]
SWITCHES = 12
VERIFIED_LATE = """
from server import command

class Verification(command.Verification):
    def check(self, seconds=None):
        if seconds != command._VERIFY_SECONDS:
            super().check(seconds)

class Follower(command.Follower):
    def start(self):
        super().start()
        self.join()

command.Verification = Verification
command.Follower = Follower
command.serve(prog_name="kg serve")
"""
"""A server whose first release is verified between its start and its first request."""


def _quads(marker: str) -> list[str]:
    return [f'<http://example.org/{n}> <http://example.org/p> "{marker}"' for n in range(ROWS)]


def _switch(out: Path, target: Path) -> None:
    (out / "next").symlink_to(target)
    (out / "next").replace(out / "current")


def test_releases_change_under_load(start: Start, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = make_release(out, _quads("first")).folder
    second = make_release(out, _quads("second")).folder
    broken = out / "releases" / "broken"
    broken.mkdir()
    (broken / "manifest.json").write_text("{")
    _switch(out, first)
    server = start(out, KG_QUERY_WORKERS="3")
    stop = threading.Event()
    with ThreadPoolExecutor(4) as threads:
        watching = [threads.submit(_watch, server, stop, {"Accept-Encoding": "identity"}) for _ in range(4)]
        for target in itertools.islice(itertools.cycle([second, broken, first, broken]), SWITCHES):
            refused = server.log.read_text().count("keeping release")
            _switch(out, target)
            until(lambda target=target, refused=refused: _is_noticed(server, target, refused))  # type: ignore[misc]
            for path in PATHS:
                assert server.ask(path).status == 200
        stop.set()
        seen = set().union(*(watch.result() for watch in watching))
    tags: dict[str | None, set[str]] = {}
    for marker, tag in seen:
        tags.setdefault(tag, set()).add(marker)
    assert {marker for marker, _ in seen} == {"first", "second"}
    assert all(len(markers) == 1 for tag, markers in tags.items() if tag)


def test_a_release_with_one_wrong_byte_is_not_served(start: Start, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = make_release(out, _quads("first")).folder
    second = make_release(out, _quads("second")).folder
    _switch(out, first)
    _damage(second)
    server = start(out)
    _switch(out, second)
    until(lambda: f"keeping release {first.name}" in server.log.read_text())
    assert "first" in server.ask(PATHS[1]).text
    server.end()
    again = start(out)
    assert again.process.wait() == 2
    assert "is damaged" in again.log.read_text()


def test_a_release_that_is_found_damaged_while_the_server_starts_is_not_served(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = make_release(tmp_path / "out", _quads("first")).folder
    _damage(release)
    monkeypatch.setattr(serving, "RUN", [sys.executable, "-c", VERIFIED_LATE])
    server = start(release)
    assert server.process.wait() == 2
    assert "is damaged" in server.log.read_text()


def _damage(release: Path) -> None:
    """Change one bit of the store's largest table."""
    table = max((release / "store").glob("*.sst"), key=lambda file: file.stat().st_size)
    content = bytearray(table.read_bytes())
    content[len(content) // 2] ^= 1
    table.write_bytes(content)


def _is_noticed(server: Server, target: Path, refused: int) -> bool:
    """Return whether the target is served, or was refused after that many refusals."""
    return server.release() == target.name or server.log.read_text().count("keeping release") > refused


def _watch(server: Server, stop: threading.Event, headers: dict[str, str]) -> set[tuple[str, str | None]]:
    """Return the answers with their ETags; each is complete and of one release."""
    seen = set()
    for path in itertools.cycle(PATHS):
        reply = server.ask(path, headers=headers)
        assert reply.status == 200
        markers = set(reply.text.split()) - {"o"}
        assert len(markers) == 1
        assert len(reply.text.split()) in {2, ROWS + 1}
        seen.add((markers.pop(), reply.headers["ETag"]))
        if stop.is_set():
            return seen
    return seen
