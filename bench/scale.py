"""Growth with the size of the graph: the shapes of a real site, copied until there are so many statements.

    python -m bench.scale [GRAPH] [--sizes 10000 100000 1000000 10000000]

GRAPH is the ``graph.nq`` of a release, by default that of the shipped content. A copy has pages, people and mentions of
its own, and recommends the same records of registries, as another site would. For each size: the seconds to fill the
store and the search index, and their megabytes; the seconds from the start of ``kg serve`` to its first answer; the
canned questions, each asked for the first time; a search; the memory of all processes. The questions and the start are
compared with ``oxigraph serve-read-only`` over the same store, if it is installed.
"""

from __future__ import annotations

import argparse
import http.client
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from bench.processes import memory
from bench.report import HEADER, SLOPE, Row, Scale, compared, slope
from bench.servers import JSON, Endpoint, content_graph, installed, running
from kg.query import canned
from kg.release import new_release, publish
from kg.search_index import FILE, write_index
from kg.store import oxigraph
from kg.vocab import BASE, DCT

SIZES = {
    Scale.QUICK: (10_000, 50_000),
    Scale.NORMAL: (10_000, 100_000, 1_000_000),
    Scale.FULL: (10_000, 100_000, 1_000_000, 10_000_000),
}
SECONDS = 600
"""Longest time of a question."""
FILL, INDEX, START, MEMORY = "filling the store", "filling the search index", "start to first answer", "memory"
MEDIAN, SLOWEST, SEARCH = "canned questions, median", "canned questions, slowest", "search for two words"
MEGABYTE = 1024 * 1024
_OF_SITE = re.compile(rb"<%b(?!fairsharing/)(?=[a-z0-9-]+[/#>])" % BASE.encode())
"""Beginning of the IRI of something of a site."""
_IDENTIFIER = re.compile(
    rb'^(<%b(?!fairsharing/)[^>]*> <%b> "[^"]+)"' % (BASE.encode(), DCT.identifier.encode()), re.MULTILINE
)


def multiply(graph: Path, statements: int, to: Path) -> int:
    """Write about so many statements in sorted lines, copies of those in ``graph`` as other sites; return their number.

    Statements about nothing of a site are the same in all copies.
    """
    lines = graph.read_bytes()
    own = sum(1 for line in lines.splitlines() if _OF_SITE.search(line))
    with tempfile.NamedTemporaryFile(dir=to.parent) as copies:
        copies.write(lines)
        for number in range(1, max(1, statements // own)):
            copies.write(_IDENTIFIER.sub(rb'\1-%d"' % number, _OF_SITE.sub(rb"\g<0>%d-" % number, lines)))
        copies.flush()
        env = {**os.environ, "LC_ALL": "C"}
        command = ["sort", "--unique", "--temporary-directory", str(to.parent), "--output", str(to), copies.name]
        subprocess.run(command, env=env, check=True)  # noqa: S603 - no shell, and paths of our own
    with to.open("rb") as written:
        return sum(1 for _ in written)


def make(folder: Path, graph: Path, statements: int) -> tuple[int, dict[str, float]]:
    """Publish a release of about so many statements in ``folder``; return their number and the figures of making it."""
    found = {}
    with new_release(folder / "out") as draft:
        size = multiply(graph, statements, draft / "graph.nq")
        begun = time.perf_counter()
        counts = oxigraph.create(draft / "store", draft / "graph.nq")
        found[FILL] = time.perf_counter() - begun
        begun = time.perf_counter()
        write_index(draft / "graph.nq", draft / FILE)
        found[INDEX] = time.perf_counter() - begun
        found[f"{FILL}, disk"] = sum(file.stat().st_size for file in (draft / "store").iterdir()) / MEGABYTE
        found[f"{INDEX}, disk"] = (draft / FILE).stat().st_size / MEGABYTE
        about = {"created": "2025-01-01T00:00:00Z", "builder": "bench", "sites": [], "counts": asdict(counts)}
        (folder / "store").symlink_to(publish(draft, about).store)
    return size, found


def questions() -> Iterator[tuple[str, str]]:
    """Yield name and text of the canned questions with their examples."""
    for name, query in canned.load_all().items():
        yield name, query.fill(**{parameter.name: parameter.example for parameter in query.parameters})


def ask(endpoint: Endpoint) -> dict[str, float]:
    """Return the seconds until the whole answer to each question; infinity for one that has none."""
    found = {}
    for name, text in questions():
        begun = time.perf_counter()
        with closing(endpoint.ask(f"{text}# not asked before", JSON, SECONDS)) as connection:
            response = connection.getresponse()
            response.read()
        found[name] = time.perf_counter() - begun if response.status == HTTPStatus.OK else math.inf
    return found


def search(endpoint: Endpoint) -> float:
    """Return the seconds of a search."""
    with closing(http.client.HTTPConnection("127.0.0.1", endpoint.port, SECONDS)) as connection:
        begun = time.perf_counter()
        connection.request("GET", f"/search?format=json&q={quote('microscopy metadata')}")
        connection.getresponse().read()
        return time.perf_counter() - begun


def measure(folder: Path, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return name of a server → its figures over the release in ``folder``."""
    found = {}
    for name in names:
        with running(name, folder) as endpoint:
            asked = ask(endpoint)
            slowest = max(asked, key=asked.__getitem__)
            print(f"slowest of {name}: {slowest}", file=sys.stderr)
            found[name] = {
                START: endpoint.started,
                MEDIAN: statistics.median(asked.values()),
                SLOWEST: asked[slowest],
                MEMORY: memory(endpoint.pid),
            }
            if name == "kg":
                found[name][SEARCH] = search(endpoint)
    return found


def rows(scale: Scale, graph: Path | None = None, sizes: Sequence[int] = ()) -> Iterator[Row]:
    """Yield the rows of the table."""
    names = ["kg", *installed(["oxigraph"])]
    grown: dict[str, dict[int, float]] = {}
    for wanted in sizes or SIZES[scale]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            size, made = make(folder, graph or content_graph(folder / "content"), wanted)
            found = measure(folder, names)
        for what, value in made.items():
            yield Row(f"{what}, {size} statements", "MB" if what.endswith("disk") else "s", [value])
        for what in found["kg"]:
            values = {name: [figures[what]] for name, figures in found.items() if what in figures}
            yield from compared(f"{what}, {size} statements", "MB" if what == MEMORY else "s", values)
        for what, value in (made | found["kg"]).items():
            grown.setdefault(what, {})[size] = value
    for what, values in grown.items():
        if len(values) > 1:
            yield Row(f"{what}, {min(values)} to {max(values)} statements", SLOPE, [slope(values)])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        "python -m bench.scale", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("graph", nargs="?", type=Path)
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES[Scale.NORMAL])
    given = parser.parse_args()
    print(HEADER)
    for row in rows(Scale.NORMAL, given.graph, given.sizes):
        print(row, flush=True)


if __name__ == "__main__":
    main()
