"""One server for all hostile requests, with little time and memory; its state must be the same in the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.conftest import own_releases, start
from tests.server.serving import QUADS, Server, make_release, many, run_server, until

__all__ = ["own_releases", "start"]

LIMITS = {
    "KG_QUERY_TIMEOUT": "1",
    "KG_QUERY_MEMORY": "256",
    "KG_QUERY_WORKERS": "4",
    "KG_QUEUE_SECONDS": "20",
    "KG_REQUEST_SECONDS": "2",
    "KG_CLIENT_QUERIES": "8",
    "KG_CLIENT_SECONDS": "100000",
}
LOG_LIMIT = 4 * 1024 * 1024
MEMORY_LIMIT = 64 * 1024
"""kB that server and workers may have more in the end than after their first answers."""


@pytest.fixture(scope="session")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a server to attack."""
    folder = tmp_path_factory.mktemp("victim")
    make_release(folder / "out", QUADS + many(2000))
    server = run_server(folder, ["--release", str(folder / "out"), "--port", "0"], **LIMITS)
    for _ in range(8):
        assert server.query("SELECT * { ?s ?p ?o }").status == 200
    before = memory(server)
    yield server
    until(lambda: len(server.workers()) == 4)
    assert server.query("ASK { ?s ?p ?o }").text.endswith("true}")
    until(lambda: memory(server) < before + MEMORY_LIMIT)
    assert zombies(server) == set()
    log = server.log.read_text(errors="replace")
    assert server.end() == 0
    assert "Traceback" not in log
    assert len(log) < LOG_LIMIT


def memory(server: Server) -> int:
    """Return the memory of the server and its workers in kB, with shared pages counted once."""
    found = 0
    for pid in server.family():
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        found += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return found


def zombies(server: Server) -> set[int]:
    """Return the child processes that are dead and not reaped."""
    found = set()
    family = server.family()
    for folder in Path("/proc").iterdir():
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
        except (OSError, ValueError):
            continue
        if state == "Z" and folder.name.isdecimal() and int(parent) in family:
            found.add(int(folder.name))
    return found
