"""The front's threads and memory in a long run: what a burst takes is given back."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from server.front.requests import ReceivedRequest
from server.front.responses import ResponseHead, ThreadedResponse
from server.front.threads import _SPARE, Threads
from tests.server.serving import ROOT, Start, until

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def test_after_a_burst_few_threads_are_left_and_all_tasks_are_done() -> None:
    before = threading.active_count()
    threads, together, done = Threads(32), threading.Barrier(21), list[int]()

    def task(number: int) -> None:
        together.wait(60)
        done.append(number)

    for number in range(20):
        threads.submit(f"192.0.2.{number}", lambda number=number: task(number))  # type: ignore[misc]
    until(lambda: threading.active_count() == before + 20)
    together.wait(60)
    until(lambda: threading.active_count() == before + _SPARE)
    for _ in range(100):
        threads.submit("192.0.2.1", lambda: done.append(20))
    until(lambda: len(done) == 120)
    assert threading.active_count() <= before + 32
    threads.stop()
    until(lambda: threading.active_count() == before)


class Slow:
    """A client that takes parts when it is told to."""

    def __init__(self) -> None:
        self.is_gone = False
        self.waiting: deque[Callable[[], object]] = deque()
        self.sent: list[bytes] = []
        self.ended: list[bool] = []

    def send(self, data: bytes, taken: Callable[[], object]) -> None:
        self.sent.append(data)
        self.waiting.append(taken)

    def end(self, data: bytes, head: ResponseHead | None, size: int, *, is_whole: bool) -> None:
        self.sent.append(data)
        self.ended.append(is_whole)


class Body:
    """Six parts of a response, and how often it was closed."""

    def __init__(self) -> None:
        self.parts = iter(b"%d" % number for number in range(6))
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        return self.parts

    def close(self) -> None:
        self.closed += 1


@pytest.mark.parametrize("leaves", [False, True])
def test_a_response_is_left_while_its_client_takes_nothing_and_goes_on_after_it(leaves: bool) -> None:
    environ = {"REQUEST_METHOD": "GET"}
    request = ReceivedRequest(lambda: environ, lambda: False, "1.1", 0.0, None, keeps_alive=True)
    client, body, again = Slow(), Body(), list[ThreadedResponse]()

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Body:
        start_response("200 OK", [])
        return body

    ThreadedResponse(app, request, client, again.append)()
    assert not client.ended
    client.is_gone = leaves
    while client.waiting:
        client.waiting.popleft()()
        for response in again:
            response()
        again.clear()
    assert client.ended == [not leaves]
    assert body.closed == 1
    if not leaves:
        assert b"".join(client.sent).endswith(b"".join(b"1\r\n%d\r\n" % number for number in range(6)) + b"0\r\n\r\n")


FRAGMENTED = """
from server.processes.memory import resident, trim_if_grown, use_one_arena
use_one_arena()
before = resident()
kept = [bytes(2000) for _ in range(40_000)]
kept = kept[::100]
grown = resident() - before
after = trim_if_grown(before)
print(grown, after - before, trim_if_grown(after) == after)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is known on Linux only")
def test_what_is_free_between_what_is_in_use_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", FRAGMENTED], capture_output=True, text=True, check=True, cwd=ROOT)
    grown, left, is_same = done.stdout.split()
    assert int(left) < int(grown) / 2
    assert is_same == "True"


TELL = """
import sys
from server.front import server
trim = server.trim_if_grown
server._TRIM_SECONDS = 0.3
server.trim_if_grown = lambda before: [print("looked at", before, file=sys.stderr, flush=True), trim(before)][1]
"""


@pytest.mark.slow
def test_the_server_looks_at_its_memory_again_and_again(start: Start, releases: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(TELL)
    server = start(releases, PYTHONPATH=f"{tmp_path}:{ROOT}")
    until(lambda: server.log.read_text().count("looked at") > 2)
    _, *later = (line for line in server.log.read_text().splitlines() if line.startswith("looked at"))
    assert all(int(line.split()[-1]) > 1_000_000 for line in later)
