"""Servers over copies of a release, on machines of their own, give the same responses."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from kg.replication import FolderSource, receive
from tests.server.pages import BROWSER
from tests.server.routes import readable
from tests.server.serving import ROOT, Reply, Server, Start

pytestmark = pytest.mark.slow

ASKED: list[Mapping[str, str]] = [BROWSER, {"Accept": "*/*", "Accept-Encoding": "gzip"}, {"Accept": "text/turtle"}]


def same(reply: Reply) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return what must be equal on all replicas."""
    return reply.status, sorted(each for each in reply.headers.items() if each[0] != "Date"), reply.body


def elsewhere(folder: Path) -> Path:
    """Install the program in another folder, with other times of its files."""
    for name in ("kg", "server", "ontology", "content"):
        shutil.copytree(ROOT / name, folder / name, copy_function=shutil.copyfile)
    return folder


def test_replicas_give_the_same_responses(content_release: Path, start: Start, tmp_path: Path) -> None:
    copy = receive(FolderSource(content_release), tmp_path / "replica")
    assert copy is not None
    origin, replica = start(content_release), start(copy.folder, PYTHONPATH=str(elsewhere(tmp_path / "program")))
    tagged = 0
    for addresses in readable(origin, content_release).values():
        for address in set(addresses) - {"/metrics"}:  # which are of one server
            for headers in ASKED:
                one, other = (_ask(server, address, headers) for server in (origin, replica))
                assert same(one) == same(other), address
                tagged += "ETag" in one.headers
    assert tagged > 100


def _ask(server: Server, address: str, headers: Mapping[str, str]) -> Reply:
    return server.ask(address, headers={"Host": "kg.example.org", **headers})
