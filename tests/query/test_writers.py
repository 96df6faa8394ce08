"""Every writer gives back the graph that it was given, in the same bytes each time."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from kg import plugins
from kg.query import FORMATS, Form
from kg.release import Release
from kg.vocab import RDF

WRITERS = plugins.names("kg.writers")
DATASETS = {"nquads", "trig"}


def written(name: str, graph: Path) -> bytes:
    out = io.BytesIO()
    plugins.load("kg.writers", name).write(graph, out)
    return out.getvalue()


def test_there_is_a_writer_for_every_format_of_a_graph() -> None:
    assert {plugins.load("kg.writers", name).FORMAT for name in WRITERS} == set(FORMATS[Form.GRAPH])
    assert all(plugins.load("kg.writers", name).FORMAT.name == name for name in WRITERS)


@pytest.mark.parametrize("name", WRITERS)
def test_what_is_written_is_the_graph(name: str, release: Release, statements: list[ox.Quad]) -> None:
    syntax = ox.RdfFormat.from_media_type(plugins.load("kg.writers", name).FORMAT.media_type)
    read = list(ox.parse(written(name, release.graph), syntax))
    if name in DATASETS:
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


@pytest.mark.parametrize("name", WRITERS)
def test_another_process_gives_the_same_bytes(name: str, release: Release) -> None:
    program = (
        "import sys, pathlib, kg.plugins as p;"
        "p.load('kg.writers', sys.argv[1]).write(pathlib.Path(sys.argv[2]), sys.stdout.buffer)"
    )
    other = subprocess.run([sys.executable, "-c", program, name, str(release.graph)], capture_output=True, check=True)
    assert other.stdout == written(name, release.graph)


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


def test_listing_writers_imports_no_rdf_library() -> None:
    program = "import sys, kg.plugins as p; p.names('kg.writers'); print({'rdflib', 'pyoxigraph'} & set(sys.modules))"
    assert (
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout == "set()\n"
    )
