"""Time from the start of the server to its first answer, and to that of a new release, by the size of the release.

For each size: the first start, which verifies the release beside the requests; the second, which knows it to be whole;
the switch to another release and the longest wait for ``/health`` meanwhile; and the start of ``oxigraph
serve-read-only`` on the same store, if it is installed.
"""

from __future__ import annotations

import http.client
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bench.report import SLOPE, Row, Scale, compared, slope
from bench.servers import PROGRAMS, START_SECONDS, free_port, release
from kg.release import open_release, verify

FIRST, SECOND, SWITCH, HEALTH = "first start", "second start", "switch", "longest /health during a switch"
OXIGRAPH = "oxigraph"
SIZES = {
    Scale.QUICK: (1_000, 10_000),
    Scale.NORMAL: (10_000, 100_000, 1_000_000),
    Scale.FULL: (10_000, 100_000, 1_000_000, 10_000_000),
}


def get(port: int, path: str) -> bytes:
    """Return the body of a response; wait for a server that does not listen yet."""
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)) as connection:
                connection.request("GET", path)
                return connection.getresponse().read()
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.005)


@contextmanager
def running(command: list[str]) -> Iterator[None]:
    """Run a server in the block."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def start(command: list[str], port: int, path: str) -> float:
    """Return the seconds from the start of a server to its first answer."""
    begun = time.perf_counter()
    with running(command):
        get(port, f"{path}?query=ASK%7B%7D")
        return time.perf_counter() - begun


def switch(out: Path, first: Path, second: Path, port: int, command: list[str]) -> tuple[float, float]:
    """Return the seconds until a server serves the second release instead of the first, and the longest ``/health``."""
    waits = []
    (out / "current").unlink()
    (out / "current").symlink_to(first)
    with running(command):
        get(port, "/health")
        (out / "next").symlink_to(second)
        begun = time.perf_counter()
        (out / "next").replace(out / "current")
        served = ""
        while served != second.name:
            asked = time.perf_counter()
            served = json.loads(get(port, "/health"))["release"]
            waits.append(time.perf_counter() - asked)
    return time.perf_counter() - begun, max(waits)


def measure(folder: Path, size: int) -> dict[str, float]:
    """Return the seconds of each figure for a release of ``size`` triples; those of Oxigraph's server if it is here."""
    out, port = folder / "out", free_port()
    first, second = release(out, size), release(out, size + 1)
    for record in (out / "releases").glob(".*.verified"):
        record.unlink()
    serve = "from server.command import serve; serve()"
    command = [sys.executable, "-c", serve, "--release", str(second), "--port", str(port)]
    found = {FIRST: start(command, port, "/sparql")}
    verify(open_release(second))
    found[SECOND] = start(command, port, "/sparql")
    (out / "releases" / f".{second.name}.verified").unlink()
    found[SWITCH], found[HEALTH] = switch(out, first, second, port, [*command[:4], str(out), *command[5:]])
    if program := shutil.which("oxigraph", path=PROGRAMS):
        location = ["--location", str(second / "store"), "--bind", f"127.0.0.1:{port}"]
        found[OXIGRAPH] = start([program, "serve-read-only", *location], port, "/query")
    return found


def rows(scale: Scale) -> Iterator[Row]:
    """Yield the rows of the table."""
    grown: dict[str, dict[int, float]] = {}
    for size in SIZES[scale]:
        with tempfile.TemporaryDirectory() as folder:
            found = measure(Path(folder), size)
        for what, seconds in found.items():
            grown.setdefault(what, {})[size] = seconds
        theirs = {OXIGRAPH: [found[OXIGRAPH]]} if OXIGRAPH in found else {}
        for what in (FIRST, SECOND):
            yield from compared(f"{what}, {size} triples", "s", {"kg": [found[what]], **theirs})
        for what in (SWITCH, HEALTH):
            yield Row(f"{what}, {size} triples", "s", [found[what]])
    over = f"{min(SIZES[scale])} to {max(SIZES[scale])} triples"
    for what, values in grown.items():
        yield Row(f"{what}, {over}", SLOPE, [slope(values)])
