"""The documentation page and files of the ontology."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rdflib import BNode, Graph
from rdflib.compare import isomorphic

from kg.page_html.ontology import document_ontology, ontology_graph
from kg.page_html.terms import anchor
from kg.vocab import RDM, ROLE, SECTION
from tests.ontology.conftest import RDM_TTL

OWN = [iri for namespace in (RDM, ROLE, SECTION) for iri in namespace.terms.values()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("made") / "ontology"
    document_ontology(made)
    return made


class Page(HTMLParser):
    """A page's anchors, links and words by anchor."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: list[str] = []
        self.links: list[str] = []
        self.words: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        self.anchors += [found["id"] or ""] if "id" in found else []
        self.links += [found["href"] or ""] if "href" in found else []

    def handle_data(self, data: str) -> None:
        if self.anchors:
            said = f"{self.words.get(self.anchors[-1], '')} {data}"
            self.words[self.anchors[-1]] = re.sub(r"\s+", " ", said)


@pytest.fixture(scope="module")
def page(folder: Path) -> Page:
    return Page((folder / "ont.html").read_text("utf-8"))


def test_each_term_has_one_place_with_its_iri(page: Page) -> None:
    assert len(set(page.anchors)) == len(page.anchors)
    for iri in OWN:
        assert f" {iri} " in page.words[anchor(iri)]


def test_no_link_within_the_page_leads_nowhere(page: Page, folder: Path) -> None:
    inner = {link[1:] for link in page.links if link.startswith("#")}
    assert inner <= set(page.anchors)
    files = {link for link in page.links if "/" not in link and not link.startswith("#")}
    assert files == {"ont.css", "ont.ttl", "ont.nt", "ont.jsonld", "ont.rdf"}
    assert files | {"ont.html"} == {file.name for file in folder.iterdir()}


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ("DepositionTarget", "Defined as repository and inverse of recommends deposit in some page of advice"),
        ("CheatSheet", "Subclass of dcat:Dataset , page of advice Has subclasses imaging sheet , regulated sheet"),
        ("recommends", "Inverse of recommended by"),
        ("recommendedBy", "Inverse of recommends"),
        ("DataFormat", "In the range of recommends format"),
        ("recommendsFormat", "Domain advice Range data format Subproperty of recommends standard"),
        ("heading", "Range rdf:langString"),
        ("Tool", "Disjoint with eli:LegalResource , foaf:Person , mention , page"),
        ("ImagingModality", "Used by imaging data type , imaging sheet"),
    ],
)
def test_a_term_tells_how_it_stands_to_others(page: Page, term: str, words: str) -> None:
    assert words in page.words[term]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own reader of JSON-LD uses it
@pytest.mark.parametrize(
    ("extension", "reader"), [("ttl", "turtle"), ("nt", "nt"), ("jsonld", "json-ld"), ("rdf", "xml")]
)
def test_every_format_says_the_same(folder: Path, turtle: Graph, extension: str, reader: str) -> None:
    assert isomorphic(Graph().parse(folder / f"ont.{extension}", format=reader), turtle)


def test_the_turtle_is_the_file_itself(folder: Path) -> None:
    assert (folder / "ont.ttl").read_bytes() == RDM_TTL.read_bytes()


def test_as_a_named_graph_it_has_no_blank_node(turtle: Graph) -> None:
    graph = ontology_graph()
    assert not [term for statement in graph for term in statement if isinstance(term, BNode)]
    assert len(graph) == len(turtle)
    unnamed = sorted({str(s) for s in graph.subjects() if "/ont/node/" in str(s)})
    assert len(unnamed) == len({s for s in turtle.subjects() if isinstance(s, BNode)})
    assert unnamed == sorted({str(s) for s in ontology_graph().subjects() if "/ont/node/" in str(s)})


MAKE = "import sys; from pathlib import Path; from kg.page_html.ontology import *; document_ontology(Path(sys.argv[1]))"


def test_the_same_ontology_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    environ = {**os.environ, "PYTHONHASHSEED": "11", "PYTHONWARNINGS": "error"}
    subprocess.run([sys.executable, "-c", MAKE, tmp_path / "again"], env=environ, check=True)
    for file in folder.iterdir():
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes()


def test_text_of_an_ontology_is_no_markup(tmp_path: Path) -> None:
    strange = RDM_TTL.read_text("utf-8").replace('rdfs:label "tool"@en', 'rdfs:label "<b>tool</b> & more"@en')
    (tmp_path / "strange.ttl").write_text(strange, "utf-8")
    document_ontology(tmp_path / "out", tmp_path / "strange.ttl")
    assert "&lt;b&gt;tool&lt;/b&gt; &amp; more" in (tmp_path / "out" / "ont.html").read_text("utf-8")
