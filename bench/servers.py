"""Servers over the same generated data: ``kg serve``, ``oxigraph serve-read-only`` and ``rdflib-endpoint``."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from bench.report import NotMeasuredError
from kg.release import new_release, publish
from kg.store import oxigraph

PEERS = ("oxigraph", "rdflib-endpoint")
START_SECONDS = 600
JSON = "application/sparql-results+json"
ROOT = Path(__file__).parents[1]
PROGRAMS = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))


@dataclass(frozen=True)
class Endpoint:
    """A running server."""

    name: str
    port: int
    path: str
    pid: int
    started: float
    """Seconds from the start of its process to its first answer."""

    def target(self, query: str) -> str:
        """Return path and query string that ask a query."""
        return f"{self.path}?query={quote(query)}"

    def ask(
        self, query: str, accept: str = JSON, seconds: float = START_SECONDS, client: str = "127.0.0.1"
    ) -> http.client.HTTPConnection:
        """Send a query and return the connection of the answer; the timeout is in seconds."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, seconds, (client, 0))
        connection.request("GET", self.target(query), headers={"Accept": accept})
        return connection


def installed(names: Sequence[str]) -> list[str]:
    """Return those of some peers that are installed, and tell on standard error which are not."""
    found = [name for name in names if shutil.which(name, path=PROGRAMS)]
    for name in names:
        if name not in found:
            print(f"{name} is not installed (extra bench): not compared with it", file=sys.stderr)
    return found


def generate(folder: Path, triples: int, graph: Path | None = None) -> Path:
    """Make the data of all servers in ``folder``, with the triples of :func:`release`, and return it."""
    shutil.copytree(release(folder / "out", triples, graph) / "store", folder / "store")
    return folder


def release(out: Path, triples: int, graph: Path | None = None) -> Path:
    """Publish a release of this number of triples, after those of the N-Quads file ``graph``; return its folder."""
    with new_release(out) as draft:
        with (draft / "graph.nq").open("w", encoding="utf-8") as lines:
            if graph is not None:
                lines.write(graph.read_text(encoding="utf-8"))
            for n in range(triples):
                lines.write(f'<http://example.org/{n}> <http://example.org/p> "value {n}" <http://example.org/g> .\n')
        counts = oxigraph.create(draft / "store", draft / "graph.nq")
        about = {"created": "2025-01-01T00:00:00Z", "builder": "bench", "sites": [], "counts": asdict(counts)}
        return publish(draft, about).folder


def content_graph(folder: Path) -> Path:
    """Build the shipped content and return its N-Quads file."""
    # S603: no shell, and no input from outside except the path
    subprocess.run([sys.executable, "-m", "kg", "build", "--out", str(folder)], capture_output=True, check=True)  # noqa: S603
    return folder / "current" / "graph.nq"


def serve(*arguments: str) -> list[str]:
    """Return the command of our server."""
    return [sys.executable, "-c", "from server.command import serve; serve()", *arguments]


def _command(name: str, data: Path, port: int) -> tuple[list[str], str]:
    """Return the command of a server and the path of its endpoint."""
    if name == "kg":
        return serve("--release", str(data / "out"), "--port", str(port)), "/sparql"
    if name == "oxigraph":
        return [name, "serve-read-only", "--location", str(data / "store"), "--bind", f"127.0.0.1:{port}"], "/query"
    triples = data / "graph.nt"
    if not triples.exists():
        with (data / "out" / "current" / "graph.nq").open(encoding="utf-8") as lines, triples.open("w") as out:
            out.writelines(line.rpartition(" <")[0] + " .\n" for line in lines)  # no IRI has a space in it
    return [name, "serve", str(triples), "--host", "127.0.0.1", "--port", str(port)], "/"


@contextmanager
def running(name: str, data: Path) -> Iterator[Endpoint]:
    """Start a server over generated data, yield it after its first answer, and kill it at the end."""
    port = free_port()
    command, path = _command(name, data, port)
    with started(command, port, f"{path}?query=ASK%7B%7D", data / f"{name}.log") as (pid, seconds):
        yield Endpoint(name, port, path, pid, seconds)


@contextmanager
def started(command: list[str], port: int, target: str, log: Path, **environ: str) -> Iterator[tuple[int, float]]:
    """Start a server, yield its process and the seconds until it answered a request, and kill it at the end.

    ``environ`` is added to the environment.

    Raises:
        NotMeasuredError: when the server ends before it answers.
    """
    began = time.monotonic()
    with log.open("wb") as out:
        env = {**os.environ, "PATH": PROGRAMS, **environ}
        # S603: no shell, and no input from outside except the path
        process = subprocess.Popen(command, stdout=out, stderr=out, env=env, cwd=ROOT, start_new_session=True)  # noqa: S603
    try:
        while not _answers(port, target):
            if process.poll() is not None or time.monotonic() - began > START_SECONDS:
                raise NotMeasuredError(f"{command[0]} does not start: {log.read_text(encoding='utf-8')[-2000:]}")
            time.sleep(0.005)
        yield process.pid, time.monotonic() - began
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answers(port: int, target: str) -> bool:
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)) as connection:
            connection.request("GET", target)
            connection.getresponse().read()
    except OSError:
        return False
    return True


def free_port() -> int:
    """Return a port that is free at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
