"""A client with write access, and servers for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.server.serving import Reply, Server, run_server

TOKEN = "the-token-of-these-tests"
PROLOGUE = "PREFIX e: <http://example.org/> "


@dataclass(frozen=True)
class Client:
    """A client of one server, with its token."""

    server: Server

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Reply:
        """Send a request; underscores in keyword names of headers stand for hyphens."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.server.ask(path, method, body, {"Authorization": f"Bearer {TOKEN}", **sent})

    def update(self, text: str, parameters: str = "") -> Reply:
        """Send an update."""
        return self.ask(f"/update{parameters}", "POST", text.encode(), Content_Type="application/sparql-update")

    def put(self, graph: str, document: str, media_type: str = "text/turtle", method: str = "PUT") -> Reply:
        """Replace a graph; an empty name is the default graph."""
        return self.ask(store(graph), method, document.encode(), Content_Type=media_type)

    def get(self, graph: str, accept: str = "application/n-triples") -> Reply:
        """Return a graph."""
        return self.ask(store(graph), Accept=accept)

    def holds(self, pattern: str) -> bool:
        """Return whether the pattern has a solution."""
        reply = self.server.query(f"{PROLOGUE}ASK {{ {pattern} }}")
        assert reply.status == 200, reply.text
        found: bool = json.loads(reply.body)["boolean"]
        return found

    def count(self, pattern: str) -> int:
        """Return the number of solutions of the pattern."""
        reply = self.server.query(f"{PROLOGUE}SELECT (COUNT(*) AS ?n) {{ {pattern} }}")
        assert reply.status == 200, reply.text
        return int(json.loads(reply.body)["results"]["bindings"][0]["n"]["value"])


def store(graph: str) -> str:
    """Return the path of a graph in the graph store."""
    return f"/store?graph={quote(graph, safe='')}" if graph else "/store?default"


def run_writable(folder: Path, *arguments: str, **environ: str) -> Client:
    """Start a writable server."""
    settings = {"KG_WRITE_TOKEN": TOKEN, "KG_QUERY_WORKERS": "2", **environ}
    return Client(run_server(folder, ["--port", "0", "--writable", *arguments], **settings))


def writer_of(server: Server) -> int:
    """Return the process that writes."""
    (found,) = (pid for pid in server.family() if b"server.writing" in _command(pid))
    return found


def has_writer(server: Server) -> bool:
    """Return whether there is a process that writes."""
    return any(b"server.writing" in _command(pid) for pid in server.family())


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
