"""Every writer serialises the same graph to the same bytes, which parse to that graph."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from kg.query import DATASET_FORMATS, FORMATS, FORMATS_BY_NAME, Form, Format
from kg.release import Release
from kg.vocab import RDF, RDM
from kg.writers import turtle, write_release

of_each_format = pytest.mark.parametrize("wanted", FORMATS[Form.GRAPH], ids=lambda wanted: wanted.name)


def written(name: str, graph: Path) -> bytes:
    out = io.BytesIO()
    write_release(graph, out, FORMATS_BY_NAME[name])
    return out.getvalue()


@of_each_format
def test_what_is_written_is_the_graph(wanted: Format, release: Release, statements: list[ox.Quad]) -> None:
    syntax = ox.RdfFormat.from_media_type(wanted.media_type)
    read = list(ox.parse(written(wanted.name, release.graph), syntax))
    if wanted in DATASET_FORMATS:
        assert set(read) == set(statements)
    else:
        assert {quad.triple for quad in read} == {quad.triple for quad in statements}
        assert all(quad.graph_name == ox.DefaultGraph() for quad in read)
    assert len(read) == len(set(read))


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's JSON-LD uses it
@pytest.mark.parametrize(("name", "theirs"), [("turtle", "turtle"), ("jsonld", "json-ld"), ("rdfxml", "xml")])
def test_another_library_reads_the_same(name: str, theirs: str, release: Release) -> None:
    read = rdflib.Graph().parse(written(name, release.graph), format=theirs)
    plain = rdflib.Graph().parse(written("ntriples", release.graph), format="nt")
    assert set(read) == set(plain)


@of_each_format
def test_another_process_gives_the_same_bytes(wanted: Format, release: Release) -> None:
    program = (
        "import sys, pathlib, kg.query, kg.writers;"
        "wanted = kg.query.FORMATS_BY_NAME[sys.argv[1]];"
        "kg.writers.write_release(pathlib.Path(sys.argv[2]), sys.stdout.buffer, wanted)"
    )
    command = [sys.executable, "-c", program, wanted.name, str(release.graph)]
    assert subprocess.run(command, capture_output=True, check=True).stdout == written(wanted.name, release.graph)


def test_turtle_is_written_in_one_pass(release: Release) -> None:
    triples = (quad.triple for quad in ox.parse(written("turtle", release.graph), ox.RdfFormat.TURTLE))
    out = io.BytesIO()
    turtle.write(triples, out)
    assert out.getvalue() == written("turtle", release.graph)


def test_a_statement_of_two_graphs_stands_once_and_types_come_first(tmp_path: Path) -> None:
    graph = tmp_path / "graph.nq"
    thing, name = "<https://example.org/a>", "<http://purl.org/dc/terms/title>"
    quads = [f'{thing} {name} "A" <https://example.org/{g}> .\n' for g in "12"]
    graph.write_text("".join([*quads, f"{thing} <{RDF.type}> <https://example.org/C> <https://example.org/1> .\n"]))
    lines = written("turtle", graph).decode().split("\n\n")[1].splitlines()
    assert lines == [f"{thing} a <https://example.org/C> ;", '\tdct:title "A" .']


def test_n_quads_are_the_file_and_n_triples_are_sorted(release: Release) -> None:
    assert written("nquads", release.graph) == release.graph.read_bytes()
    lines = written("ntriples", release.graph).splitlines()
    assert lines == sorted(set(lines))


def test_turtle_reads_well(release: Release) -> None:
    text = written("turtle", release.graph).decode()
    head, _, body = text.partition("\n\n")
    prefixes = head.splitlines()
    assert prefixes == sorted(prefixes)
    assert {line.split()[1] for line in prefixes if line.split()[1] not in body} <= {"rdf:"}  # it is in every "a"
    assert '\n\nfairsharing:es03fk a rdm:Terminology ;\n\tdct:title "NCBI Taxonomy"@en .\n' in text
    assert " 01 ," in text  # a literal as it was written


def test_json_ld_is_compact_and_never_reads_an_iri_as_a_short_name(release: Release) -> None:
    document = json.loads(written("jsonld", release.graph))
    nodes = {node["@id"]: node for node in document["@graph"]}
    assert nodes["dcm:MR"]["@type"] == "rdm:ImagingModality"
    assert nodes["https://w3id.org/rdm-kg/id/test/page/pic#m-1"]["rdm:sourceLine"] == 24
    assert "dct" not in document["@context"]  # because of the IRI <dct:title>
    assert "fairsharing" not in document["@context"]  # its IRI ends in a full stop


def test_turtle_of_many_subjects_has_each_prefix_once_and_an_empty_line_behind_each_subject(tmp_path: Path) -> None:
    graph = tmp_path / "graph.nq"
    subjects = [f"https://example.org/{number:03}" for number in range(250)]
    graph.write_text("".join(f"<{s}> <{RDF.type}> <{RDM.Standard}> <https://example.org/g> .\n" for s in subjects))
    prefixes, *blocks = written("turtle", graph).decode().rstrip().split("\n\n")
    assert sorted(prefixes.split()[1::4]) == ["rdf:", "rdm:"]
    assert blocks == [f"<{subject}> a rdm:Standard ." for subject in subjects]
