"""The server as a set of processes: start, failures, end."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import os
import re
import resource
import select
import shutil
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from server.processes import sandbox
from server.workers.admission import CLIENT_QUEUE
from tests.server.serving import QUADS, ROOT, SHEET, Server, Start, gone, make_release, many, run_server, until
from tests.server.test_endpoint import ENDLESS
from tests.writing.clients import TOKEN, Client

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are counted by /proc"),
]

ARENA = 64 * 1024 * 1024


def begin_endless(server: Server) -> http.client.HTTPConnection:
    """Send an endless query without waiting for its answer; return when a worker has begun it."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=60)
    connection.request("GET", "/sparql?query=" + quote(ENDLESS))
    until(lambda: any(_ticks(pid) > 5 for pid in server.workers()))
    return connection


def _ticks(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11])
    except OSError:
        return 0


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("busy", [False, True])
def test_it_ends_cleanly(start: Start, releases: Path, how: signal.Signals, busy: bool) -> None:
    server = start(releases)
    family = server.family()
    assert len(family) > 2
    connection = begin_endless(server) if busy else None
    assert server.end(how) == 0
    until(lambda: gone(family))
    assert "Traceback" not in server.log.read_text()
    if connection:
        connection.close()


@pytest.mark.parametrize("busy", [False, True])
def test_nothing_is_left_of_a_killed_server(start: Start, releases: Path, busy: bool) -> None:
    server = start(releases)
    family = server.family()
    connection = begin_endless(server) if busy else None
    assert server.end(signal.SIGKILL) == -signal.SIGKILL
    until(lambda: gone(family))
    if connection:
        connection.close()


def test_killed_workers_are_replaced(start: Start, releases: Path) -> None:
    server = start(releases, KG_QUERY_WORKERS="2")
    for _ in range(3):
        workers = server.workers()
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        assert server.query("ASK {}").status == 200
        until(lambda old=workers: gone(old) and len(server.workers()) == 2)  # type: ignore[misc]


def test_a_killed_master_is_replaced(start: Start, releases: Path) -> None:
    server = start(releases)
    old = server.family() - {server.process.pid}
    (master,) = old - server.workers()
    os.kill(master, signal.SIGKILL)
    until(lambda: gone(old))
    assert server.query("ASK {}").status == 200
    assert server.end() == 0


def test_a_worker_is_freed_when_its_client_leaves(start: Start, releases: Path) -> None:
    server = start(releases, KG_QUERY_WORKERS="1", KG_QUERY_TIMEOUT="600", KG_QUEUE_SECONDS="60")
    begin_endless(server).close()
    assert server.query("ASK {}").status == 200


def test_a_worker_is_freed_when_a_client_leaves_of_whom_not_all_is_read(start: Start, releases: Path) -> None:
    server = start(releases, KG_QUERY_WORKERS="1", KG_QUERY_TIMEOUT="600", KG_QUEUE_SECONDS="60")
    connection = begin_endless(server)
    connection.sock.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n" * 2500)
    connection.close()
    assert server.query("ASK {}").status == 200


def test_threads_share_their_free_memory(server: Server) -> None:
    """Each further arena of glibc reserves 64 MB, up to an address that is a multiple of that."""
    with ThreadPoolExecutor(8) as threads:
        assert {reply.status for reply in threads.map(server.ask, ["/"] * 32)} == {200}
    maps = Path(f"/proc/{server.process.pid}/maps").read_text(encoding="utf-8").splitlines()
    reserved = [line for line in maps if " ---p " in line and line.endswith(" 0 ")]
    assert [line for line in reserved if int(line.split()[0].split("-")[1], 16) % ARENA == 0] == []


def test_when_all_workers_are_busy_one_is_told_to_come_back(start: Start, releases: Path) -> None:
    alone = {"KG_CACHE": "0"}  # the server asks nothing itself
    server = start(releases, KG_QUERY_WORKERS="1", KG_QUERY_TIMEOUT="600", KG_QUEUE_SECONDS="0", **alone)
    connection = begin_endless(server)
    reply = server.query("ASK {}")
    assert (reply.status, reply.media_type) == (503, "application/problem+json")
    assert int(reply.headers["Retry-After"]) > 0
    connection.close()


