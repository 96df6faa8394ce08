"""Load by wrk: many clients, each of which sends a request when it has the response to the one before."""

from __future__ import annotations

import itertools
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from string import Template

from bench.processes import cpu, cpu_alone
from bench.report import NotMeasuredError, Row, compared

RUN = 10_000_000
"""More requests than any run sends."""
_starts = itertools.count(random.SystemRandom().randrange(10**9), RUN)
_SUMMARY = """
done = function(summary, latency)
  local e = summary.errors
  local failed = e.connect + e.read + e.write + e.timeout + e.status
  local median, slow = latency:percentile(50), latency:percentile(99)
  io.write(("FOUND %d %d %f %f %d\\n"):format(summary.requests, summary.duration, median, slow, failed))
end
"""


@dataclass(frozen=True)
class Requests:
    """Requests of a run: to one path, or those that a script in Lua makes from the number ``$start`` on."""

    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    script: str = ""


@dataclass(frozen=True)
class Load:
    """Figures of a run."""

    requests: int
    rate: float
    """Requests per second."""
    median: float
    """Milliseconds."""
    slow: float
    """Milliseconds that 99 % of the requests took at most."""
    failed: int
    """Responses with the status of an error, and connections without one."""
    cpu: float
    """Microseconds of processor time of the server for each request, in all its processes."""
    front: float
    """Those of its first process, which speaks HTTP."""


FIGURES = {
    "requests/s": "rate",
    "ms, median": "median",
    "ms, 99 %": "slow",
    "us CPU/request": "cpu",
    "us CPU, front": "front",
}
"""Unit → field of a load."""


def check() -> None:
    """Check that wrk is installed.

    Raises:
        NotMeasuredError: when it is not.
    """
    if shutil.which("wrk") is None:
        raise NotMeasuredError("wrk is not installed")


def run(port: int, pid: int, sent: Requests, clients: int, seconds: int) -> Load:
    """Send requests to the server in process ``pid`` for some seconds.

    No two runs use the same numbers: a query that is to be new would have been answered before.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(Template(sent.script).substitute(start=next(_starts)) + _SUMMARY)
        script.flush()
        headers = [part for name, value in sent.headers.items() for part in ("-H", f"{name}: {value}")]
        command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}", *headers, "-s", script.name]
        before, before_alone = cpu(pid), cpu_alone(pid)
        # S603: no shell, and nothing from outside
        done = subprocess.run(  # noqa: S603
            [*command, f"http://127.0.0.1:{port}{sent.path}"], capture_output=True, text=True, check=True
        )
        used, used_alone = cpu(pid) - before, cpu_alone(pid) - before_alone
    requests, duration, median, slow, failed = map(float, done.stdout.rpartition("FOUND ")[2].split())
    return Load(
        requests=int(requests),
        rate=requests / duration * 1e6,
        median=median / 1000,
        slow=slow / 1000,
        failed=int(failed),
        cpu=used / max(1, requests) * 1e6,
        front=used_alone / max(1, requests) * 1e6,
    )


def rows(what: str, loads: Mapping[str, list[Load]], units: Iterable[str] = FIGURES) -> Iterator[Row]:
    """Yield the rows of server → its loads, ours first; failures have rows of their own."""
    for unit in units:
        values = {server: [getattr(load, FIGURES[unit]) for load in found] for server, found in loads.items()}
        yield from compared(what, unit, values)
    for server, found in loads.items():
        if any(load.failed for load in found):
            yield Row(f"{what}: FAILED at {server}", "requests", [sum(load.failed for load in found)])
