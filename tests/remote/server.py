"""A git server on loopback: git's own HTTP backend behind TLS, with what a hostile or a broken server does."""

from __future__ import annotations

import os
import ssl
import subprocess
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.change.checkout import git

Answer = Callable[[BaseHTTPRequestHandler], None]
_CERTIFICATE = (
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1 "
    "-addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem"
)


class GitServer:
    """Serves the repositories below a folder, as ``owner/name``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "repositories"
        self.folder.mkdir()
        subprocess.run(_CERTIFICATE.split(), cwd=folder, capture_output=True, check=True)
        self.certificate = folder / "cert.pem"
        self.answers = dict[str, Answer]()
        """Path at which a request begins → the answer in place of git's."""
        self.requests = list[str]()
        self.cut: int | None = None
        """Bytes after which an answer of git's is not continued, and the connection is held; ``None`` for no cut."""
        self.is_closed = threading.Event()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, folder / "key.pem")
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.of = self
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def publish(self, checkout: Path, name: str) -> str:
        """Make what a checkout has now the repository of this name, and return its address."""
        repository = self.folder / name
        if not repository.exists():
            repository.mkdir(parents=True)
            git(repository, "init", "--quiet", "--bare")
            git(repository, "config", "uploadpack.allowFilter", "true")
        git(checkout, "push", "--quiet", "--force", "--all", str(repository))
        git(checkout, "push", "--quiet", "--force", "--tags", str(repository))
        return f"{self.url}/{name}"

    def close(self) -> None:
        self.is_closed.set()
        self._server.shutdown()
        self._server.server_close()


def stall(handler: BaseHTTPRequestHandler) -> None:
    """Answer nothing as long as the server runs."""
    handler.server.of.is_closed.wait()  # type: ignore[attr-defined]


def endless_branches(handler: BaseHTTPRequestHandler) -> None:
    """Answer with the names of branches, a GiB and more of them."""
    handler.close_connection = True
    handler.send_response(200)
    handler.send_header("Content-Type", "application/x-git-upload-pack-advertisement")
    handler.end_headers()
    handler.wfile.write(b"001e# service=git-upload-pack\n0000")
    names = b"".join(b"0400%040x refs/heads/%d" % (1, 1000 + n) + b"x" * 964 + b"\n" for n in range(1000))
    for _ in range(2000):
        handler.wfile.write(names)


def redirect(place: str) -> Answer:
    """Return the answer that leads to another place."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", place)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def ask_for_password(handler: BaseHTTPRequestHandler) -> None:
    """Answer that a password is needed."""
    handler.send_response(401)
    handler.send_header("WWW-Authenticate", 'Basic realm="x"')
    handler.send_header("Content-Length", "0")
    handler.end_headers()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    of: GitServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore clients that hang up."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        served = self.server.of
        served.requests.append(f"{self.command} {self.path} {self.headers.get('Authorization', '')}".rstrip())
        for start, answer in served.answers.items():
            if self.path.startswith(start):
                answer(self)
                return
        self._ask_git(served)

    do_POST = do_GET  # noqa: N815

    def _ask_git(self, served: GitServer) -> None:
        path, _, query = self.path.partition("?")
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROJECT_ROOT": str(served.folder),
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": self.headers.get("Content-Length", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        self.send_response(int(headers.pop("Status", "200 OK").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: served.cut])
        if served.cut is not None and len(content) > served.cut:
            stall(self)

    def log_message(self, *_: object) -> None:
        """Write nothing."""
