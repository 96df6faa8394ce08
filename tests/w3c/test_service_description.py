"""SPARQL 1.1 Service Description: the suite's three tests, on a server that reads and on one that writes too."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from kg.query import FORMATS, Form, Format
from tests.server.serving import Server
from tests.w3c.manifest import RDF, Case, cases
from tests.writing.clients import run_writable

SD = "http://www.w3.org/ns/sparql-service-description#"
ENTAILMENT, FORMAT = "http://www.w3.org/ns/entailment/", "http://www.w3.org/ns/formats/"
RANGES = {
    "supportedLanguage": (SD,),
    "feature": (SD,),
    "defaultEntailmentRegime": (ENTAILMENT,),
    "inputFormat": (FORMAT,),
    "resultFormat": (FORMAT,),
}
"""Properties of a service → where their values are defined (section 3.4)."""
CLASSES = {"defaultDataset": "Dataset", "defaultGraph": "Graph"}
"""Properties → the class that what they lead to must have."""
DOMAINS = dict.fromkeys([*RANGES, "endpoint", "defaultDataset"], "Service") | {"defaultGraph": "Dataset"}


@pytest.fixture(scope="module", params=["read-only", "writable"])
def described(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if request.param == "read-only":
        yield request.getfixturevalue("server")
        return
    server = run_writable(tmp_path_factory.mktemp("described"), "--no-release").server
    yield server
    assert server.end() == 0


@pytest.mark.parametrize("case", cases("ServiceDescriptionTest"))
@pytest.mark.parametrize("wanted", FORMATS[Form.GRAPH], ids=lambda wanted: wanted.name)
def test_the_service_describes_itself(described: Server, case: Case, wanted: Format) -> None:
    reply = described.ask("/sparql", headers={"Accept": wanted.media_type})
    assert (reply.status, reply.media_type) == (200, wanted.media_type)
    quads = ox.parse(reply.body, ox.RdfFormat.from_media_type(wanted.media_type), base_iri=described.url)
    graph = {(str(q.subject), q.predicate.value, q.object) for q in quads}
    CHECKS[case.node.text.rpartition("#")[2]](graph, described.url + "/sparql")


Graph = set[tuple[str, str, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]]


def returns_rdf(graph: Graph, endpoint: str) -> None:
    assert graph


def has_endpoint_triple(graph: Graph, endpoint: str) -> None:
    assert [s for s, p, o in graph if p == SD + "endpoint" and o == ox.NamedNode(endpoint)] == [f"<{endpoint}#service>"]


def conforms_to_schema(graph: Graph, endpoint: str) -> None:
    types = {(s, str(o)) for s, p, o in graph if p == RDF + "type"}
    services = {s for s, type_ in types if type_ == f"<{SD}Service>"}
    assert all(len([o for s, p, o in graph if (s, p) == (service, SD + "endpoint")]) == 1 for service in services)
    for subject, predicate, value in graph:
        name = predicate.removeprefix(SD)
        if name == predicate:
            continue
        assert (subject, f"<{SD}{DOMAINS[name]}>") in types
        assert isinstance(value, ox.NamedNode)
        assert value.value.startswith(RANGES.get(name, ("",)))
        assert name not in CLASSES or (str(value), f"<{SD}{CLASSES[name]}>") in types


CHECKS = {
    "returns-rdf": returns_rdf,
    "has-endpoint-triple": has_endpoint_triple,
    "conforms-to-schema": conforms_to_schema,
}
