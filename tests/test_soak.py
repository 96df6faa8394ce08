"""The long run: what it looks at, and that it reports what grows."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bench.soak import FILES, MEMORY, Trend, trends
from bench.visits import VISITS
from tests.conftest import ROOT
from tests.server.serving import until

HOURS = [hour / 10 for hour in range(20)]
LEAK = """
import sys, threading

def leak():
    while True:
        held.append(open("/dev/null"))
        stopped.wait(0.1)

if "from server.command" in " ".join(sys.orig_argv):
    held, stopped = [], threading.Event()
    threading.Thread(target=leak, daemon=True).start()
"""
"""``sitecustomize.py`` that opens ten files a second in the front."""


def trend(figure: str, values: list[float]) -> Trend:
    return Trend("front", figure, [hour * 3600 for hour in HOURS], values)


@pytest.mark.parametrize(
    ("figure", "values", "grew"),
    [
        (MEMORY, [100 + 4 * hour for hour in HOURS], False),
        (MEMORY, [100 + 6 * hour for hour in HOURS], True),
        (MEMORY, [40 + 3 * hour for hour in HOURS], True),  # more than a tenth
        (MEMORY, [10 + 2 * hour for hour in HOURS], False),  # less than what is told from noise
        (MEMORY, [100 + 20 * (n % 2) for n in range(20)], False),
        (MEMORY, [120 - 6 * hour for hour in HOURS], False),
        (FILES, [20 + 2 * (n % 3) for n in range(20)], False),
        (FILES, [20 + n // 5 for n in range(20)], True),
        (FILES, [20 + 2 * n if n % 10 else 20 for n in range(20)], True),
        (FILES, [20 + 8 * (n % 8) for n in range(20)], False),  # as files of a store, which are merged now and then
    ],
)
def test_what_grows_more_than_its_bound_is_reported(figure: str, values: list[float], grew: bool) -> None:
    assert trend(figure, values).grew == grew
    assert ("GREW" in str(trend(figure, values))) == grew


def test_the_warm_up_has_no_part_in_a_trend() -> None:
    samples = [(float(second), {("front", FILES): 0 if second < 10 else 50}) for second in range(101)]
    (found,) = trends(samples)
    assert (found.seconds[0], found.per_hour) == (10, 0)


# --- the command


def soak(*arguments: str, **environ: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench.soak", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environ}, stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_a_short_run_looks_at_every_process_and_gets_no_wrong_answer() -> None:
    said, _ = soak("--minutes", "0.3", "--rate", "40").communicate()
    table = {tuple(cell.strip() for cell in line.split("|")[1:3]) for line in said.splitlines() if line[:1] == "|"}
    for kind in ("front", "server.writing", "server.workers", "workers"):
        assert {(kind, figure) for figure in (MEMORY, "MB RSS", FILES, "threads", "number")} <= table
    assert {(kind, "MB disk") for kind in ("temporary files", "releases", "overlay")} <= table
    assert not re.findall("WRONG|traceback", said), said
    assert len(re.findall(", done: ", said)) > len(VISITS) / 2


@pytest.mark.slow
def test_a_planted_leak_is_reported(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(LEAK, encoding="utf-8")
    running = soak("--minutes", "0.2", PYTHONPATH=os.pathsep.join([str(tmp_path), str(ROOT)]))
    said, _ = running.communicate()
    assert "front: open files grew" in said
    start, end = re.findall(r"\| front +\| open files +\| (\d+) \| (\d+) ", said)[0]
    assert int(end) > int(start) + 50
    assert running.returncode == 1


@pytest.mark.slow
def test_a_signal_ends_a_run_with_its_table(tmp_path: Path) -> None:
    samples = tmp_path / "samples.csv"
    running = soak("--samples", str(samples))
    until(lambda: samples.exists() and samples.stat().st_size > 0)
    running.send_signal(signal.SIGTERM)
    said, _ = running.communicate()
    assert "Nothing grew." in said
    assert running.returncode == 0
