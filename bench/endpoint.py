"""Speed of the endpoint, compared with ``oxigraph serve-read-only`` and ``rdflib-endpoint`` over the same data.

    python bench/endpoint.py [--triples 1000000] [--seconds 5] [--only kg oxigraph rdflib-endpoint]

Needs ``wrk``, and the two other servers on the path (the extra ``bench`` has them). Prints requests per second, median
and 99th percentile for distinct small queries, at 1, 8 and 64 clients, and for a Zipf mix of repeated ones; time to
first byte, total time and peak memory of a SELECT of every triple; and the slowest small query while four endless
queries run.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from kg.release import new_release, publish
from kg.store import oxigraph

CLIENTS = (1, 8, 64)
START_SECONDS = 600
HOPELESS = 15
EVERYTHING = "SELECT ?s ?p ?o { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
TINY = "SELECT ?o { <http://example.org/%s> <http://example.org/p> ?o }"
LUA = """
local path, total, zipf = "%(path)s", %(triples)d, %(zipf)s
local counter = math.random(1000000000)
request = function()
  counter = counter + 1
  local n = counter
  if zipf then n = math.floor(total ^ math.random()) end
  local query = "SELECT+?o+%%7B+%%3Chttp://example.org/" .. n .. "%%3E+%%3Chttp://example.org/p%%3E+?o+%%7D"
  return wrk.format("GET", path .. "?query=" .. query)
end
"""
"""Zipf's law by inversion: the n-th query is sent about 1/n as often as the first."""


@dataclass(frozen=True)
class Endpoint:
    """A running server."""

    name: str
    port: int
    path: str
    pid: int

    def ask(self, query: str, accept: str = "*/*", seconds: float = START_SECONDS) -> http.client.HTTPConnection:
        """Send a query and return the connection of the answer; the timeout is in seconds."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        connection.request("GET", f"{self.path}?query={quote(query)}", headers={"Accept": accept})
        return connection


def free_port() -> int:
    """Return a port that is free at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def release(folder: Path, triples: int) -> Path:
    """Publish a release with this number of triples, each once in the default graph, and return its folder."""
    with new_release(folder) as draft:
        with (draft / "graph.nq").open("w", encoding="utf-8") as out:
            for n in range(triples):
                out.write(f'<http://example.org/{n}> <http://example.org/p> "value {n}" <http://example.org/g> .\n')
        oxigraph.create(draft / "store", draft / "graph.nq")
        return publish(draft, {"created": "2025-01-01T00:00:00Z", "builder": "bench", "sites": [], "counts": {}}).folder


def commands(made: Path, folder: Path, port: int) -> dict[str, tuple[list[str], str]]:
    """Return name → command and path of each server."""
    store, triples = folder / "store", folder / "graph.nt"
    if not store.exists():
        shutil.copytree(made / "store", store)
        text = (made / "graph.nq").read_text(encoding="utf-8")
        triples.write_text(text.replace(" <http://example.org/g> .", " ."), encoding="utf-8")
    serve = "from server.command import serve; serve()"
    return {
        "kg": ([sys.executable, "-c", serve, "--release", str(made), "--port", str(port)], "/sparql"),
        "oxigraph": (
            ["oxigraph", "serve-read-only", "--location", str(store), "--bind", f"127.0.0.1:{port}"],
            "/query",
        ),
        "rdflib-endpoint": (
            ["rdflib-endpoint", "serve", str(triples), "--host", "127.0.0.1", "--port", str(port)],
            "/",
        ),
    }


