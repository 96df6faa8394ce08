"""nginx with the shipped configuration, in front of servers on the loopback interface."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from tests.conftest import ROOT
from tests.engines.engines import free_port

DEPLOY = ROOT / "docs" / "deploy"
PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
_MAIN = """\
daemon off;
pid {folder}/nginx.pid;
worker_processes 1;
events {{}}
http {{
    access_log off;
    {paths}
    include {folder}/replicas.conf;
}}
"""
_PATHS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@contextmanager
def nginx(folder: Path, replicas: Sequence[str]) -> Iterator[str]:
    """Run nginx before the servers at these addresses, and return its own."""
    folder.mkdir()
    port = free_port()
    conf = (DEPLOY / "nginx.conf").read_text(encoding="utf-8").replace("listen 80;", f"listen 127.0.0.1:{port};")
    for number, url in enumerate(replicas):
        assert f"replica-{number}:7878" in conf
        conf = conf.replace(f"replica-{number}:7878", urlsplit(url).netloc)
    (folder / "replicas.conf").write_text(conf)
    paths = " ".join(f"{name}_temp_path {folder}/{name};" for name in _PATHS)
    (folder / "nginx.conf").write_text(_MAIN.format(folder=folder, paths=paths))
    command = [str(PROGRAM), "-p", folder, "-e", folder / "error.log", "-c", folder / "nginx.conf"]
    with subprocess.Popen(command) as process:
        try:
            yield _answering(process, f"http://127.0.0.1:{port}")
        finally:
            process.terminate()


def _answering(process: subprocess.Popen[bytes], url: str) -> str:
    while process.poll() is None:
        try:
            with urlopen(url):
                return url
        except HTTPError as error:
            error.close()
            return url
        except (URLError, ConnectionError):
            time.sleep(0.05)
    raise AssertionError("nginx ended")
