"""The W3C tests of SPARQL Update, through the running server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox
import pytest

from tests.w3c.manifest import DATA, MF, RDFS, UT, Case, Node, cases, iri_of
from tests.writing.clients import Client, run_writable

POSITIVE = ("PositiveUpdateSyntaxTest", "PositiveUpdateSyntaxTest11")
NEGATIVE = ("NegativeUpdateSyntaxTest", "NegativeUpdateSyntaxTest11")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("updates")
    client = run_writable(folder, "--no-release")
    yield client
    assert client.server.end() == 0
    assert "Traceback" not in client.server.log.read_text()


@pytest.mark.parametrize("case", cases("UpdateEvaluationTest"))
def test_an_update_does_what_it_says(client: Client, case: Case) -> None:
    assert client.update("DROP ALL").status == 204
    _store(client, _dataset(case.action))
    reply = client.update(case.action.one(UT + "request").path.read_text(encoding="utf-8"))
    assert reply.status == 204, reply.text
    assert _canonical(_stored(client)) == _canonical(_dataset(case.node.one(MF + "result")))


@pytest.mark.parametrize("case", cases(*POSITIVE))
def test_an_update_is_read(client: Client, case: Case) -> None:
    reply = client.update(case.action.path.read_text(encoding="utf-8"))
    # what is right SPARQL may still ask for what this server refuses, or need a graph that is not there
    assert reply.status in (204, 403, 409), reply.text


@pytest.mark.parametrize("case", cases(*NEGATIVE) + cases("NegativeSyntaxTest11", folders="sparql11/delete-insert"))
def test_what_is_no_update_is_refused(client: Client, case: Case) -> None:
    reply = client.update(case.action.path.read_text(encoding="utf-8"))
    assert reply.status == 400
    assert json.loads(reply.body)["line"] >= 1


def _dataset(node: Node) -> list[ox.Quad]:
    """Return the data of a test before or after the update."""
    quads = [quad for data in node.every(UT + "data") for quad in _read(data.path, None)]
    for named in node.every(UT + "graphData"):
        graph = ox.NamedNode(named.one(RDFS + "label").text)
        quads += [quad for data in named.every(UT + "graph") for quad in _read(data.path, graph)]
    return quads


def _read(path: Path, graph: ox.NamedNode | None) -> Iterator[ox.Quad]:
    for quad in ox.parse(path=path, format=DATA[path.suffix], base_iri=iri_of(path), rename_blank_nodes=True):
        yield ox.Quad(quad.subject, quad.predicate, quad.object, graph or quad.graph_name)


def _store(client: Client, quads: list[ox.Quad]) -> None:
    for name, group in groupby(sorted(quads, key=_graph), key=_graph):
        text = "".join(f"{quad.triple} .\n" for quad in group)
        assert client.put(name, text, "application/n-triples").status in (201, 204)


def _graph(quad: ox.Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""


def _stored(client: Client) -> Iterator[ox.Quad]:
    """Return all statements; the server gives a blank node the same label in each graph."""
    found = json.loads(client.server.query("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }").body)
    for name in ["", *(row["g"]["value"] for row in found["results"]["bindings"])]:
        graph = ox.NamedNode(name) if name else ox.DefaultGraph()
        for quad in ox.parse(client.get(name).body, format=ox.RdfFormat.N_TRIPLES):
            yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)


def _canonical(quads: Iterator[ox.Quad] | list[ox.Quad]) -> set[str]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}