@contextmanager
def running(name: str, made: Path, folder: Path) -> Iterator[Endpoint]:
    """Start a server, yield it after its first answer, and kill it at the end."""
    port = free_port()
    command, path = commands(made, folder, port)[name]
    with (folder / f"{name}.log").open("wb") as log:
        # S603: no shell, and no input from outside except the path
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)  # noqa: S603
    try:
        endpoint = Endpoint(name, port, path, process.pid)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and process.poll() is None:
            try:
                with closing(endpoint.ask("ASK {}")) as connection:
                    connection.getresponse().read()
                break
            except OSError:
                time.sleep(0.2)
        yield endpoint
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def load(endpoint: Endpoint, clients: int, seconds: int, triples: int, *, zipf: bool) -> str:
    """Return wrk's figures for a server: requests per second, median, 99th percentile, and failures if any."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(LUA % {"path": endpoint.path, "triples": triples, "zipf": str(zipf).lower()})
        script.flush()
        command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}", "--latency", "-s", script.name]
        # S603: as above
        output = subprocess.run(  # noqa: S603
            [*command, f"http://127.0.0.1:{endpoint.port}/"], capture_output=True, text=True, check=True
        ).stdout
    rate, median, slow = (re.search(rf"{what}\s*([\d.]+\w*)", output) for what in ("Requests/sec:", " 50%", " 99%"))
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    figures = " ".join(found[1].rjust(9) if found else "-" for found in (rate, median, slow))
    return figures + (f"  ({failed[1]} failed)" if failed else "")


def memory(pid: int) -> int:
    """Return the memory of a process and its descendants in megabytes, with shared pages counted once."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    family, fresh = set(), {pid}
    while fresh:
        family |= fresh
        fresh = {child for child, parent in parents.items() if parent in fresh} - family
    found = 0
    for member in family:
        try:
            found += int(re.findall(r"Pss:\s*(\d+)", Path(f"/proc/{member}/smaps_rollup").read_text())[0])
        except (OSError, IndexError):
            continue
    return found // 1024


def everything(endpoint: Endpoint) -> str:
    """Return time to first byte, total time, size and peak memory of a SELECT of every triple."""
    idle = memory(endpoint.pid)
    peak, done = [idle], threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            peak.append(memory(endpoint.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.monotonic()
    with closing(endpoint.ask(EVERYTHING, "text/tab-separated-values")) as connection:
        response = connection.getresponse()
        size = len(response.read(1))
        first = time.monotonic() - began
        while part := response.read(1 << 18):
            size += len(part)
    total = time.monotonic() - began
    done.set()
    watcher.join()
    return f"{first * 1000:.0f} ms, {total:.1f} s, {size / 1e6:.0f} MB, {idle} -> {max(peak)} MB"


def beside_endless(endpoint: Endpoint, seconds: int) -> str:
    """Return median and maximum time of small queries while four endless ones run, or that they timed out."""
    endless = [endpoint.ask(ENDLESS) for _ in range(4)]
    took: list[float] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.monotonic()
        try:
            with closing(endpoint.ask(TINY % len(took), seconds=HOPELESS)) as connection:
                connection.getresponse().read()
        except TimeoutError:
            return f"no answer within {HOPELESS} s"
        took.append(time.monotonic() - began)
        time.sleep(0.01)
    for connection in endless:
        connection.close()
    return f"{sorted(took)[len(took) // 2] * 1000:.1f} ms, {max(took) * 1000:.0f} ms"


def main() -> None:
    """Measure one server after another."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=5, help="for each figure")
    parser.add_argument("--only", nargs="+", default=["kg", "oxigraph", "rdflib-endpoint"])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = release(folder / "out", given.triples)
        for server in given.only:
            with running(server, made, folder) as endpoint:
                print(f"\n{server}: {given.triples} triples")
                for kind, clients in itertools.product(("different", "Zipf"), CLIENTS):
                    figures = load(endpoint, clients, given.seconds, given.triples, zipf=kind == "Zipf")
                    print(f"{kind:9} {clients:2} clients {figures}", flush=True)
                print(f"everything  {everything(endpoint)}", flush=True)
                print(f"beside four endless  {beside_endless(endpoint, given.seconds)}", flush=True)


if __name__ == "__main__":
    main()
