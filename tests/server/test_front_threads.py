"""The front's threads and memory in a long run: what a burst takes is given back."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from server.front.threads import _SPARE, Threads
from tests.server.serving import ROOT, Start, until


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
