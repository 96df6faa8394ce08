"""Popular SPARQL client libraries."""

from __future__ import annotations

import gc
import shutil
import subprocess
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore
from SPARQLWrapper import CSV, JSON, JSONLD, POST, POSTDIRECTLY, RDFXML, TSV, TURTLE, XML, SPARQLWrapper

from tests.server.serving import RDM, SHEET, Server
from tests.writing.clients import TOKEN, Client, run_writable

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # rdflib and SPARQLWrapper use what rdflib outdates
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),  # and leave responses to the garbage collector
]

SELECT = f"SELECT ?sheet {{ ?sheet a <{RDM}CheatSheet> }}"
CONSTRUCT = f"CONSTRUCT WHERE {{ <{SHEET}> ?p ?o }}"


@pytest.fixture(autouse=True)
def _leave_nothing() -> Iterator[None]:
    """Collect the objects that these clients leave open, with warnings ignored."""
    yield
    gc.collect()


def wrapper(server: Server, query: str, returned: str) -> SPARQLWrapper:
    made = SPARQLWrapper(server.url + "/sparql")
    made.setQuery(query)
    made.setReturnFormat(returned)
    return made


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not here")
def test_curl(server: Server) -> None:
    command = ["curl", "-sSf", server.url + "/sparql", "-H", "Accept: text/csv", "--data-urlencode", f"query={SELECT}"]
    assert subprocess.run(command, check=True, capture_output=True).stdout.decode().split() == ["sheet", SHEET]


@pytest.mark.parametrize("request_method", ["urlencoded", "postdirectly"])
@pytest.mark.parametrize("method", ["GET", POST])
def test_sparqlwrapper(server: Server, method: str, request_method: str) -> None:
    asked = wrapper(server, SELECT, JSON)
    asked.setMethod(method)
    asked.setRequestMethod(request_method if method == POST else "urlencoded")
    assert asked.queryAndConvert()["results"]["bindings"][0]["sheet"]["value"] == SHEET
    assert POSTDIRECTLY == "postdirectly"


@pytest.mark.parametrize("returned", [XML, CSV, TSV])
def test_sparqlwrapper_formats(server: Server, returned: str) -> None:
    answer = wrapper(server, SELECT, returned).queryAndConvert()
    text = answer.toxml() if returned == XML else answer.decode()
    assert SHEET in text


@pytest.mark.parametrize("returned", [TURTLE, RDFXML, JSONLD, XML])
def test_sparqlwrapper_graphs(server: Server, returned: str) -> None:
    answer = wrapper(server, CONSTRUCT, returned).queryAndConvert()
    graph = answer if isinstance(answer, Graph) else Graph().parse(data=answer, format="turtle")
    assert (URIRef(SHEET), None, URIRef(RDM + "CheatSheet")) in graph
    assert len(graph) == 8


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_store(server: Server, method: str) -> None:
    store = SPARQLStore(server.url + "/sparql", method=method)
    graph = Graph(store)
    assert [str(row[0]) for row in graph.query(SELECT)] == [SHEET]
    assert (URIRef(SHEET), None, None) in graph
    assert len(list(graph.triples((URIRef(SHEET), None, None)))) == 8
    store.close()


def test_rdflib_service(server: Server) -> None:
    answer = Graph().query(f"SELECT * {{ SERVICE <{server.url}/sparql> {{ ?sheet a <{RDM}CheatSheet> }} }}")
    assert [str(row[0]) for row in answer] == [SHEET]


def test_pyoxigraph_federates(server: Server) -> None:
    query = f"SELECT ?sheet {{ SERVICE <{server.url}/sparql> {{ ?sheet a <{RDM}CheatSheet> }} }}"
    answer = ox.Store().query(query)
    assert isinstance(answer, ox.QuerySolutions)
    assert [row["sheet"] for row in answer] == [ox.NamedNode(SHEET)]


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not here")
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["-G", "--data-urlencode", f"query={SELECT}"], SHEET),
        (["-H", "Content-Type: application/sparql-query", "--data-binary", SELECT], SHEET),
        (["--compressed", "--data-urlencode", f"query={CONSTRUCT}"], "CheatSheet"),
        (["-I", "-G", "--data-urlencode", f"query={SELECT}"], "application/sparql-results+json"),
        (["-X", "OPTIONS"], ""),
        (["-L", "--http1.0", "-G", "--data-urlencode", f"query={SELECT}"], SHEET),
        (["-H", "Expect: 100-continue", "--data-urlencode", f"query={SELECT}"], SHEET),
        (["-H", "Transfer-Encoding: chunked", "--data-urlencode", f"query={SELECT}"], SHEET),
    ],
    ids=["url", "body", "compressed", "head", "options", "http1.0", "expect", "chunked"],
)
def test_curl_in_every_way(server: Server, options: list[str], expected: str) -> None:
    command = ["curl", "-sSf", server.url + "/sparql", *options]
    assert expected in subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    client = run_writable(tmp_path_factory.mktemp("writers"), "--no-release")
    yield client
    assert client.server.end() == 0
    assert "Traceback" not in client.server.log.read_text()


def test_rdflib_writes(writer: Client) -> None:
    url, bearer = writer.server.url, {"Authorization": f"Bearer {TOKEN}"}
    store = SPARQLUpdateStore(f"{url}/sparql", f"{url}/update", headers=bearer)
    name, statement = URIRef("urn:rdflib"), (URIRef("urn:s"), URIRef("urn:p"), Literal("ø", lang="nb"))
    graph = Graph(store, name)
    graph.add(statement)
    assert statement in graph
    graph.remove(statement)
    assert len(graph) == 0
    store.close()


def test_sparqlwrapper_writes(writer: Client) -> None:
    asked = wrapper(writer.server, "INSERT DATA { GRAPH <urn:wrapper> { <urn:s> <urn:p> 1 } }", JSON)
    asked.updateEndpoint = f"{writer.server.url}/update"
    asked.addCustomHttpHeader("Authorization", f"Bearer {TOKEN}")
    asked.setMethod(POST)
    asked.query().response.read()
    assert writer.server.query("ASK { GRAPH <urn:wrapper> { <urn:s> <urn:p> 1 } }").text.endswith("true}")
