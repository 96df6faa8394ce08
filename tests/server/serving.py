"""A small release, a real server over it as a process on a free port, and requests to it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from kg.release import Release, new_release, publish
from kg.store import oxigraph

ROOT = Path(__file__).resolve().parents[2]
RUN = [sys.executable, "-c", "from server.command import serve; serve(prog_name='kg serve')"]
TIMEOUT = 300.0

RDM = "https://w3id.org/rdm-kg/ont#"
SHEET = "https://w3id.org/rdm-kg/id/test/page/mice"
QUADS = [
    f"<{SHEET}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{RDM}CheatSheet>",
    f"<{SHEET}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{RDM}AdvicePage>",
    f"<{SHEET}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{RDM}Page>",
    f"<{SHEET}> <https://schema.org/isPartOf> <https://w3id.org/rdm-kg/id/test>",
    '<https://w3id.org/rdm-kg/id/test> <http://purl.org/dc/terms/title> "Test site"@en',
    f'<{SHEET}> <http://purl.org/dc/terms/identifier> "mice"',
    f'<{SHEET}> <http://purl.org/dc/terms/title> "Mice & <script>alert(1)</script>"@en',
    f"<{SHEET}> <{RDM}recommendsFormat> <https://doi.org/10.25504/FAIRsharing.b7z8by>",
    f"<{SHEET}> <{RDM}hasRecommendation> <{SHEET}#m-1>",
    f"<{SHEET}#m-1> <{RDM}role> <https://w3id.org/rdm-kg/role/data-format>",
    f"<{SHEET}#m-1> <{RDM}target> <https://doi.org/10.25504/FAIRsharing.b7z8by>",
    f'<{SHEET}#m-1> <http://www.w3.org/2000/01/rdf-schema#label> "DICOM"',
    f'<{SHEET}#m-1> <{RDM}sourceLine> "7"^^<http://www.w3.org/2001/XMLSchema#integer>',
]


@dataclass(frozen=True)
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def media_type(self) -> str:
        return self.headers.get_content_type()


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    log: Path
    url: str = ""
    _known: set[int] = field(default_factory=set)

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        where = urlsplit(self.url)
        with closing(http.client.HTTPConnection(where.hostname or "", where.port, timeout=TIMEOUT)) as connection:
            connection.request(method, path, body, dict(headers or {}))
            with connection.getresponse() as response:
                return Reply(response.status, response.headers, response.read())

    def query(self, text: str, accept: str | None = None) -> Reply:
        return self.ask("/sparql?query=" + quote(text), headers={"Accept": accept} if accept else {})

    def release(self) -> str:
        """Return the id of the release that is served."""
        served: str = json.loads(self.ask("/health").body)["release"]
        return served

    def family(self) -> set[int]:
        """Return the server's process and its descendants."""
        found, fresh = set(), {self.process.pid}
        while fresh:
            found |= fresh
            fresh = {pid for pid, parent in _parents().items() if parent in fresh} - found
        return found

    def workers(self) -> set[int]:
        children = (pid for pid, parent in _parents().items() if parent == self.process.pid)
        (master,) = (pid for pid in children if b"server.workers" in Path(f"/proc/{pid}/cmdline").read_bytes())
        return {pid for pid, parent in _parents().items() if parent == master}

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(TIMEOUT)


Start = Callable[..., Server]


def _parents() -> dict[int, int]:
    """Return process id → parent of every live process."""
    found = {}
    for folder in Path("/proc").iterdir():  # without a pattern, which fails where a process ends meanwhile
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
        except (OSError, ValueError):
            continue
        if state != "Z" and folder.name.isdecimal():
            found[int(folder.name)] = int(parent)
    return found


def until(what: Callable[[], bool]) -> None:
    """Wait until the condition is true; fail the test after TIMEOUT seconds."""
    for _ in range(int(TIMEOUT * 20)):
        if what():
            return
        time.sleep(0.05)
    pytest.fail(f"{what} never came true")


def gone(pids: set[int]) -> bool:
    return not pids & set(_parents())


def stop_process(pid: int) -> None:
    """Stop a process, and wait until it has stopped."""
    os.kill(pid, signal.SIGSTOP)
    until(lambda: Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T")


def make_release(out: Path, quads: list[str], description: str = "") -> Release:
    """Publish these statements as one graph, with ``dumps/graph.nq``, and with a description if there is one."""
    lines = sorted(f"{quad} <https://w3id.org/rdm-kg/id/test/page/mice#graph> .\n" for quad in quads)
    with new_release(out) as draft:
        (draft / "graph.nq").write_text("".join(lines), encoding="utf-8")
        (draft / "dumps").mkdir()
        (draft / "dumps" / "graph.nq").write_text("".join(lines), encoding="utf-8")
        if description:
            (draft / "description.ttl").write_text(description, encoding="utf-8")
        counts = oxigraph.create(draft / "store", draft / "graph.nq")
        facts = {"triples": counts.triples, "quads": counts.quads, "graphs": counts.graphs}
        sites = [{"key": "test", "title": "Test site", "pages": 1}]
        made = {"created": "2025-01-01T00:00:00Z", "builder": "test", "sites": sites}
        return publish(draft, {**made, "counts": facts})


def many(count: int) -> list[str]:
    """Return this number of statements, to make queries over them expensive."""
    return [f'<http://example.org/{n}> <http://example.org/p> "{n}"' for n in range(count)]


def run_server(folder: Path, arguments: list[str], **environ: str) -> Server:
    """Start the server and wait until it serves or has ended."""
    log = folder / f"log-{time.monotonic_ns()}"
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **environ}
    with log.open("wb") as out:
        process = subprocess.Popen([*RUN, *arguments], stderr=out, stdout=out, env=env, cwd=folder)
    server = Server(process, log)
    until(lambda: "Serving release" in log.read_text() or process.poll() is not None)
    server.url = log.read_text().partition(" at ")[2].partition("/ (Ctrl-C")[0]
    return server