def test_queries_that_wait_leave_threads_for_the_rest(start: Start, releases: Path) -> None:
    server = start(releases, KG_QUERY_WORKERS="1", KG_QUERY_TIMEOUT="600", KG_QUEUE_SECONDS="600")
    with contextlib.ExitStack() as held:
        held.enter_context(contextlib.closing(begin_endless(server)))
        waiting = [held.enter_context(connect(server)) for _ in range(CLIENT_QUEUE + 20)]
        for connection in waiting:
            connection.sendall(b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\n\r\n")
        until(lambda: len(select.select(waiting, [], [], 0)[0]) == 20)
        told = [connection.recv(65536).decode() for connection in select.select(waiting, [], [], 0)[0]]
        assert all(text.startswith("HTTP/1.1 429 ") and "\nRetry-After: " in text for text in told)
        health = server.ask("/health")
        assert health.status == 200
        facts = json.loads(health.body)
        assert (facts["status"], facts["workers"]) == ("busy", {"idle": 0, "busy": 1})


def test_health_fails_where_no_worker_lives(start: Start, own_releases: Path) -> None:
    server = start(own_releases, KG_QUERY_WORKERS="1")
    assert server.ask("/health").status == 200
    (current,) = (own_releases / "current" / "store").glob("CURRENT")
    current.write_text("X" * current.stat().st_size)  # so that no other one takes its place
    os.kill(server.workers().pop(), signal.SIGKILL)
    until(lambda: server.ask("/health").status == 503)
    until(lambda: server.ask("/health/ready").status == 503)  # another one lives until it has failed to open the store
    assert server.ask("/health/live").status == 200


def test_a_server_is_ready_while_workers_are_busy_and_not_without_its_release(start: Start, own_releases: Path) -> None:
    make_release(own_releases, [*QUADS, *many(2000)])
    server = start(own_releases, KG_QUERY_WORKERS="1")
    with contextlib.closing(begin_endless(server)):
        assert json.loads(server.ask("/health/ready").body) == {"status": "ok", "release": server.release()}
    shutil.rmtree((own_releases / "current").resolve())
    not_ready = server.ask("/health/ready")
    assert (not_ready.status, not_ready.media_type) == (503, "application/problem+json")
    assert server.ask("/health/live").status == 200


def test_connections_that_say_nothing_shut_nobody_out(start: Start, releases: Path) -> None:
    server = start(releases, KG_QUERY_WORKERS="1")
    with contextlib.ExitStack() as held:
        for _ in range(150):
            held.enter_context(connect(server)).sendall(b"GET / HTTP/1.1\r\nX: a")
        assert server.ask("/health").status == 200


def connect(server: Server) -> socket.socket:
    where = urlsplit(server.url)
    return socket.create_connection((where.hostname, where.port), timeout=60)


@pytest.mark.skipif(not sandbox.supported(), reason="the kernel's filter is known for Linux on x86_64 and aarch64")
def test_no_thread_of_a_worker_reaches_the_network(start: Start, releases: Path) -> None:
    server = start(releases, KG_QUERY_WORKERS="2")
    assert server.query("ASK {}").status == 200
    for pid in server.workers():
        for status in Path(f"/proc/{pid}/task").glob("*/status"):
            assert "Seccomp:\t2" in status.read_text()
    program = "import socket; from server.processes.sandbox import deny_network; deny_network(); socket.socket()"
    tried = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, cwd=ROOT)
    assert tried.stderr.decode().splitlines()[-1] == "PermissionError: [Errno 13] Permission denied"


ELSEWHERE = """
import asyncio, multiprocessing, os, platform, signal, socket, subprocess, sys, sysconfig
def _refuse(event, arguments):
    if event in ("open", "os.listdir", "os.scandir") and str(arguments[0]).startswith("/proc/"):
        raise FileNotFoundError(2, "No such file or directory")
sysconfig.get_config_vars()
sys.platform = "freebsd14"
sys.addaudithook(_refuse)
del os.sched_getaffinity
"""
"""A module by which Python takes a Linux for another system, once its own modules are imported."""


