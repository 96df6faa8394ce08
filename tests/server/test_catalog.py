"""``/catalog``: one document in which harvesters find the sheets, the dumps and the service."""

from __future__ import annotations

import os
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import SH, Graph, Literal, URIRef

from kg.query import FORMATS, Form, Format
from kg.release import open_release
from kg.vocab import DATASET, DCAT, DCT, ENDPOINT, FOAF, KNOWLEDGE_BASE, RDF, RDM, SD, SKOS, SPDX, VCARD, XSD
from tests.server.browsing import content_server
from tests.server.serving import Server

pytestmark = pytest.mark.slow

__all__ = ["content_server"]


def catalogue(server: Server, path: str = "/catalog.ttl") -> Graph:
    reply = server.ask(path)
    assert (reply.status, reply.media_type) == (200, "text/turtle")
    return Graph().parse(data=reply.text, format="turtle")


def things(graph: Graph, kind: str) -> set[str]:
    return set(map(str, graph.subjects(URIRef(RDF.type), URIRef(kind))))


def values(graph: Graph, subject: object, predicate: str) -> set[str]:
    return set(map(str, graph.objects(URIRef(str(subject)), URIRef(predicate))))


def sheets(release: Path) -> set[str]:
    return things(Graph().parse(open_release(release).dumps / "rdm-kg.ttl"), RDM.CheatSheet)


@pytest.mark.parametrize("wanted", FORMATS[Form.GRAPH], ids=lambda wanted: wanted.name)
def test_the_catalogue_is_had_in_every_format_by_name_and_by_header(server: Server, wanted: Format) -> None:
    replies = [
        server.ask(f"/catalog.{wanted.extension}"),
        server.ask(f"/catalog?format={wanted.name}"),
        server.ask("/catalog", headers={"Accept": wanted.media_type}),
    ]
    syntax = ox.RdfFormat.from_media_type(wanted.media_type)
    for reply in replies:
        assert (reply.status, reply.media_type) == (200, wanted.media_type)
        found = {str(quad.triple) for quad in ox.parse(reply.body, syntax)}
        assert f"<{server.url}/sparql#service> <{RDF.type}> <{SD.Service}>" in found
    assert server.ask("/catalog", headers={"Accept": "image/png"}).status == 406
    assert server.ask("/catalog.csv").status == 404
    assert server.ask("/catalog", headers={"Accept": "text/html"}).headers["Location"] == "/"


def test_ckan_finds_every_sheet(content_server: Server, content_release: Path) -> None:
    """By the rule of its extension for DCAT: the subjects of type ``dcat:Dataset``, each with a title."""
    graph = catalogue(content_server)
    found, expected = things(graph, DCAT.Dataset), sheets(content_release)
    assert found == expected | {DATASET, f"{DATASET}/{open_release(content_release).id}"}
    assert len(expected) > 1
    assert all(values(graph, dataset, DCT.title) for dataset in found)


def test_the_norwegian_parser_finds_every_sheet_and_the_service(content_server: Server, content_release: Path) -> None:
    parser = pytest.importorskip("fdk_rdf_parser", reason="the extra test is installed without fdk-rdf-parser")
    text = content_server.ask("/catalog.ttl").text
    found = parser.parse_datasets(text)
    assert found.keys() >= sheets(content_release)
    for iri, dataset in found.items():
        assert dataset.title, iri
        assert dataset.publisher.uri, iri
        assert [contact.email for contact in dataset.contactPoint] == [None], iri
        assert dataset.catalog.uri, iri
    of_release = found[f"{DATASET}/{open_release(content_release).id}"]
    assert {each.license[0].uri.rpartition("/")[2] for each in of_release.distribution} == {"CC_BYSA_4_0"}
    assert parser.parse_data_services(text).keys() == {ENDPOINT}


def test_every_catalogue_dataset_and_service_says_who_and_under_which_licence(content_server: Server) -> None:
    graph = catalogue(content_server)
    for kind in (DCAT.Catalog, DCAT.Dataset, DCAT.DataService):
        for thing in things(graph, kind):
            (publisher,), (contact,) = values(graph, thing, DCT.publisher), values(graph, thing, DCAT.contactPoint)
            assert values(graph, publisher, FOAF.name), thing
            assert values(graph, contact, VCARD.fn), thing
            (licence,) = values(graph, thing, DCT.license)
            assert values(graph, licence, SKOS.exactMatch), thing
    assert not [o for o in graph.objects() if str(o).startswith("mailto:") or "@" in str(o)]


