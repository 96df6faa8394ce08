"""Lines of a graph, the description of a release, and what publishing leaves behind, on three statements."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph, URIRef

from kg import __version__
from kg.release import find_release, new_release, open_release, publish, switch_to, verify
from kg.release.description import describe
from kg.release.nquads import Quad, split, value
from kg.release.partitions import partition
from kg.release.statistics import count
from kg.vocab import BASE, BUILDERS, DATASET, DCAT, DCT, PREFIXES, PROV, RDF, RDM, SPDX, VOID, XSD
from tests.server.test_release import MADE

SHEET, OTHER, DOI = f"{BASE}s/page/a", f"{BASE}s/page/b", "https://doi.org/10.25504/FAIRsharing.b7z8by"
EXTERNAL = "https://www.wikidata.org/x"
G, H = f"<{BASE}s/page/a#graph>", f"<{BASE}s/page/b#graph>"
LINES = sorted(
    f"{line} .\n"
    for line in (
        f"<{SHEET}> <{RDF.type}> <{RDM.CheatSheet}> {G}",
        f"<{SHEET}> <{RDF.type}> <{DCAT.Resource}> {G}",
        f"<{SHEET}> <{RDF.type}> <{DCAT.Resource}> {H}",
        f"<{SHEET}> <{DCT.relation}> <{DOI}> {G}",
        f"<{SHEET}> <{DCT.relation}> <{EXTERNAL}> {G}",
        f'<{OTHER}> <{DCT.title}> "two words . "@en {H}',
        f"<{OTHER}> <{RDF.type}> <{RDM.CheatSheet}> {H}",
        f"<{DOI}> <{DCT.relation}> <{DOI}x> {H}",
    )
)
MANIFEST: Mapping[str, Any] = {
    "release": "0123",
    "created": "2025-01-01T00:00:00Z",
    "sites": [{"key": "s", "title": "A site"}],
    "files": {
        "graph.nq": {"bytes": 1, "sha256": "00"},
        "dumps/all.ttl": {"bytes": 12, "sha256": "ab"},
        "dumps/all.xyz": {"bytes": 0, "sha256": "cd"},
    },
}
THIS = f"{DATASET}/0123"
GRAPH = "0123456789abcdef" * 4
PARTITIONS = f"{DATASET}/partitions/0123456789abcdef"


@pytest.mark.parametrize(
    ("line", "quad"),
    [
        ("<a:s> <a:p> <a:o> <a:g> .\n", Quad("<a:s>", "<a:p>", "<a:o>", "<a:g>")),
        ('<a:s> <a:p> "a b <c> ."@en <a:g> .\n', Quad("<a:s>", "<a:p>", '"a b <c> ."@en', "<a:g>")),
    ],
)
def test_a_line_has_four_terms(line: str, quad: Quad) -> None:
    assert split(line) == quad


@pytest.mark.parametrize(
    ("term", "meaning"),
    [
        ("<http://a/\\u00E6>", "http://a/æ"),
        ('"a\\tb\\bc\\nd\\re\\f"', "a\tb\bc\nd\re\f"),
        ('"\\"a\\" \\\\ \\U0001F600 \\u00e6n"', '"a" \\ \U0001f600 æn'),
        ('"a"@en', "a"),
        ('"<a>"^^<http://a/\\u00E6>', "<a>"),
        ('""', ""),
    ],
)
def test_a_term_means_its_text(term: str, meaning: str) -> None:
    assert value(term) == meaning


@pytest.fixture
def description(tmp_path: Path) -> Graph:
    graph = tmp_path / "graph.nq"
    graph.write_text("".join(LINES), encoding="utf-8")
    found = count(graph)
    text = describe(found, MANIFEST, "0000") + partition(found, MANIFEST["release"], GRAPH)
    return Graph().parse(data=text, publicID="http://a.example/", format="turtle")


def of(graph: Graph, subject: str, predicate: str) -> list[str]:
    return sorted(str(found) for found in graph.objects(URIRef(subject), URIRef(predicate)))


@pytest.mark.parametrize(
    ("predicate", "values"),
    [
        (RDF.type, [DCAT.Dataset, VOID.Dataset]),
        (DCT.title, ["Research data management knowledge graph"]),
        (DCT.description, ["What pages on research data management recommend, and where."]),
        (VOID.triples, ["7"]),
        (VOID.entities, ["2"]),
        (VOID.distinctSubjects, ["3"]),
        (VOID.distinctObjects, ["6"]),
        (VOID.properties, ["3"]),
        (VOID.classes, ["2"]),
        (VOID.uriSpace, [BASE]),
        (VOID.sparqlEndpoint, ["http://a.example/sparql"]),
        (VOID.vocabulary, sorted(str(PREFIXES[prefix]) for prefix in ("dcat", "dct", "rdf", "rdm"))),
        (VOID.exampleResource, [SHEET]),
        (VOID.dataDump, ["http://a.example/dumps/all.ttl", "http://a.example/dumps/all.xyz"]),
        (DCAT.isVersionOf, [DATASET]),
        (DCAT.version, ["0123"]),
        (DCAT.previousVersion, [f"{DATASET}/0000"]),
        (DCT.issued, ["2025-01-01T00:00:00+00:00"]),
        (PROV.wasAttributedTo, [BUILDERS + __version__]),
        (PROV.wasDerivedFrom, [f"{BASE}s"]),
    ],
)
def test_a_release_says_what_it_holds(description: Graph, predicate: str, values: list[str]) -> None:
    assert of(description, THIS, predicate) == sorted(map(str, values))


def test_the_document_is_about_the_release(description: Graph) -> None:
    void = "http://a.example/.well-known/void"
    assert of(description, void, RDF.type) == [VOID.DatasetDescription]
    assert of(description, void, "http://xmlns.com/foaf/0.1/primaryTopic") == [THIS]
    assert of(description, DATASET, DCAT.hasCurrentVersion) == [THIS]
    assert of(description, f"{BASE}s", DCT.title) == ["A site"]
    assert of(description, BUILDERS + __version__, "https://schema.org/softwareVersion") == [__version__]


def test_a_dump_has_size_format_and_checksum(description: Graph) -> None:
    known, unknown = of(description, THIS, DCAT.distribution)
    assert of(description, known, DCAT.downloadURL) == ["http://a.example/dumps/all.ttl"]
    assert of(description, known, DCAT.accessURL) == ["http://a.example/dumps/"]
    assert of(description, known, DCT.title) == ["all.ttl"]
    assert of(description, known, DCAT.byteSize) == ["12"]
    assert of(description, known, RDF.type) == [DCAT.Distribution]
    (turtle,) = of(description, known, DCAT.mediaType)
    assert turtle == "https://www.iana.org/assignments/media-types/text/turtle"
    assert of(description, turtle, RDF.type) == [DCT.MediaType]
    assert of(description, unknown, DCAT.mediaType) == []
    (checksum,) = of(description, known, SPDX.checksum)
    assert of(description, checksum, RDF.type) == [SPDX.Checksum]
    assert of(description, checksum, SPDX.algorithm) == [SPDX.checksumAlgorithm_sha256]
    (said,) = description.objects(URIRef(checksum), URIRef(SPDX.checksumValue))
    assert said.n3().lower() == f'"ab"^^<{XSD.hexBinary}>'.lower()


def test_classes_and_properties_are_counted_one_by_one(description: Graph) -> None:
    classes = {
        of(description, part, VOID["class"])[0]: of(description, part, VOID.entities)
        for part in of(description, THIS, VOID.classPartition)
    }
    assert classes == {RDM.CheatSheet: ["2"], DCAT.Resource: ["1"]}
    properties = {
        of(description, part, VOID.property)[0]: (
            *of(description, part, VOID.triples),
            *of(description, part, VOID.distinctSubjects),
        )
        for part in of(description, THIS, VOID.propertyPartition)
    }
    assert properties == {RDF.type: ("3", "2"), DCT.relation: ("3", "2"), DCT.title: ("1", "1")}


def test_links_to_another_data_set_are_counted_and_its_own_are_not(description: Graph) -> None:
    (links,) = (part for part in of(description, THIS, VOID.subset) if VOID.Linkset in of(description, part, RDF.type))
    assert of(description, links, VOID.linkPredicate) == [DCT.relation]
    assert of(description, links, VOID.triples) == ["1"]
    assert of(description, links, VOID.subjectsTarget) == [THIS]
    (target,) = of(description, links, VOID.objectsTarget)
    assert of(description, target, DCT.title) == ["FAIRsharing"]
    assert of(description, target, VOID.uriSpace) == ["https://doi.org/10.25504/FAIRsharing."]
    assert of(description, target, RDF.type) == [VOID.Dataset]


def test_texts_have_a_language_and_numbers_a_type(description: Graph) -> None:
    said = {
        (THIS, DCT.title): '"Research data management knowledge graph"@en',
        (DATASET, DCT.title): '"Research data management knowledge graph"@en',
        (DATASET, DCT.description): '"What pages on research data management recommend, and where."@en',
        (THIS, DCAT.version): '"0123"',
        (THIS, VOID.triples): f'"7"^^<{XSD.integer}>',
        (f"{THIS}#target-FAIRsharing", DCT.title): '"FAIRsharing"@en',
        (f"{THIS}#dumps/all.ttl", DCAT.byteSize): f'"12"^^<{XSD.nonNegativeInteger}>',
    }
    for (subject, predicate), expected in said.items():
        (found,) = description.objects(URIRef(subject), URIRef(predicate))
        assert found.n3() == expected
    assert of(description, DATASET, RDF.type) == sorted([DCAT.Dataset, VOID.Dataset])


def test_a_part_is_named_after_what_it_counts(description: Graph) -> None:
    subjects = set(map(str, description.subjects()))
    assert {iri.removeprefix(PARTITIONS) for iri in subjects if iri.startswith(PARTITIONS)} == {
        "",
        "#class-dcat:Resource",
        "#class-dcat:Resource-dct:relation",
        "#class-dcat:Resource-rdf:type",
        "#class-rdm:CheatSheet",
        "#class-rdm:CheatSheet-dct:relation",
        "#class-rdm:CheatSheet-dct:title",
        "#class-rdm:CheatSheet-dct:title-rdf:langString",
        "#class-rdm:CheatSheet-rdf:type",
        "#property-dct:relation",
        "#property-dct:title",
        "#property-rdf:type",
    }
    assert {iri.removeprefix(THIS) for iri in subjects if iri.startswith(f"{THIS}#")} == {
        "#crosswalks",
        "#dumps/all.ttl",
        "#dumps/all.ttl-sha256",
        "#dumps/all.xyz",
        "#dumps/all.xyz-sha256",
        "#joins",
        "#links-FAIRsharing-dct:relation",
        "#target-FAIRsharing",
        "#terms",
    }


def test_an_empty_graph_without_a_release_before_it_says_less(tmp_path: Path) -> None:
    (tmp_path / "graph.nq").write_text("")
    found = count(tmp_path / "graph.nq")
    text = describe(found, MANIFEST) + partition(found, "0123", GRAPH)
    graph = Graph().parse(data=text, publicID="http://a.example/", format="turtle")
    assert of(graph, THIS, VOID.triples) == ["0"]
    assert of(graph, THIS, DCAT.previousVersion) == of(graph, THIS, VOID.exampleResource) == []
    assert "@prefix dcat: " in text


def published(out: Path, content: str, store: str = "", **described: Any) -> Path:
    with new_release(out) as draft:
        (draft / "graph.nq").write_text(content)
        (draft / "store").mkdir()
        (draft / "store" / "x").write_text(store)
        facts = MADE | described

        def describe_it(manifest: Mapping[str, Any], before: str) -> None:
            (draft / "description.ttl").write_text(f"{manifest['release']} after {before or 'none'}")

        return publish(draft, facts, describe_it).folder


def test_a_release_describes_itself_and_the_one_before(tmp_path: Path) -> None:
    first = published(tmp_path, "a")
    second = published(tmp_path, "b")
    assert (first / "description.ttl").read_text() == f"{first.name} after none"
    assert (second / "description.ttl").read_text() == f"{second.name} after {first.name}"
    verify(open_release(second))
    facts = open_release(second).manifest["files"]["description.ttl"]
    content = (second / "description.ttl").read_bytes()
    assert facts == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    assert second.stat().st_mode & 0o777 == 0o755


def test_the_name_depends_on_the_content_and_not_on_the_store(tmp_path: Path) -> None:
    contents = [("a", "x"), ("a", "y"), ("b", "x")]
    names = [published(tmp_path / str(number), *content).name for number, content in enumerate(contents)]
    assert names[0] == names[1] != names[2]
    assert all(len(name) == 16 for name in names)


def test_the_same_content_again_follows_itself_and_nothing_is_left_over(tmp_path: Path) -> None:
    first = published(tmp_path, "a")
    assert published(tmp_path, "a") == first
    assert {path.name for path in (tmp_path / "releases").iterdir()} == {first.name, f".{first.name}.verified"}
    assert (first / "description.ttl").read_text() == f"{first.name} after none"


def test_one_can_go_back_to_a_release_that_is_found_by_its_inputs(tmp_path: Path) -> None:
    first = published(tmp_path, "a", inputs="1")
    second = published(tmp_path, "b", inputs="2")
    assert open_release(tmp_path).folder == second
    found = find_release(tmp_path, "1")
    assert found
    switch_to(found)
    assert open_release(tmp_path).folder == first
    assert (tmp_path / "current").readlink() == Path("releases") / first.name
    assert find_release(tmp_path, "3") is None
    (first / "graph.nq").write_text("c")
    assert find_release(tmp_path, "1") is None
