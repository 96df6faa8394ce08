"""Replicas whose queries an engine answers change to a release when the engine holds it, and not before."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from kg.replication import FolderSource, receive
from tests.conftest import ROOT
from tests.engines.engines import free_port, is_here, oxigraph
from tests.replication.test_publish import SAYS, described_release
from tests.server.serving import run_server, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not is_here("oxigraph"), reason="no oxigraph on this machine"),
]

PUBLISH = [sys.executable, "-m", "kg", "publish", "--follow", "1"]
SAID = f"/sparql?format=csv&query={quote(f'SELECT DISTINCT ?said {{ ?s <{SAYS}> ?said }}')}"


def test_an_engine_that_has_lost_its_release_is_given_it_again(tmp_path: Path) -> None:
    port, everything = free_port(), f"SELECT * {{ ?s <{SAYS}> ?said }}"
    first = described_release(tmp_path / "out", "first")
    with oxigraph(tmp_path / "store", port, how="serve") as engine:
        publisher = subprocess.Popen(
            [*PUBLISH, tmp_path / "out", engine.url], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        until(lambda: bool(engine.rows(everything)))
        assert publisher.stderr
        assert publisher.stderr.readline() == f"release {first.id} is current in {engine.url}\n"
    with oxigraph(tmp_path / "another store", port, how="serve"), publisher:
        until(lambda: bool(engine.rows(everything)))
        said = publisher.stderr.readline()
        if "cannot be reached" in said:
            said = publisher.stderr.readline()
        assert said == f"release {first.id} is current in {engine.url}\n"
        publisher.terminate()


def test_replicas_change_when_the_engine_holds_the_release(tmp_path: Path) -> None:
    origin, outs = tmp_path / "origin", [tmp_path / "0", tmp_path / "1"]
    first = described_release(origin, "first")
    for out in outs:
        receive(FolderSource(origin), out)
    with oxigraph(tmp_path / "store", free_port(), how="serve") as engine, ThreadPoolExecutor() as threads:
        with subprocess.Popen([*PUBLISH, outs[0], engine.url], cwd=ROOT) as publisher:
            until(lambda: any(row["said"] == "first" for row in engine.rows(f"SELECT * {{ ?s <{SAYS}> ?said }}")))
            publisher.terminate()
            assert publisher.wait() == 130
        options = "--port", "0", "--engine", engine.url
        replicas = [run_server(tmp_path, ["--release", str(out), *options]) for out in outs]
        stop = threading.Event()

        def reading(number: int) -> set[tuple[int, str]]:
            found = set()
            while not stop.is_set():
                reply = replicas[number].ask(SAID)
                found.add((reply.status, reply.text))
            return found

        readers = [threads.submit(reading, number) for number in range(len(replicas))]
        try:
            second = described_release(origin, "second")
            for out, replica in zip(outs, replicas, strict=True):
                receive(FolderSource(origin), out)
                until(lambda replica=replica: f"it holds {first.id} and not {second.id}" in replica.log.read_text())  # type: ignore[misc]
                assert replica.release() == first.id
                assert replica.ask("/").status == 200
            with subprocess.Popen([*PUBLISH, outs[0], engine.url], cwd=ROOT) as publisher:
                for replica in replicas:
                    until(lambda replica=replica: replica.release() == second.id)  # type: ignore[misc]
                    until(lambda replica=replica: replica.ask(SAID).text.split() == ["said", "second"])  # type: ignore[misc]
                publisher.terminate()
                assert publisher.wait() == 130
        finally:
            stop.set()
        for reader in readers:
            assert {(status, *text.split()) for status, text in reader.result()} == {
                (200, "said", "first"),
                (200, "said", "second"),
            }
        for replica in replicas:
            assert replica.log.read_text().count(f"keeping release {first.id}") == 1
            assert replica.end() == 0
