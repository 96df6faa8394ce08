"""The memory of the writing process, and of requests that nobody may send."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import Client as AppClient
from werkzeug.test import EnvironBuilder

from server.app import create_app
from server.current import Current
from server.settings import Settings
from server.workers.pool import ProcessPool
from tests.server.serving import QUADS, make_release
from tests.writing.clients import TOKEN, writer_of
from tests.writing.conftest import StartWritable

MEGABYTE = 2**20


def resident(pid: int) -> int:
    """Return the bytes that a process has in memory."""
    (line,) = (row for row in Path(f"/proc/{pid}/status").read_text().splitlines() if row.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


@pytest.mark.slow
def test_the_writing_process_frees_the_caches_of_the_engine(start: StartWritable) -> None:
    """Two hundred thousand statements in graphs that are replaced again and again."""
    client = start("--no-release", KG_QUERY_MEMORY="512")
    before = resident(writer_of(client.server))
    for round_ in range(40):
        lines = (f'<http://example.org/{round_}-{n}> <http://example.org/p> "{round_} {n}" .' for n in range(5000))
        assert client.put(f"http://example.org/g{round_ % 4}", "\n".join(lines)).status in (201, 204)
    assert resident(writer_of(client.server)) - before < 100 * MEGABYTE
    assert client.count("GRAPH ?g { ?s ?p ?o }") == 4 * 5000


@pytest.mark.slow
def test_a_snapshot_does_not_grow_with_the_number_of_writes_before(start: StartWritable, tmp_path: Path) -> None:
    """The engine adds records of its files to one that each snapshot has a copy of: some kB with each write."""
    make_release(tmp_path / "out", QUADS)
    client, sizes = start("--release", str(tmp_path / "out")), []
    for number in range(100):
        assert (
            client.put("http://example.org/g", f"<http://example.org/a> <http://example.org/b> {number} .").status < 300
        )
        records = (tmp_path / "out" / "overlay" / "current").glob("*/MANIFEST-*")
        sizes.append(sum(file.stat().st_size for file in records))
    assert max(sizes) < min(sizes) + 192 * 1024
    assert client.count("GRAPH <http://example.org/g> { ?s ?p ?o }") == 1


def test_a_write_may_use_the_least_memory_that_can_be_set(start: StartWritable) -> None:
    client = start("--no-release", KG_QUERY_MEMORY="256")
    lines = (f'<http://example.org/{n}> <http://example.org/p> "{n}" .' for n in range(20_000))
    assert client.put("", "\n".join(lines)).status == 204
    assert client.update("CLEAR ALL").status == 204


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppClient]:
    """Return the application of a writable server without its HTTP server."""
    out = tmp_path_factory.mktemp("app") / "out"
    make_release(out, QUADS)
    current, settings = Current(out), Settings(query_workers=1, write_token=TOKEN)
    pool = ProcessPool(current, settings)
    yield AppClient(create_app(current, settings, pool))
    pool.close()


@pytest.mark.parametrize(("method", "path"), [("POST", "/update"), ("PUT", "/store?default"), ("POST", "/store")])
@pytest.mark.parametrize(("token", "status"), [("", 401), ("Bearer wrong", 401), (f"Bearer {TOKEN}", 403)])
def test_a_body_is_not_read_from_a_client_that_may_not_write(
    app: AppClient, tmp_path: Path, method: str, path: str, token: str, status: int
) -> None:
    (tmp_path / "body").write_bytes(b"#" * MEGABYTE)
    with (tmp_path / "body").open("rb") as body:
        request = EnvironBuilder(path, method=method, headers={"Authorization": token}, input_stream=body)
        request.content_type, request.content_length = "text/turtle", MEGABYTE
        assert app.open(request).status_code == status
        assert body.tell() == 0
