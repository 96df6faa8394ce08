"""Provenance of a page's graph."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef

from kg import __version__
from kg.page_to_rdf.provenance import provenance_to_rdf
from kg.page_to_rdf.statements import Statements
from kg.site import Site, open_site
from kg.site.history import LastChange, State, with_history
from kg.vocab import ADMS, DCT, FOAF, PROV, RDF, SCHEMA, XSD
from tests.change.checkout import commit
from tests.conftest import write_site

PAGE = "https://w3id.org/rdm-kg/id/a-site/page/a"
FILE = URIRef(f"{PAGE}#md")
HASH = "0123456789012345678901234567890123456789"


def graph_of(folder: Path, change: LastChange | None) -> Graph:
    return graph_of_site(replace(open_site(folder), history={"a.md": change} if change else {}))


def graph_of_site(site: Site) -> Graph:
    say = Statements(f"{PAGE}#graph")
    provenance_to_rdf(say, PAGE, str(FILE), "a.md", site)
    return say.graph


def test_where_git_was_not_asked_the_file_alone_is_named(tmp_path: Path) -> None:
    graph = graph_of_site(open_site(write_site(tmp_path, {}, "title: A site\n")))
    assert set(graph) == {
        (URIRef(f"{PAGE}#graph"), URIRef(PROV.wasDerivedFrom), FILE),
        (FILE, URIRef(DCT.identifier), Literal("a.md")),
    }


def test_a_graph_names_its_file_commit_time_and_builder(tmp_path: Path) -> None:
    write_site(tmp_path, {"a.md": "one\n"}, "title: A site\nrepository: somebody/a-site.git\n")
    made = commit(tmp_path)
    graph = graph_of_site(with_history(open_site(tmp_path)))
    (node,) = graph.objects(FILE, URIRef(PROV.wasGeneratedBy))
    assert node == URIRef(f"https://w3id.org/rdm-kg/id/a-site/commit/{made}")
    assert graph.value(node, URIRef(DCT.identifier)) == Literal(made)
    assert graph.value(node, URIRef(FOAF.page)) == URIRef(f"https://github.com/somebody/a-site/commit/{made}")
    time = Literal("2026-03-01T10:00:00Z", datatype=URIRef(XSD.dateTime))
    for subject, predicate in ((URIRef(PAGE), DCT.modified), (FILE, DCT.modified), (node, PROV.endedAtTime)):
        assert list(graph.objects(subject, URIRef(predicate))) == [time]
    assert (URIRef(f"{PAGE}#graph"), URIRef(PROV.wasDerivedFrom), FILE) in graph
    (builder,) = graph.objects(URIRef(f"{PAGE}#graph"), URIRef(PROV.wasAttributedTo))
    assert (builder, URIRef(RDF.type), URIRef(PROV.SoftwareAgent)) in graph
    assert graph.value(builder, URIRef(SCHEMA.softwareVersion)) == Literal(__version__)
    said = graph.serialize(format="nt").lower()
    assert "committing" not in said
    assert "tester" not in said
    assert "@example.org" not in said


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (LastChange(State.MODIFIED, HASH, ""), f"Changed after commit {HASH}; the change is in no commit."),
        (LastChange(State.MODIFIED, "", ""), "Changed, and the change is in no commit."),
        (LastChange(State.KEPT, HASH, ""), f"As in commit {HASH}; what was before it is not known."),
        (LastChange(State.NEW, "", ""), "In no commit."),
        (None, None),
    ],
)
def test_no_commit_is_claimed_that_did_not_make_the_file(
    change: LastChange | None, note: str | None, tmp_path: Path
) -> None:
    graph = graph_of(write_site(tmp_path, {}, "title: A site\n"), change)
    assert not list(graph.triples((None, URIRef(PROV.wasGeneratedBy), None)))
    assert not list(graph.triples((None, URIRef(DCT.modified), None)))
    assert graph.value(FILE, URIRef(ADMS.versionNotes)) == (Literal(note, lang="en") if note else None)
    assert (URIRef(f"{PAGE}#graph"), URIRef(PROV.wasDerivedFrom), FILE) in graph


@pytest.mark.parametrize(
    ("repository", "address"),
    [
        ("somebody/site", "https://github.com/somebody/site"),
        ("https://github.com/somebody/site", "https://github.com/somebody/site"),
        ("https://elsewhere.example/somebody/site", None),
        ("'somebody/site\" onload'", None),
    ],
)
def test_a_commit_has_a_page_where_the_configuration_names_the_repository(
    repository: str, address: str | None, tmp_path: Path
) -> None:
    site = write_site(tmp_path, {}, f"title: A site\nrepository: {repository}\n")
    graph = graph_of(site, LastChange(State.COMMITTED, HASH, "2026-03-01T10:00:00Z"))
    pages = list(graph.objects(None, URIRef(FOAF.page)))
    assert pages == ([URIRef(f"{address}/commit/{HASH}")] if address else [])
