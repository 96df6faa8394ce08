"""A local server that answers as FAIRsharing does, from a list of answers for each path."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any


@dataclass
class Answer:
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Replay:
    answers: dict[str, list[Answer]]
    """By path; the last answer of a path is given again and again."""
    address: str = ""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Path, Accept and User-Agent of every request, in order."""

    @property
    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked]


def record(number: str, suffix: str | None, **attributes: Any) -> Answer:
    """Return a record in the form of FAIRsharing's JSON:API."""
    doi = f"10.25504/FAIRsharing.{suffix}" if suffix else None
    body = {"data": {"id": number, "type": "fairsharing_records", "attributes": {"doi": doi, **attributes}}}
    return Answer(body=body)


@contextmanager
def replay(answers: dict[str, Answer | list[Answer]]) -> Iterator[Replay]:
    log = Replay({path: given if isinstance(given, list) else [given] for path, given in answers.items()})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            log.asked.append((self.path, self.headers.get("Accept", ""), self.headers.get("User-Agent", "")))
            given = log.answers.get(self.path, [Answer(404, {"error": "not found"})])
            answer = given.pop(0) if len(given) > 1 else given[0]
            body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    log.address = f"http://127.0.0.1:{server.server_port}/"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield log
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