def test_what_only_linux_has_is_not_needed(tmp_path: Path) -> None:
    make_release(tmp_path / "build", many(2000))
    (tmp_path / "sitecustomize.py").write_text(ELSEWHERE)
    arguments = ["--port", "0", "--writable"]
    environ = {"KG_WRITE_TOKEN": TOKEN, "KG_QUERY_TIMEOUT": "5", "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    client = Client(run_server(tmp_path, arguments, **environ))
    assert client.update("INSERT DATA { <urn:a:s> <urn:a:p> 1 }").status == 204
    assert client.count("<urn:a:s> ?p ?o") == 1
    assert client.server.query(ENDLESS).status == 504
    assert client.server.end() == 0
    assert "queries are not isolated from the network" in client.server.log.read_text()


def test_a_query_has_all_of_its_memory_beside_what_a_worker_takes_anyway(start: Start, releases: Path) -> None:
    server = start(releases, KG_QUERY_WORKERS="2", KG_QUERY_MEMORY="256")
    for pid in server.workers():
        until(lambda pid=pid: "unlimited" not in _data_limit(pid))  # type: ignore[misc]
        data = int(Path(f"/proc/{pid}/statm").read_text().split()[5]) * resource.getpagesize()
        assert int(_data_limit(pid)) - data > 250 * 1024 * 1024


def _data_limit(pid: int) -> str:
    """Return the limit of a process's data segment in bytes."""
    (limit,) = re.findall(r"^Max data size +(\S+)", Path(f"/proc/{pid}/limits").read_text(), re.MULTILINE)
    return str(limit)


def test_a_new_release_is_served_without_a_restart(start: Start, own_releases: Path) -> None:
    server = start(own_releases, KG_QUERY_WORKERS="2")
    ask_new = "ASK { <http://example.org/1> ?p ?o }"
    assert server.query(ask_new).text.endswith("false}")
    new = make_release(own_releases, QUADS + many(3))
    until(lambda: server.release() == new.id)
    assert all(server.query(ask_new).text.endswith("true}") for _ in range(5))


@pytest.mark.parametrize(
    "manifest",
    ["{", '{"format": 1}', '{"format": 1, "release": "x", "counts": {}, "sites": [], "files": []}'],
    ids=["half", "empty", "files"],
)
def test_a_damaged_new_release_is_refused_and_the_old_one_stays(
    start: Start, own_releases: Path, manifest: str
) -> None:
    server = start(own_releases, KG_QUERY_WORKERS="1")
    old = server.release()
    target = own_releases / "releases" / "broken"
    target.mkdir()
    (target / "manifest.json").write_text(manifest)
    (own_releases / "next").symlink_to(target)
    (own_releases / "next").replace(own_releases / "current")
    until(lambda: "keeping release" in server.log.read_text())
    assert server.release() == old
    os.kill(server.workers().pop(), signal.SIGKILL)
    assert SHEET in server.query(f"DESCRIBE <{SHEET}>").text


def test_a_damaged_release_is_not_served(tmp_path: Path, own_releases: Path) -> None:
    (own_releases / "current" / "graph.nq").write_text("")
    server = run_server(tmp_path, ["--release", str(own_releases), "--port", "0"])
    assert server.process.wait() == 2
    (line,) = server.log.read_text().splitlines()
    assert "graph.nq is missing or damaged" in line


def test_a_first_build_that_fails_is_said_and_ends_with_2(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "releases").write_text("a file where a folder should be")
    server = run_server(tmp_path, [str(ROOT / "content"), "--release", str(out), "--port", "0"])
    assert server.process.wait() == 2
    log = server.log.read_text()
    assert log.splitlines()[-1].startswith(f"kg: error: no release can be written to {out}: ")
    assert log.count("error") == 1
    assert "Traceback" not in log


def damage_store(releases: Path) -> None:
    """Damage the store of the current release, whose manifest has the checksum of what is there then."""
    (current,) = (releases / "current" / "store").glob("CURRENT")
    was = hashlib.sha256(current.read_bytes()).hexdigest()
    current.write_text("X" * current.stat().st_size)
    manifest = releases / "current" / "manifest.json"
    manifest.write_text(manifest.read_text().replace(was, hashlib.sha256(current.read_bytes()).hexdigest()))


def test_a_store_that_does_not_open_is_not_served(tmp_path: Path, own_releases: Path) -> None:
    damage_store(own_releases)
    server = run_server(tmp_path, ["--release", str(own_releases), "--port", "0"])
    assert server.process.wait() == 2
    assert "no query is answered" in server.log.read_text().splitlines()[-1]


def test_a_port_in_use_is_said_in_one_line(tmp_path: Path, releases: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        server = run_server(tmp_path, ["--release", str(releases), "--port", port])
    assert server.process.wait() == 2
    (line,) = server.log.read_text().splitlines()
    assert port in line
    assert "in use; --port 0 takes a free one" in line


def test_a_release_that_cannot_be_served_is_said_before_the_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        server = run_server(tmp_path, ["--release", "nowhere", "--port", port])
    assert server.process.wait() == 2
    (line,) = server.log.read_text().splitlines()
    assert re.match(rf"kg: error: no release in nowhere; .* also: cannot listen on 127.0.0.1 port {port}", line)


@pytest.mark.parametrize("environ", [{"KG_QUERY_TIMEOUT": "soon"}, {"KG_QUERY_WORKERS": "0"}])
def test_a_bad_setting_is_said_by_the_name_of_its_variable(
    tmp_path: Path, releases: Path, environ: dict[str, str]
) -> None:
    server = run_server(tmp_path, ["--release", str(releases), "--port", "0"], **environ)
    assert server.process.wait() == 2
    usage, _, _, error = server.log.read_text().splitlines()
    assert usage.startswith("Usage: ")
    assert f"(env var: '{next(iter(environ))}')" in error
