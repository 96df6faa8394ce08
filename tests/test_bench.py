"""The benchmarks: what a run sends, what of a server is counted, and how figures are compared."""

from __future__ import annotations

import math
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bench import endpoint, wrk
from bench.processes import cpu, cpu_alone, memory, watched
from bench.report import SLOPE, Row, Scale, compared, interleaved
from bench.servers import Endpoint, generate, running
from bench.wrk import Load, Requests
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

needs_wrk = pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not here")


# --- figures


def test_a_ratio_is_the_median_of_the_ratios_of_the_rounds() -> None:
    assert Row("", "ms", [1, 20, 300], "peer", [1, 10, 100]).ratio == 2


def test_slopes_and_figures_without_a_peer_have_no_ratio() -> None:
    assert Row("", SLOPE, [1], "peer", [2]).ratio is None
    assert Row("", "ms", [1]).ratio is None


def test_a_row_shows_medians_and_the_ratio_to_its_peer() -> None:
    cells = [cell.strip() for cell in str(Row("tiny", "ms", [4, 1, 2], "peer", [8, 2, 4])).split("|")]
    assert cells == ["", "tiny", "ms", "2", "4", "0.5", "peer", ""]


def test_we_are_compared_with_each_peer() -> None:
    found = {"kg": [1], "a": [2], "b": [3]}
    assert list(compared("", "ms", found)) == [Row("", "ms", [1], "a", [2]), Row("", "ms", [1], "b", [3])]
    assert list(compared("", "ms", {"kg": [1]})) == [Row("", "ms", [1])]


def test_servers_take_turns() -> None:
    order: list[str] = []
    interleaved(3, {name: partial(order.append, name) for name in "ab"})
    assert "".join(order) == "ababab"


def test_failed_requests_have_a_row_of_their_own() -> None:
    fine, broken = (Load(9, 1, 1, 1, failed=failed, cpu=1, front=1) for failed in (0, 3))
    assert Row("tiny: FAILED at peer", "requests", [6]) in list(wrk.rows("tiny", {"kg": [fine], "peer": [broken] * 2}))
    assert not [row for row in wrk.rows("tiny", {"kg": [fine], "peer": [fine]}) if "FAILED" in row.what]


# --- a process and its descendants

CHILDREN = """
import os, subprocess, sys, time

def burn(seconds):
    while time.process_time() < seconds:
        pass

kind = sys.argv[1]
burn(0.1)
if kind == "first":
    subprocess.run([sys.executable, sys.argv[0], "ended"])
    subprocess.run([sys.executable, sys.argv[0], "lasting"])
elif kind == "lasting":
    held = b"x" * 50_000_000
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_time_and_memory_of_a_process_are_those_of_all_its_descendants(tmp_path: Path) -> None:
    script = tmp_path / "children.py"
    script.write_text(CHILDREN, encoding="utf-8")
    with subprocess.Popen([sys.executable, script, "first"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        all_, alone = cpu(process.pid), cpu_alone(process.pid)
        with watched(process.pid) as held:
            process.communicate()
    tick = 1 / os.sysconf("SC_CLK_TCK")
    assert alone >= 0.2 - 4 * tick  # its own and that of the child that has ended
    assert all_ >= alone + 0.1 - 2 * tick
    assert max(held) >= 50
    assert cpu(process.pid) == memory(process.pid) == 0


# --- what is sent


@contextmanager
def recording(status: int = 200) -> Iterator[tuple[int, list[str]]]:
    """Run a server that answers every request; yield its port and the targets of the requests."""
    targets: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            targets.append(self.path)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever).start()
        try:
            yield server.server_port, targets
        finally:
            server.shutdown()


def sent(requests: Requests) -> list[str]:
    """Return the targets of one run of a second."""
    with recording() as (port, targets):
        load = wrk.run(port, os.getpid(), requests, 2, 1)
    assert load.requests > 0
    assert load.failed == 0
    return targets


@needs_wrk
def test_no_query_of_a_run_is_one_of_another_run() -> None:
    requests = endpoint.different(Endpoint("kg", 0, "/sparql", 0, 0), 1000)
    first, second = sent(requests), sent(requests)
    assert len({*first, *second}) == len(first) + len(second)
    subjects = {re.findall(r"example.org/(\d+)%3E", target)[0] for target in first}
    assert all(int(subject) < 1000 for subject in subjects)
    assert len(subjects) > 100


@needs_wrk
def test_the_mix_repeats_queries_of_its_own_run_only() -> None:
    requests = endpoint.zipf(Endpoint("kg", 0, "/sparql", 0, 0), 1000)
    first, second = sent(requests), sent(requests)
    assert not {*first} & {*second}
    assert len({*first}) < len(first)


@needs_wrk
def test_errors_of_a_server_are_counted() -> None:
    with recording(503) as (port, targets):
        load = wrk.run(port, os.getpid(), Requests("/x"), 1, 1)
    assert load.failed == load.requests > 0
    assert {*targets} == {"/x"}


def test_a_refused_answer_does_not_count_as_a_fast_one() -> None:
    for status, is_answer in ((200, True), (503, False)):
        with recording(status) as (port, _):
            ask = partial(Endpoint("kg", port, "/sparql", 0, 0).ask, "ASK {}")
            assert math.isfinite(max(endpoint.answered(ask))) == is_answer


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    with running("kg", generate(tmp_path_factory.mktemp("bench") / "data", 100)) as found:
        yield found


@pytest.mark.slow
@pytest.mark.parametrize("kind", endpoint.KINDS, ids=lambda kind: kind[0])
@needs_wrk
def test_the_server_answers_every_kind_of_load(kind: tuple[str, object], served: Endpoint) -> None:
    requests = next(make for name, make in endpoint.KINDS if name == kind[0])(served, 10_000)
    load = endpoint.load(served, requests, 8, endpoint.SIZES[Scale.QUICK])
    assert load.requests > 0
    assert load.failed == 0
    assert load.cpu > load.front > 0 or not requests.script


@pytest.mark.slow
def test_a_client_that_has_the_answer_gets_a_304(served: Endpoint) -> None:
    requests = endpoint.unchanged(served, 100)
    connection = HTTPConnection("127.0.0.1", served.port)
    connection.request("GET", requests.path, headers=dict(requests.headers))
    assert connection.getresponse().status == 304
    connection.close()


# --- the command


def bench(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", *arguments]
    env = {**os.environ, **environ}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_command_tells_which_program_is_missing() -> None:
    done = bench("endpoint", "fronts", "--quick", PATH="")
    assert done.stderr.splitlines() == [
        f"{name} is not measured: wrk is not installed" for name in ("endpoint", "fronts")
    ]


@pytest.mark.slow
def test_the_command_names_the_measurements_that_there_are() -> None:
    done = bench("nothing")
    assert done.returncode == 2
    assert "there is no nothing" in done.stderr
