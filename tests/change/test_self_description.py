"""The self-description of a release, compared with counts made by the store."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pyshacl
import pytest
from rdflib import Graph, Literal, URIRef

from kg.cli import main
from kg.query import BINDINGS_FORMATS, DEFAULT_GRAPH, Query
from kg.release import Release, open_release
from kg.release.description import describe
from kg.release.partitions import partition
from kg.release.statistics import count, of_plain, plain
from kg.store.oxigraph import open_store
from kg.vocab import DATASET, DCAT, DCT, DESCRIPTION_GRAPH, RDF, RDM, SPDX, VOID
from kg.vocab import ROOT as ROOT_IRI
from tests.conftest import write_site
from tests.growth import LINEAR, growth

pytestmark = pytest.mark.slow

ROOT = "https://server.example/kg/"


def described(release: Release, previous: str = "") -> Graph:
    found = count(release.graph)
    text = describe(found, release.manifest, previous) + partition(found, release.id, release.checksum_of_graph)
    return Graph().parse(data=text, format="turtle", publicID=ROOT)


def ask(release: Release, query: str) -> list[dict[str, str]]:
    out = io.BytesIO()
    open_store(release.store).ask(Query(query)).write(out, BINDINGS_FORMATS[0])
    rows = json.loads(out.getvalue())["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in rows]


def number(graph: Graph, subject: object, predicate: str) -> int:
    value = graph.value(URIRef(str(subject)), URIRef(predicate))
    assert isinstance(value, Literal)
    return int(value)


def test_counts_are_the_same_after_they_were_kept(content_release: Path) -> None:
    release = open_release(content_release)
    found = count(release.graph)
    kept = of_plain(json.loads(json.dumps(plain(found))))
    assert kept == found
    assert found.links
    one, other = (partition(each, release.id, release.checksum_of_graph) for each in (kept, found))
    assert one == other


def test_the_counts_are_those_of_the_store(content_release: Path) -> None:
    release = open_release(content_release)
    graph, this = described(release), f"{DATASET}/{release.id}"
    for query, predicate in {
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }": VOID.triples,
        "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }": VOID.distinctSubjects,
        "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }": VOID.distinctObjects,
        "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }": VOID.properties,
        "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }": VOID.classes,
        "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c }": VOID.entities,
    }.items():
        assert number(graph, this, predicate) == int(ask(release, query)[0]["n"]), query
    assert number(graph, this, VOID.triples) == release.manifest["counts"]["triples"]


def test_each_class_and_property_has_its_partition(content_release: Path) -> None:
    release = open_release(content_release)
    graph, this = described(release), URIRef(f"{DATASET}/{release.id}")
    classes = {
        str(graph.value(part, URIRef(VOID["class"]))): number(graph, part, VOID.entities)
        for part in graph.objects(this, URIRef(VOID.classPartition))
    }
    told = ask(release, "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c")
    assert classes == {row["c"]: int(row["n"]) for row in told}
    properties = {
        str(graph.value(part, URIRef(VOID.property))): (
            number(graph, part, VOID.triples),
            number(graph, part, VOID.distinctSubjects),
        )
        for part in graph.objects(this, URIRef(VOID.propertyPartition))
    }
    told = ask(release, "SELECT ?p (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?m) { ?s ?p ?o } GROUP BY ?p")
    assert properties == {row["p"]: (int(row["n"]), int(row["m"])) for row in told}


def test_the_links_to_other_data_sets_are_counted(content_release: Path) -> None:
    release = open_release(content_release)
    graph = described(release)
    space = "https://doi.org/10.25504/FAIRsharing."
    (target,) = graph.subjects(URIRef(VOID.uriSpace), Literal(space))
    links = {
        str(graph.value(links, URIRef(VOID.linkPredicate))): number(graph, links, VOID.triples)
        for links in graph.subjects(URIRef(VOID.objectsTarget), target)
    }
    told = ask(
        release,
        f"SELECT ?p (COUNT(*) AS ?n) {{ ?s ?p ?o FILTER(STRSTARTS(STR(?o), '{space}') "
        f"&& isIRI(?o) && !STRSTARTS(STR(?s), '{space}')) }} GROUP BY ?p",
    )
    assert links == {row["p"]: int(row["n"]) for row in told}
    assert RDM.recommendsFormat in links


def test_dumps_are_distributions_with_sizes_checksums_and_addresses_at_the_server(content_release: Path) -> None:
    release = open_release(content_release)
    graph, this = described(release, previous="0123456789abcdef"), URIRef(f"{DATASET}/{release.id}")
    files = {}
    for dump in graph.objects(this, URIRef(DCAT.distribution)):
        checksum = graph.value(dump, URIRef(SPDX.checksum))
        sha256 = graph.value(checksum, URIRef(SPDX.checksumValue))
        address = str(graph.value(dump, URIRef(DCAT.downloadURL)))
        assert address.startswith(ROOT)
        assert str(graph.value(dump, URIRef(DCAT.mediaType))).startswith("https://www.iana.org/")
        files[address.removeprefix(ROOT)] = {"bytes": number(graph, dump, DCAT.byteSize), "sha256": str(sha256)}
    listed = release.manifest["files"]
    assert files == {name: facts for name, facts in listed.items() if name.startswith("dumps/")} != {}
    assert str(graph.value(this, URIRef(DCAT.version))) == release.id
    assert graph.value(this, URIRef(DCAT.previousVersion)) == URIRef(f"{DATASET}/0123456789abcdef")
    assert f'dct:issued "{release.manifest["created"]}"^^' in release.description.read_text()  # RDFLib reads it as +00:00
    assert graph.value(this, URIRef(VOID.sparqlEndpoint)) == URIRef(f"{ROOT}sparql")


def test_the_description_is_the_same_each_time_and_its_example_is_a_sheet(content_release: Path) -> None:
    release = open_release(content_release)
    texts = {describe(count(release.graph), release.manifest) for _ in range(2)}
    assert len(texts) == 1
    example = described(release).value(URIRef(f"{DATASET}/{release.id}"), URIRef(VOID.exampleResource))
    assert ask(release, f"SELECT ?s {{ <{example}> a <{RDM.CheatSheet}> BIND(1 AS ?s) }}")
    assert DCAT.previousVersion not in texts.pop()
    assert (None, URIRef(RDF.type), URIRef(VOID.DatasetDescription)) in described(release)


REFERENCE = Path(os.environ.get("KG_REFERENCE", "/nowhere")) / "shapes"


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="KG_REFERENCE names no folder with DCAT-AP's shapes")
@pytest.mark.parametrize("shapes", ["dcatap301_shapes.ttl", "dcatap301_range.ttl"])
def test_graph_and_description_conform_to_dcat_ap(shapes: str, content_release: Path) -> None:
    release = open_release(content_release)
    both = described(release) + Graph().parse(release.dumps / "rdm-kg.ttl") + Graph().parse(REFERENCE / "stubs.ttl")
    conforms, _, report = pyshacl.validate(both, shacl_graph=Graph().parse(REFERENCE / shapes))
    assert conforms, report


EDITORS = """PREFIX void: <http://rdfs.org/ns/void#>
PREFIX void-ext: <http://ldf.fi/void-ext#>
SELECT DISTINCT ?subjectClass ?prop ?objectClass ?objectDatatype WHERE {
  {
    ?cp void:class ?subjectClass ; void:propertyPartition ?pp . ?pp void:property ?prop .
    OPTIONAL {
      { ?pp void:classPartition [ void:class ?objectClass ] }
      UNION { ?pp void-ext:datatypePartition [ void-ext:datatype ?objectDatatype ] }
    }
  } UNION {
    ?linkset void:subjectsTarget [ void:class ?subjectClass ] ; void:linkPredicate ?prop ;
      void:objectsTarget [ void:class ?objectClass ]
  }
}"""
"""The query by which SIB's editor learns the classes and properties of an endpoint."""
STORED = """SELECT ?s ?p ?o ?d (COUNT(*) AS ?n) (COUNT(DISTINCT ?x) AS ?m) {
  ?x a ?s ; ?p ?y
  OPTIONAL { ?y a ?o } BIND(IF(ISLITERAL(?y), DATATYPE(?y), ?none) AS ?d)
} GROUP BY ?s ?p ?o ?d"""
NAMED = f"GRAPH <{DESCRIPTION_GRAPH}>"


