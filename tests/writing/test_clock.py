"""The system's clock is set while the server runs: nothing is waited for longer, ends earlier, or is lost."""

from __future__ import annotations

import http.client
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.server.serving import QUADS, ROOT, Reply, Server, make_release, many, until
from tests.server.test_endpoint import ENDLESS
from tests.writing.clients import Client
from tests.writing.conftest import StartWritable

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
JUMPS = {"+86400": timedelta(days=1), "-3600": timedelta(hours=-1)}
SLEEP = "import select, time; time.sleep = lambda seconds: select.select([], [], [], seconds) and None"
"""``sitecustomize.py``: the library fails at how Python sleeps, by the clock that is not set."""

pytestmark = [pytest.mark.slow, pytest.mark.skipif(LIBRARY is None, reason="faketime is not here")]


@pytest.fixture(params=JUMPS)
def set_clock(request: pytest.FixtureRequest) -> str:
    """Return by how many seconds the clock is set."""
    return str(request.param)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a program whose clock is right until the file is changed."""
    offset = tmp_path / "clock"
    offset.write_text("+0", encoding="utf-8")
    (tmp_path / "sitecustomize.py").write_text(SLEEP, encoding="utf-8")
    return {
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]),
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",  # no system sets this clock
        "NO_FAKE_STAT": "1",
    }


def ask(server: Server, query: str, client: str = "127.0.0.1", **headers: str) -> Reply:
    where = urlsplit(server.url)
    with closing(http.client.HTTPConnection(where.hostname or "", where.port, 60, (client, 0))) as connection:
        connection.request("GET", f"/sparql?query={quote(query)}", headers=headers)
        with connection.getresponse() as response:
            return Reply(response.status, response.headers, response.read())


def test_the_clock_is_set_while_the_server_answers(
    start: StartWritable, set_clock: str, environ: dict[str, str], tmp_path: Path
) -> None:
    out, query = tmp_path / "out", "SELECT * { ?s <http://example.org/p> ?o } LIMIT 3"
    make_release(out, QUADS + many(2000))
    limits = {"KG_QUERY_TIMEOUT": "5", "KG_CLIENT_SECONDS": "1", "KG_QUERY_WORKERS": "4"}
    client = start("--release", str(out), **limits, **environ)
    server, before = client.server, ask(client.server, query)
    where = urlsplit(server.url)
    with (
        closing(http.client.HTTPConnection(where.hostname or "", where.port, 60)) as idle,
        ThreadPoolExecutor() as pool,
    ):
        idle.request("GET", "/health")
        idle.getresponse().read()
        endless = pool.submit(ask, server, ENDLESS, "127.0.0.2")
        until(lambda: b'"busy":1' in server.ask("/health").body)
        Path(environ["FAKETIME_TIMESTAMP_FILE"]).write_text(set_clock, encoding="utf-8")
        idle.request("GET", "/health")
        now = parsedate_to_datetime(idle.getresponse().headers["Date"])
        assert abs(now - datetime.now(UTC) - JUMPS[set_clock]) < timedelta(minutes=30)
        after = ask(server, query)
        assert (after.status, after.headers["ETag"], after.body) == (200, before.headers["ETag"], before.body)
        assert ask(server, query, **{"If-None-Match": before.headers["ETag"]}).status == 304
        assert endless.result().status == 504
        assert ask(server, "ASK { ?s ?p 7 }", "127.0.0.2").status == 429  # its time is not refilled
    _writes_and_follows(client, out)
    assert server.end() == 0


def _writes_and_follows(client: Client, out: Path) -> None:
    """Write before and after another release becomes the current one."""
    server = client.server
    assert client.update("INSERT DATA { <http://example.org/a> <http://example.org/b> 1 }").status == 204
    release = make_release(out, QUADS)
    until(lambda: server.release() == release.id)
    assert client.update("INSERT DATA { <http://example.org/a> <http://example.org/b> 2 }").status == 204
    assert client.count("<http://example.org/a> <http://example.org/b> ?n") == 2


def test_what_was_written_at_another_time_is_there_after_a_start(
    start: StartWritable, set_clock: str, environ: dict[str, str], tmp_path: Path
) -> None:
    """The release and the written data are of one clock, and are served and written at another one."""
    out = tmp_path / "out"
    make_release(out, QUADS)
    clock = Path(environ["FAKETIME_TIMESTAMP_FILE"])
    for number, offset in enumerate(("+0", set_clock, "+0")):
        clock.write_text(offset, encoding="utf-8")
        client = start("--release", str(out), **environ)
        until(lambda: client.server.ask("/health/ready").status == 200)  # noqa: B023 - called at once
        assert client.update(f"INSERT DATA {{ <http://example.org/a> <http://example.org/b> {number} }}").status == 204
        assert client.count("<http://example.org/a> <http://example.org/b> ?n") == number + 1
        assert client.server.end() == 0
