"""Time from the start of the server to its first answer, and to that of a new release, by the size of the release.

    python bench/release.py [--sizes 10000 100000 1000000 10000000]

For each size: the first start, which verifies the release beside the requests; the second, which knows it to be whole;
the switch to another release and the longest wait for ``/health`` meanwhile; and the start of ``oxigraph
serve-read-only`` on the same store, if it is on the path. The last lines are the slopes on double logarithmic axes: 0
is independent of the size, 1 proportional to it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import math
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path

from endpoint import START_SECONDS, free_port, release

from kg.release import open_release, verify

COLUMNS = ("first start", "second start", "switch", "longest /health", "oxigraph")


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


def row(folder: Path, size: int) -> list[float]:
    """Return the seconds of each column for a release of ``size`` triples."""
    out, port = folder / "out", free_port()
    first, second = release(out, size), release(out, size + 1)
    for record in (out / "releases").glob(".*.verified"):
        record.unlink()
    serve = "from server.command import serve; serve()"
    command = [sys.executable, "-c", serve, "--release", str(second), "--port", str(port)]
    starts = [start(command, port, "/sparql")]
    verify(open_release(second))
    starts.append(start(command, port, "/sparql"))
    (out / "releases" / f".{second.name}.verified").unlink()
    switched = switch(out, first, second, port, [*command[:4], str(out), *command[5:]])
    native = [math.nan]
    if shutil.which("oxigraph"):
        location = ["--location", str(second / "store"), "--bind", f"127.0.0.1:{port}"]
        native = [start(["oxigraph", "serve-read-only", *location], port, "/query")]
    return [*starts, *switched, *native]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000, 10_000_000])
    sizes = parser.parse_args().sizes
    print(f"{'triples':>10}", *(f"{name:>16}" for name in COLUMNS))
    rows = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(row(Path(folder), size))
        print(f"{size:>10}", *(f"{seconds:>14.3f} s" for seconds in rows[-1]), flush=True)
    slopes = [
        [math.log(after[at] / before[at]) / math.log(larger / smaller) for at in range(len(COLUMNS))]
        for (before, after), (smaller, larger) in zip(pairwise(rows), pairwise(sizes), strict=True)
    ]
    for (smaller, larger), slope in zip(pairwise(sizes), slopes, strict=True):
        print(f"{smaller:.0e}-{larger:.0e}", *(f"{each:>16.2f}" for each in slope))


if __name__ == "__main__":
    main()