def rows_of(release: Release, query: str, names: str, **dataset: tuple[str, ...]) -> set[tuple[str, ...]]:
    out = io.BytesIO()
    open_store(release.store).ask(Query(query, **dataset)).write(out, BINDINGS_FORMATS[0])
    rows = json.loads(out.getvalue())["results"]["bindings"]
    return {tuple(row.get(name, {}).get("value", "") for name in names.split()) for row in rows}


def test_an_editor_learns_which_classes_have_which_properties_with_which_values(content_release: Path) -> None:
    release = open_release(content_release)
    columns = "subjectClass prop objectClass objectDatatype"
    found = rows_of(release, EDITORS, columns, default_graphs=(DEFAULT_GRAPH, DESCRIPTION_GRAPH))
    told = rows_of(release, STORED, "s p o d")
    with_values = {row[:2] for row in told if row[2:] != ("", "")}
    assert found == {row for row in told if row[2:] != ("", "") or row[:2] not in with_values} != set()
    assert found == rows_of(release, EDITORS.replace("WHERE {", f"WHERE {{ {NAMED} {{", 1) + "}", columns)
    assert not rows_of(release, EDITORS, columns)


def test_the_statements_of_each_class_and_property_are_counted_by_the_kinds_of_their_values(
    content_release: Path,
) -> None:
    release = open_release(content_release)
    counted = f"""PREFIX void: <http://rdfs.org/ns/void#> PREFIX void-ext: <http://ldf.fi/void-ext#>
    SELECT ?s ?p ?o ?d ?n {{ {NAMED} {{ ?c void:class ?s ; void:propertyPartition ?part . ?part void:property ?p .
      %s }} }}"""
    of_class = "?part void:classPartition [ void:class ?o ; void:triples ?n ]"
    of_datatype = "?part void-ext:datatypePartition [ void-ext:datatype ?d ; void:triples ?n ]"
    told = {row for row in rows_of(release, STORED, "s p o d n") if row[2:4] != ("", "")}
    counts = [rows_of(release, counted % parts, "s p o d n") for parts in (of_class, of_datatype)]
    assert counts[0] | counts[1] == told
    wholes = f"""PREFIX void: <http://rdfs.org/ns/void#>
    SELECT ?s ?p ?n ?m {{ {NAMED} {{
      ?c void:class ?s ; void:propertyPartition ?part .
      ?part void:property ?p ; void:triples ?n ; void:distinctSubjects ?m }} }}"""
    stored = "SELECT ?s ?p (COUNT(*) AS ?n) (COUNT(DISTINCT ?x) AS ?m) { ?x a ?s ; ?p ?y } GROUP BY ?s ?p"
    assert rows_of(release, wholes, "s p n m") == rows_of(release, stored, "s p n m")


