"""Metadata of a site as a catalogue, and of its cheat sheets as datasets of the catalogue."""

from __future__ import annotations

from pathlib import Path

from rdflib import Graph, URIRef

from kg.build.compile import read_site
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.page_to_rdf import PagesToRdf, site_graph, top_graph
from kg.page_to_rdf.authorities import SCIENCE
from kg.vocab import DCAT, DCT, ENDPOINT, RDF, RDM, SKOS, VCARD, Minter
from tests.conftest import write_site

CONFIG = "title: A site\nurl: https://site.example\nlang: nb\n"
PAGES = {
    "sheet.md": "---\ntype: cheat_sheet\npage_id: sheet\ntitle: Sheet\n---\nText.\n",
    "task.md": "---\ntype: your_task\npage_id: task\ntitle: Task\n---\nText.\n",
}
MINT = Minter("s")
CC_BY = "https://creativecommons.org/licenses/by/4.0/"
EU_CC_BY = "http://publications.europa.eu/resource/authority/licence/CC_BY_4_0"


def described(folder: Path, profile: str = "") -> Graph:
    build = read_site(write_site(folder, {**PAGES, "rdm-kg.toml": f'key = "s"\n{profile}'}, CONFIG))
    to_rdf = PagesToRdf(build.pages, build.site, FairsharingCrosswalk.load())
    union = site_graph(build.pages, build.site) + top_graph([build.site])
    for page in build.pages:
        union += to_rdf.graph(page)
    return union


def values(graph: Graph, subject: str, predicate: str) -> set[str]:
    return {str(value) for value in graph.objects(URIRef(subject), URIRef(predicate))}


def test_the_endpoint_serves_the_sheets_that_the_catalogue_lists(tmp_path: Path) -> None:
    graph = described(tmp_path)
    sheet = MINT.page("sheet")
    assert values(graph, MINT.catalog, DCAT.dataset) == values(graph, ENDPOINT, DCAT.servesDataset) == {sheet}
    assert values(graph, sheet, DCAT.theme) == {SCIENCE}
    assert values(graph, SCIENCE, SKOS.prefLabel) == {"Science and technology"}


def test_the_type_of_a_sheet_is_its_class_and_that_of_another_page_a_word(tmp_path: Path) -> None:
    graph = described(tmp_path)
    assert RDM.CheatSheet in values(graph, MINT.page("sheet"), RDF.type)
    assert values(graph, MINT.page("sheet"), DCT.type) == set()
    assert values(graph, MINT.page("task"), DCT.type) == {"your_task"}


def test_a_licence_has_the_iri_of_the_eus_list_where_there_is_one(tmp_path: Path) -> None:
    known = described(tmp_path / "known", f'license = "{CC_BY}deed.nb"\n')
    assert values(known, MINT.catalog, DCT.license) == {EU_CC_BY}
    assert values(known, MINT.page("sheet") + "#md", DCT.license) == {EU_CC_BY}
    assert values(known, EU_CC_BY, SKOS.exactMatch) == {CC_BY}
    own = described(tmp_path / "own", 'license = "https://site.example/terms"\n')
    assert values(own, MINT.catalog, DCT.license) == {"https://site.example/terms"}
    assert values(own, "https://site.example/terms", RDF.type) == {DCT.LicenseDocument}


def test_a_language_is_one_of_the_eus_list(tmp_path: Path) -> None:
    graph = described(tmp_path)
    (language,) = values(graph, MINT.catalog, DCT.language)
    assert language.endswith("/authority/language/NOB")
    assert values(graph, language, RDF.type) == {DCT.LinguisticSystem}


def test_a_contact_is_an_organisation_unless_it_has_a_name_of_its_own(tmp_path: Path) -> None:
    contact = f"{MINT.catalog}#contact"
    same = described(tmp_path / "same", '[publisher]\nname = "An institute"\n')
    assert values(same, contact, RDF.type) == {VCARD.Kind, VCARD.Organization}
    other = described(tmp_path / "other", '[publisher]\nname = "An institute"\n[contact]\nname = "Ada Example"\n')
    assert values(other, contact, RDF.type) == {VCARD.Kind}
