"""Replicas behind nginx change their release and are started again under load, and no client notices."""

from __future__ import annotations

import http.client
import itertools
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from kg.release import Release
from kg.replication import FolderSource, receive
from tests.replication.nginx import PROGRAM, nginx
from tests.server.serving import QUADS, TIMEOUT, Server, make_release, run_server, until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not PROGRAM, reason="no nginx on this machine")]

CLIENTS = 4
MARKER = re.compile(r"marker-(\w+)")
ALL = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o"
PATHS = [
    f"/sparql?format=csv&query={quote(ALL)}",
    "/id/test/page/mice",
    "/dumps/graph.nq",
    "/id/test/page/mice.ttl",
]


def marked(out: Path, marker: str) -> Release:
    """Publish a release in which every text has the marker."""
    lines = [re.sub(r'"(.*?)("@en|"$)', rf'"\1 marker-{marker}\2', line) for line in QUADS]
    return make_release(out, lines)


def seen_by(number: int, url: str, stop: threading.Event) -> list[tuple[str, str | None, str]]:
    """Ask again and again as a client with an address of its own, and return marker, ETag and path of each answer."""
    seen: list[tuple[str, str | None, str]] = []
    where, own = urlsplit(url), (f"127.0.0.{number + 2}", 0)
    for path in itertools.cycle([*PATHS, "POST"]):
        with closing(http.client.HTTPConnection(str(where.hostname), where.port, TIMEOUT, own)) as connection:
            if path == "POST":
                connection.request("POST", "/sparql", ALL, {"Content-Type": "application/sparql-query"})
            else:
                connection.request("GET", path)
            reply = connection.getresponse()
            body = reply.read().decode()
        assert reply.status == 200, (path, reply.status, body)
        markers = {*MARKER.findall(body)}
        assert len(markers) == 1, (path, markers, body[:2000])
        seen.append((markers.pop(), reply.headers["ETag"], path))
        if stop.is_set():
            break
    return seen


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Return a function that starts servers behind a proxy, which are ended after the test."""
    started: list[Server] = []

    def run(out: Path, port: str = "0") -> Server:
        arguments = ["--release", str(out), "--port", port, "--behind-proxy", "1"]
        started.append(run_server(tmp_path, arguments, KG_CLIENT_SECONDS="100000", KG_QUERY_WORKERS="3"))
        return started[-1]

    yield run
    for server in started:
        if server.process.poll() is None:
            server.end()


def test_replicas_change_and_start_again_under_load(start: Callable[..., Server], tmp_path: Path) -> None:
    origin, outs = tmp_path / "origin", [tmp_path / "0", tmp_path / "1"]
    first = marked(origin, "first")
    for out in outs:
        receive(FolderSource(origin), out)
    replicas = [start(out) for out in outs]
    stop, urls = threading.Event(), [replica.url for replica in replicas]
    with nginx(tmp_path / "nginx", urls) as url, ThreadPoolExecutor(CLIENTS) as threads:
        clients = [threads.submit(seen_by, number, url, stop) for number in range(CLIENTS)]
        try:
            second = marked(origin, "second")
            for out, replica in zip(outs, replicas, strict=True):
                assert replica.release() == first.id
                receive(FolderSource(origin), out)
                until(lambda replica=replica: replica.release() == second.id)  # type: ignore[misc]
            for out, replica in zip(outs, replicas, strict=True):
                assert replica.end() == 0
                port = str(urlsplit(replica.url).port)
                assert start(out, port).release() == second.id
        finally:
            stop.set()
        seen = [client.result() for client in clients]
    for answers in seen:
        assert [marker for marker, _ in itertools.groupby(marker for marker, _, _ in answers)] == ["first", "second"]
    tags: dict[tuple[str, str], set[str]] = {}
    for marker, tag, path in itertools.chain(*seen):
        if tag:
            tags.setdefault((marker, path), set()).add(tag)
    assert len(tags) == 2 * len(PATHS)
    assert {len(each) for each in tags.values()} == {1}