def test_the_description_is_in_the_store_and_in_no_part_of_the_data(content_release: Path) -> None:
    release = open_release(content_release)
    text = release.description.read_text(encoding="utf-8") + release.partitions.read_text(encoding="utf-8")
    expected = Graph().parse(data=text, format="turtle", publicID=ROOT_IRI)
    stored = rows_of(release, f"SELECT ?s ?p ?o {{ {NAMED} {{ ?s ?p ?o }} }}", "s p o")
    assert len(stored) == len(expected)
    # rdflib writes times otherwise
    assert {row for row in stored if "T" not in row[2]} <= {tuple(map(str, triple)) for triple in expected}
    counts = release.manifest["counts"]
    assert rows_of(release, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "n") == {(str(counts["triples"]),)}
    assert not rows_of(release, "SELECT ?part { ?part <http://rdfs.org/ns/void#propertyPartition> ?o }", "part")
    (named,) = rows_of(release, "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }", "n")
    assert named == (str(counts["graphs"] + 1),)
    for file in (release.graph, *release.dumps.iterdir()):
        assert "propertyPartition" not in file.read_text(encoding="utf-8")


def test_a_store_that_is_made_from_the_one_before_has_the_new_description_alone(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {f"p{n}.md": f"---\ntitle: Page {n}\n---\nText.\n" for n in range(20)})
    for text in ("One.", "Two.", "Three."):
        (site / "p1.md").write_text(f"---\ntitle: {text}\n---\n", encoding="utf-8")
        assert main(["build", str(site), "--reasoner", "owlrl", "--out", str(tmp_path / "out")]) == 0
    release = open_release(tmp_path / "out")
    graphs, void = [line.split()[-2] for line in release.graph.read_text(encoding="utf-8").splitlines()], VOID.triples
    assert release.manifest["counts"]["graphs"] == len(set(graphs))
    described = f"SELECT ?s {{ {NAMED} {{ ?s <{void}> ?n ; <{VOID.sparqlEndpoint}> ?e }} }}"
    assert rows_of(release, described, "s") == {(f"{DATASET}/{release.id}",)}


def test_counting_takes_linear_time(tmp_path: Path) -> None:
    def work(size: int) -> None:
        graph = tmp_path / "graph.nq"
        graph.write_text(
            "".join(
                sorted(
                    f"<a:{n}> <{RDF.type}> <b:{n % 7}> <g:> .\n<a:{n}> <c:> <a:{n * 7 % size}> <g:> .\n"
                    for n in range(size)
                )
            )
        )
        partition(count(graph), "0", "0")

    assert growth(work, 4000) < LINEAR
