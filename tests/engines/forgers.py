"""An engine that holds a release, and changes the rows of its answers before it sends them."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pyoxigraph as ox

from kg.query import FORMATS_BY_NAME, JSON, Form, Query
from kg.release import Release
from kg.store.deep_stack import with_deep_stack
from kg.store.oxigraph import OxigraphStore, open_store
from kg.vocab import DATASET

Change = Callable[[list[str], list[dict[str, dict[str, Any]]]], Any]
"""Changes the variables and the rows of an answer, or returns the JSON that is sent in its place."""
_opened = lru_cache(maxsize=2)(open_store)


class Forger:
    """The engine of ``url``, which is honest about the release that it holds, and about all until ``change`` is set."""

    def __init__(self, release: Release) -> None:
        self.url = ""
        self.release = release
        self.change: Change | None = None
        self.lies_about_releases = False
        self.is_empty = False
        """True if it has nothing any more, as after DROP ALL."""
        self.asked: list[dict[str, list[str]]] = []
        """The forms that came."""

    def answer(self, form: dict[str, list[str]]) -> tuple[str, bytes]:
        """Return media type and body of the answer to a query."""
        query = Query(
            form["query"][0], tuple(form.get("default-graph-uri", ())), tuple(form.get("named-graph-uri", ()))
        )
        out = io.BytesIO()

        def write() -> Form:
            store = OxigraphStore(ox.Store()) if self.is_empty else _opened(self.release.store)
            found = store.ask(query)
            found.write(out, FORMATS_BY_NAME["ntriples"] if found.form is Form.GRAPH else JSON)
            return found.form

        kind = with_deep_stack(query.text, write)
        if kind is Form.GRAPH:
            return FORMATS_BY_NAME["ntriples"].media_type, out.getvalue()
        if kind is Form.BINDINGS and self.change and (self.lies_about_releases or DATASET not in query.text):
            return JSON.media_type, json.dumps(self._changed(json.loads(out.getvalue()), self.change)).encode()
        return JSON.media_type, out.getvalue()

    @staticmethod
    def _changed(answer: dict[str, Any], change: Change) -> Any:
        return change(answer["head"]["vars"], answer["results"]["bindings"]) or answer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    forger: Forger

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode(), keep_blank_values=True)
        self.forger.asked.append(form)
        kind, body = self.forger.answer(form)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def forger(release: Release) -> Iterator[Forger]:
    """Run the engine over the store of a release."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as listening:
        listening.daemon_threads = True
        found = Forger(release)
        found.url = f"http://127.0.0.1:{listening.server_port}/query"
        listening.RequestHandlerClass = type("Handler", (_Handler,), {"forger": found})
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield found
        listening.shutdown()