def test_each_dump_has_its_type_format_size_and_checksum(content_server: Server, content_release: Path) -> None:
    graph, release = catalogue(content_server), open_release(content_release)
    dumps = values(graph, f"{DATASET}/{release.id}", DCAT.distribution)
    found = {}
    for dump in dumps:
        (address,), (checksum,) = values(graph, dump, DCAT.downloadURL), values(graph, dump, SPDX.checksum)
        assert content_server.ask(address.removeprefix(content_server.url), "HEAD").status == 200
        assert values(graph, dump, DCAT.mediaType), dump
        assert values(graph, dump, DCT["format"]), dump
        assert values(graph, dump, DCT.license), dump
        (sum_,), (size,) = values(graph, checksum, SPDX.checksumValue), values(graph, dump, DCAT.byteSize)
        assert (None, None, Literal(size, datatype=URIRef(XSD.nonNegativeInteger))) in graph
        words = {"ttl": "the union of all named graphs", "nq": "with the named graphs"}[address.rpartition(".")[2]]
        assert words in next(iter(values(graph, dump, DCT.description)))
        found[address.removeprefix(f"{content_server.url}/")] = {"bytes": int(size), "sha256": sum_.lower()}
    assert found == {name: facts for name, facts in release.manifest["files"].items() if name.startswith("dumps/")}


def test_the_service_has_an_address_and_descriptions_that_exist(content_server: Server, content_release: Path) -> None:
    graph = catalogue(content_server)
    assert things(graph, DCAT.DataService) == {ENDPOINT}
    assert values(graph, ENDPOINT, DCAT.endpointURL) == {ENDPOINT}
    described = values(graph, ENDPOINT, DCAT.endpointDescription)
    assert described == {f"{content_server.url}/{name}" for name in ("sparql", "openapi.json")}
    for address in described:
        assert content_server.ask(address.removeprefix(content_server.url)).status == 200
    assert values(graph, ENDPOINT, DCAT.servesDataset) >= sheets(content_release) | {DATASET}


def test_the_catalogue_is_found_from_the_places_where_clients_look(content_server: Server) -> None:
    moved = content_server.ask("/.well-known/dcat?format=turtle")
    assert (moved.status, moved.headers["Location"]) == (303, "/catalog?format=turtle")
    void = Graph().parse(data=content_server.ask("/.well-known/void?format=turtle").text, format="turtle")
    assert values(void, KNOWLEDGE_BASE, FOAF.isPrimaryTopicOf) == {f"{content_server.url}/catalog"}
    assert "/catalog.ttl" in content_server.ask("/", headers={"Accept": "text/html"}).text
    assert "/catalog" in content_server.ask("/openapi.json").text


REFERENCE = Path(os.environ.get("KG_REFERENCE", "/nowhere")) / "shapes"
SHAPES = ("dcatap301_shapes", "dcatap301_range", "dcatap301_full_fixed", "dcatapno200")
CONFLICTS = {
    # DCAT-AP-NO 2.0 is of the time of DCAT-AP 2, where a size was a decimal and the only checksum was SHA-1
    "dcatapno200": {DCAT.byteSize, SPDX.algorithm},
}


@pytest.mark.slow
@pytest.mark.skipif(not REFERENCE.is_dir(), reason="KG_REFERENCE names no folder with the shapes of DCAT-AP")
@pytest.mark.parametrize("shapes", SHAPES)
def test_the_catalogue_conforms_alone(shapes: str, content_server: Server) -> None:
    graph = catalogue(content_server)
    _, results, report = pyshacl.validate(graph, shacl_graph=Graph().parse(REFERENCE / f"{shapes}.ttl"))
    assert isinstance(results, Graph)
    broken = {
        str(results.value(result, SH.resultPath))
        for result in results.subjects(URIRef(RDF.type), SH.ValidationResult)
        if results.value(result, SH.resultSeverity) == SH.Violation
    }
    assert broken == CONFLICTS.get(shapes, set()), report
