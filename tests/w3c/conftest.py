"""The running server for the suites."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.release import new_release, publish
from kg.store import oxigraph
from tests.server.serving import Server, run_server
from tests.w3c.asking import data_files
from tests.w3c.manifest import DATA, iri_of


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a server over one release with each file of the suites' data as the graph of the file's IRI.

    A test selects its dataset by the parameters of the protocol. Named graphs of TriG files keep their names.
    """
    out = tmp_path_factory.mktemp("w3c")
    with new_release(out) as draft:
        lines = [line for file in sorted(data_files()) for line in _quads(file)]
        (draft / "graph.nq").write_text("".join(lines), encoding="utf-8")
        counts = oxigraph.create(draft / "store", draft / "graph.nq")
        facts = {"triples": counts.triples, "quads": counts.quads, "graphs": counts.graphs}
        publish(draft, {"created": "2025-01-01T00:00:00Z", "builder": "test", "sites": [], "counts": facts})
    served = run_server(out, ["--release", str(out), "--port", "0"])
    yield served
    assert served.end() == 0
    assert "Traceback" not in served.log.read_text()


def _quads(file: Path) -> list[str]:
    iri = iri_of(file)
    quads = ox.parse(path=file, format=DATA[file.suffix], base_iri=iri, rename_blank_nodes=True)
    return [f"{_in_its_graph(quad, iri)} .\n" for quad in quads]


def _in_its_graph(quad: ox.Quad, iri: str) -> ox.Quad:
    if isinstance(quad.graph_name, ox.NamedNode):
        return quad
    return ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(iri))
