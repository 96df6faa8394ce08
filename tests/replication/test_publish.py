"""``kg publish`` brings an engine from one release to another; its readers see one of them, also when it is killed."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from kg.release import Release, new_release, publish
from kg.store import oxigraph as store
from kg.vocab import DATASET, DESCRIPTION_GRAPH
from tests.conftest import ROOT, kg
from tests.engines.engines import Engine, doctor, engine, free_port, is_here, oxigraph
from tests.replication.conftest import content
from tests.server.serving import many

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not is_here("oxigraph"), reason="no oxigraph on this machine"),
]

GRAPHS = [f"https://w3id.org/rdm-kg/id/test/page/{name}#graph" for name in "abc"]
SAYS = "http://example.org/says"
COUNTS = f"""PREFIX dcat: <http://www.w3.org/ns/dcat#>
SELECT ?said (COUNT(*) AS ?n) {{
  {{ ?s <{SAYS}> ?said }} UNION {{ GRAPH ?g {{ ?s <{SAYS}> ?said }} }}
  UNION {{ GRAPH <{DESCRIPTION_GRAPH}> {{ ?r dcat:isVersionOf <{DATASET}> ; dcat:version ?said }} }}
}} GROUP BY ?said"""
SUBJECTS = 1500
TEXTS = (
    r'"\\u0041 \\usepackage \"x\"\n"',
    '"æ"@nb',
    '"7"^^<http://www.w3.org/2001/XMLSchema#integer>',
    "<http://b.example/é>",
)


def described_release(out: Path, marker: str) -> Release:
    """Publish a release in which every subject says the marker, in one of three graphs, or in two of them."""
    quads = [f'<http://example.org/{n}> <{SAYS}> "{marker}" <{GRAPHS[n % 3]}> .\n' for n in range(SUBJECTS)]
    quads += [f'<http://example.org/{n}> <{SAYS}> "{marker}" <{GRAPHS[0]}> .\n' for n in range(1, SUBJECTS, 3)]
    quads += [f"<http://example.org/of-{marker}> <http://example.org/p> {text} <{GRAPHS[1]}> .\n" for text in TEXTS]
    quads += [f"{line} <{GRAPHS[2]}> .\n" for line in many(1000)]
    with new_release(out) as draft:
        (draft / "graph.nq").write_text("".join(sorted(quads)), encoding="utf-8")
        counts = store.create(draft / "store", draft / "graph.nq")

        def describe(manifest: dict[str, str], _previous: str) -> None:
            version = f'dcat:isVersionOf <{DATASET}> ; dcat:version "{manifest["release"]}"'
            text = f"@prefix dcat: <http://www.w3.org/ns/dcat#> . <{DATASET}/{manifest['release']}> {version} ."
            (draft / "description.ttl").write_text(text)
            store.describe(draft / "store", text)

        facts = {"triples": counts.triples, "quads": counts.quads, "graphs": counts.graphs}
        return publish(draft, {"created": "2025-01-01T00:00:00Z", "sites": [], "counts": facts}, describe)  # type: ignore[arg-type]


@contextmanager
def empty_engine(folder: Path) -> Iterator[Engine]:
    with oxigraph(folder / "store", free_port(), how="serve") as started:
        yield started


def seen(reader: Engine) -> dict[str, int]:
    """Return what an engine says → how often, in one query."""
    return {row["said"]: int(row["n"]) for row in reader.rows(COUNTS)}


def whole(release: Release, marker: str) -> dict[str, int]:
    return {marker: SUBJECTS + SUBJECTS + SUBJECTS // 3, release.id: 1}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("releases") / "out"


@pytest.fixture(scope="module")
def first(out: Path) -> Release:
    return described_release(out, "first")


@pytest.fixture(scope="module")
def second(out: Path, first: Release) -> Release:
    return described_release(out, "second")


def test_a_reader_sees_one_release_or_the_other(first: Release, second: Release, tmp_path: Path) -> None:
    stop = threading.Event()
    with empty_engine(tmp_path) as target, ThreadPoolExecutor(2) as threads:
        done = kg("publish", first.folder, target.url)
        assert (done.returncode, done.stderr.splitlines()[0]) == (0, f"release {first.id} is current in {target.url}")
        assert f"next: kg doctor --engine {target.url} --release {first.folder}\n" in done.stderr
        assert seen(target) == whole(first, "first")
        again = kg("publish", first.folder, target.url).stderr
        assert f"release {first.id} was current in {target.url} already; nothing was sent\n" in again

        def reading() -> list[dict[str, int]]:
            found = [seen(target)]
            while not stop.is_set():
                found.append(seen(target))
            return found

        readers = [threads.submit(reading) for _ in range(2)]
        try:
            for release in (second, first, second, second):
                assert kg("publish", release.folder, target.url).returncode == 0
        finally:
            stop.set()
        answers = [answer for reader in readers for answer in reader.result()]
    assert [each for each in answers if each not in (whole(first, "first"), whole(second, "second"))] == []
    assert whole(second, "second") in answers


def test_what_was_killed_is_done_again(first: Release, second: Release, tmp_path: Path) -> None:
    chance, states = random.Random(3), ({}, whole(first, "first"), whole(second, "second"))
    with empty_engine(tmp_path) as target:
        for release in (first, second):
            for _ in range(5):
                command = [sys.executable, "-m", "kg", "publish", str(release.folder), target.url]
                with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
                    time.sleep(chance.uniform(0.2, 0.8))
                    process.kill()
                found = seen(target)
                assert found in states or not {first.id, second.id} & set(found)
            assert kg("publish", release.folder, target.url).returncode == 0
    assert _content(tmp_path / "store", tmp_path / "dump.nq") == _content(second.store, tmp_path / "dump.nq")


def _content(folder: Path, dump: Path) -> list[bytes]:
    with dump.open("wb") as file:
        store.open_store(folder).dump(file)
    return sorted(dump.read_bytes().splitlines())


def test_two_publishers_do_not_mix_their_releases(first: Release, second: Release, out: Path, tmp_path: Path) -> None:
    third = described_release(out, "third")
    with empty_engine(tmp_path) as target, ThreadPoolExecutor(2) as threads:
        assert kg("publish", first.folder, target.url).returncode == 0
        both = list(threads.map(lambda release: kg("publish", release.folder, target.url), (second, third)))
        assert seen(target) in (whole(second, "second"), whole(third, "third"))
        assert [done.returncode for done in both] == [0, 0], [done.stderr for done in both]


def test_an_engine_with_something_else_is_left_as_it_is(first: Release, second: Release, tmp_path: Path) -> None:
    with empty_engine(tmp_path) as target:
        assert kg("publish", first.folder, target.url).returncode == 0
        alone = tmp_path / "alone"
        assert kg("publish", second.folder, alone).returncode == 0
        assert content(alone / "current") == content(second.folder)
        done = kg("publish", alone, target.url)
        assert (done.returncode, f"the engine holds {first.id}, which is not in" in done.stderr) == (2, True)
        assert seen(target) == whole(first, "first")


def test_another_statement_is_noticed(first: Release, tmp_path: Path) -> None:
    said = f"<http://example.org/0> <{SAYS}>"
    with empty_engine(tmp_path) as target:
        assert kg("publish", first.folder, target.url).returncode == 0
        update = f'DELETE DATA {{ {said} "first" }} ; INSERT DATA {{ {said} "First" }}'.encode()
        headers = {"Content-Type": "application/sparql-update"}
        urlopen(Request(target.url.replace("/query", "/update"), update, headers)).close()
        done = kg("publish", first.folder, target.url)
    assert (done.returncode, f"holds other statements than release {first.id}" in done.stderr) == (2, True)


def test_a_release_of_the_shipped_content_can_be_served_from_the_engine(content_release: Path, tmp_path: Path) -> None:
    with empty_engine(tmp_path) as target:
        done = kg("publish", content_release, target.url)
        assert done.returncode == 0, done.stderr
        checked = doctor("--release", content_release, "--engine", target.url)
        assert checked.returncode == 0, checked.stdout


@pytest.mark.skipif(not is_here("virtuoso"), reason="no virtuoso on this machine")
def test_an_engine_that_would_show_half_of_an_update_is_refused(first: Release, tmp_path: Path) -> None:
    with engine("virtuoso", tmp_path / "virtuoso") as target:
        done = kg("publish", first.folder, target.url)
    assert (done.returncode, "would show half of an update" in done.stderr) == (2, True)
