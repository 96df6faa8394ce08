"""The search pages over HTTP: the same results as from the store, in every format, for every release."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urlencode

import pytest

from kg.release import new_release, publish
from kg.store import oxigraph
from tests.search.conftest import release_of
from tests.search.test_finding import DICOM, HOSTILE
from tests.server.serving import Server, Start, until

pytestmark = pytest.mark.slow

HTML = {"Accept": "text/html"}
PREFIXES = """PREFIX rdm: <https://w3id.org/rdm-kg/ont#> PREFIX dct: <http://purl.org/dc/terms/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX owl: <http://www.w3.org/2002/07/owl#> PREFIX dcat: <http://www.w3.org/ns/dcat#>
"""
RECOMMENDS = (
    "rdm:recommends|rdm:recommendsStandard|rdm:recommendsFormat|rdm:recommendsTerminology|rdm:recommendsGuideline"
    "|rdm:recommendsDepositIn|rdm:recommendsReuseFrom"
)
KINDS = {
    "cheat-sheet": "?x a rdm:CheatSheet",
    "guidance-page": "?x a rdm:GuidancePage FILTER NOT EXISTS { ?x a rdm:CheatSheet }",
    "page": "?x a rdm:Page FILTER NOT EXISTS { VALUES ?narrow { rdm:CheatSheet rdm:GuidancePage } ?x a ?narrow }",
    "data-format": "?x a rdm:DataFormat",
    "terminology": "?x a rdm:Terminology",
    "reporting-guideline": "?x a rdm:ReportingGuideline",
    "identifier-scheme": "?x a rdm:IdentifierScheme",
    "standard": "?x a rdm:Standard FILTER NOT EXISTS { VALUES ?narrow { rdm:DataFormat rdm:Terminology"
    " rdm:ReportingGuideline rdm:IdentifierScheme } ?x a ?narrow }",
    "repository": "?x a rdm:Repository",
    "service": "?x a rdm:Service",
    "tool": "?x a rdm:Tool",
    "law": "?x a eli:LegalResource",
    "modality": "?x a rdm:ImagingModality",
    "data-type": "?x a rdm:DataType",
    "dmp-template": "?x a rdm:DmpTemplate",
    "person": "?x a foaf:Person",
    "organisation": "?x a foaf:Organization",
    "catalogue": "?x a dcat:Catalog",
}
"""Kind → what is of it."""
COUNTED = {
    "role": "?m rdm:target ?x ; rdm:role ?v",
    "openness": "?m rdm:target ?x ; rdm:openness ?v",
    "modality": "{ ?x rdm:modality|rdm:mentionsModality ?v } UNION"
    f" {{ ?s a rdm:AdvicePage ; {RECOMMENDS} ?x . ?s rdm:mentionsModality ?v }}",
    "site": "BIND('lookup' AS ?v) GRAPH ?g { { ?x ?p ?o } UNION { ?s ?p ?x } }"
    " FILTER(STRSTARTS(STR(?g), 'https://w3id.org/rdm-kg/id/lookup'))",
}
"""Facet → the things and values that it has."""
IS_THING = f"""{{ {" } UNION { ".join(KINDS.values())} }} FILTER EXISTS {{
  ?x dct:title|skos:prefLabel|foaf:name|rdfs:label ?name }}"""


class Tables(HTMLParser):
    """The cells of a page's tables, row by row, each with what all rows share."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._in_cell = False
        self.feed(html)
        same = re.findall(r"<div><dt>(.*?)</dt><dd [^>]*>(.*?)</dd></div>", html)
        for place, row in enumerate(self.rows):
            row += [re.sub(r"<[^>]*>", "", pair[0 if place == 0 else 1]) for pair in same]

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = self._in_cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[-1][-1] += data


def rows(server: Server, path: str) -> list[list[str]]:
    reply = server.ask(path, headers={"Accept": "text/csv"})
    assert (reply.status, reply.media_type) == (200, "text/csv")
    return list(csv.reader(io.StringIO(reply.text)))


def found(server: Server, **parameters: object) -> dict[str, object]:
    reply = server.ask("/search?" + urlencode(parameters, doseq=True), headers={"Accept": "application/json"})
    assert reply.status == 200, reply.text
    assert "Accept" in reply.headers["Vary"]
    return dict(json.loads(reply.body))


def counts(server: Server, **parameters: object) -> dict[str, dict[str, int]]:
    facets = found(server, **parameters)["facets"]
    assert isinstance(facets, dict)
    return {facet: {value["name"]: value["count"] for value in values} for facet, values in facets.items()}


def recount(server: Server, pattern: str) -> dict[str, int]:
    """Return value → things, counted by the store."""
    query = f"SELECT (STR(?v) AS ?value) (COUNT(DISTINCT ?x) AS ?n) {{ {pattern} }} GROUP BY ?v"
    answer = csv.reader(io.StringIO(server.query(PREFIXES + query, "text/csv").text))
    return {value.removeprefix("https://w3id.org/rdm-kg/role/"): int(number) for value, number in list(answer)[1:]}


@pytest.mark.parametrize("kind", KINDS)
def test_the_count_of_a_kind_is_the_stores(server: Server, kind: str) -> None:
    named = "?x dct:title|skos:prefLabel|foaf:name|rdfs:label ?name"
    expected = recount(server, f"BIND('{kind}' AS ?v) {KINDS[kind]} FILTER EXISTS {{ {named} }}")
    assert counts(server)["kind"][kind] == expected[kind] > 0
    assert found(server, kind=kind)["total"] == expected[kind]


@pytest.mark.parametrize("facet", ["role", "openness", "modality"])
def test_the_counts_of_a_facet_are_the_stores(server: Server, facet: str) -> None:
    assert counts(server)[facet] == recount(server, f"{COUNTED[facet]} {IS_THING}") != {}


@pytest.mark.parametrize("facet", ["role", "openness", "modality", "site"])
def test_the_counts_within_a_chosen_kind_are_the_stores(server: Server, facet: str) -> None:
    expected = recount(server, f"{KINDS['data-format']} . {COUNTED[facet]}")
    assert counts(server, kind="data-format")[facet] == expected != {}


@pytest.mark.parametrize("text", ["", "imaging", "ontolgy"])
def test_a_count_is_what_choosing_the_value_gives(server: Server, text: str) -> None:
    for chosen in ({}, {"kind": ["terminology", "service"]}, {"site": "lookup", "modality": f"{DCM}MR"}):
        for facet, values in counts(server, q=text, **chosen).items():
            for value, count in list(values.items())[:4]:
                assert found(server, q=text, **{**chosen, facet: value})["total"] == count


DCM = "http://dicom.nema.org/resources/ontology/DCM/"


def test_values_of_one_facet_widen_and_facets_narrow(server: Server) -> None:
    formats, terms = (found(server, kind=kind)["total"] for kind in ("data-format", "terminology"))
    assert found(server, kind=["data-format", "terminology"])["total"] == formats + terms
    narrowed = found(server, kind="data-format", openness="proprietary")
    expected = recount(server, f"{KINDS['data-format']} . {COUNTED['openness']} FILTER(?v = 'proprietary')")
    assert narrowed["total"] == expected["proprietary"] < formats


def test_facets_are_links_that_add_and_remove(server: Server) -> None:
    page = server.ask("/search?q=imaging&kind=cheat-sheet", headers=HTML).text
    links = dict(re.findall(r'<a rel="nofollow" href="([^"]*)"[^>]*>(.*?)</a>', page))
    words = {re.sub(r"<[^>]*>", "", text).strip(): link.replace("&amp;", "&") for link, text in links.items()}
    remove = next(link for text, link in words.items() if text.startswith("Remove: cheat sheet"))
    assert remove == "/search?q=imaging"
    add = next(link for text, link in words.items() if re.match(r"service \d", text))
    assert add == "/search?q=imaging&kind=cheat-sheet&kind=service"


def every_page(server: Server, path: str) -> Iterator[list[list[str]]]:
    number = 1
    while True:
        reply = server.ask(f"{path}&page={number}", headers=HTML)
        assert reply.status == 200
        yield Tables(reply.text).rows
        if 'rel="next"' not in reply.text:
            return
        number += 1


@pytest.mark.parametrize("choice", ["q=", "sort=-sheets", "kind=terminology&kind=service&sort=name", "q=imaging"])
def test_the_table_says_what_its_csv_says(server: Server, choice: str) -> None:
    header, *expected = rows(server, f"/browse?{choice}")
    assert header == ["name", "kind", "sites", "identifiers", "sheets", "iri"]
    shown = [
        dict(zip(heads, row, strict=True)) for heads, *page in every_page(server, f"/browse?{choice}") for row in page
    ]
    labels = ("Name", "Kind", "Sites", "Identifiers", "Recommended by")
    assert (
        [{label: " ".join(row.get(label, "").split()) for label in labels} for row in shown]
        == [dict(zip(labels, (*row[:4], row[4] if row[4] != "0" else ""), strict=True)) for row in expected]
        != []
    )


def test_the_number_of_pages_that_recommend_a_thing_is_the_stores(server: Server) -> None:
    expected = recount(server, f"?x a rdm:AdvicePage ; {RECOMMENDS} ?v")
    said = {iri: int(sheets) for *_, sheets, iri in rows(server, "/browse?sort=-sheets")[1:]}
    assert {iri: number for iri, number in said.items() if number} == {
        iri: number for iri, number in expected.items() if iri in said
    }
    assert len(expected) > 40


@pytest.mark.parametrize("of", ["standards", "repositories"])
def test_the_matrix_says_what_its_csv_and_the_store_say(server: Server, of: str) -> None:
    header, *expected = rows(server, f"/browse/matrix?of={of}")
    reply = server.ask(f"/browse/matrix?of={of}", headers=HTML)
    top, *shown = Tables(reply.text).rows
    assert [re.sub(r" \d+$", "", title) for title in top[2:]] == header[3:]
    assert shown == [[row[0], *row[2:]] for row in expected[: len(shown)]] != []
    kind = {"standards": "rdm:Standard", "repositories": "rdm:Repository"}[of]
    counted = recount(server, f"?x a rdm:AdvicePage ; {RECOMMENDS} ?v . ?v a {kind}")
    assert {row[1]: int(row[2]) for row in expected} == counted
    assert all(int(row[2]) == sum(map(bool, row[3:])) for row in expected)
    pairs = json.loads(server.ask(f"/browse/matrix?of={of}&format=json").body)
    assert len(pairs) == sum(counted.values())


def test_search_comes_as_page_json_and_csv(server: Server) -> None:
    page = server.ask("/search?q=bsg-s000114", headers=HTML)
    assert page.media_type == "text/html"
    assert f'href="/id/?iri={DICOM}"' in unquote(page.text)
    results = found(server, q="bsg-s000114")["results"]
    assert isinstance(results, list)
    assert [result["iri"] for result in results] == [row[-1] for row in rows(server, "/search?q=bsg-s000114")[1:]]
    assert results[0]["identifiers"] == ["FAIRsharing.b7z8by", "84", "bsg-s000114"]
    assert server.ask("/search?q=a").media_type == "application/json"
    assert server.ask("/search?q=a&format=html").media_type == "text/html"


@pytest.mark.parametrize("path", ["/search", "/browse", "/browse/matrix"])
def test_a_format_that_there_is_not_is_told(server: Server, path: str) -> None:
    assert server.ask(f"{path}?format=xlsx").status == 400
    refused = server.ask(path, headers={"Accept": "image/png"})
    assert refused.status == 406
    assert json.loads(refused.body)["available"] == ["application/json", "text/csv", "text/html"]


def test_suggestions_go_on_as_what_was_typed_begins(server: Server) -> None:
    names = json.loads(server.ask("/search/suggest?q=preclin").body)
    assert names[0] == "Preclinical Imaging"
    assert json.loads(server.ask("/search/suggest?q=").body) == []


@pytest.mark.parametrize("path", ["/search", "/browse", "/search/suggest"])
def test_hostile_texts_are_answered(server: Server, path: str) -> None:
    texts = [text for text in HOSTILE if text != "\ud800"]
    addresses = [f"{path}?{urlencode({'q': text, 'kind': text[:4000], 'sort': text})}" for text in texts]
    addresses += [
        f"{path}?q=%FF%FE&kind=%00",
        f"{path}?page=999999999",
        f"{path}?" + "kind=a&" * 999,
    ]
    for address in addresses:
        status = 400 if "kind=" in address and path != "/search/suggest" else 200
        assert server.ask(address, headers=HTML).status == status, address[:200]


@pytest.mark.parametrize("path", ["/search", "/browse", "/browse/matrix?by=site&of=repositories"])
def test_a_page_is_not_much_longer_than_its_request(server: Server, path: str) -> None:
    mark = "&" if "?" in path else "?"
    plain = len(server.ask(path, headers=HTML).body)
    chosen = "site" if "matrix" in path else "role"  # an unknown site is an error elsewhere
    longest = server.ask(f"{path}{mark}q=data{'+' * 300}{'x' * 50_000}&{chosen}={'x' * 4000}", headers=HTML)
    assert longest.status == 200
    assert len(longest.body) < plain + 600 * 4500  # in each link of at most so many
    for filters in ("&".join(f"site={number}" for number in range(51)), f"site={'x' * 4001}"):
        assert server.ask(f"{path}{mark}{filters}", headers=HTML).status == 400


def test_what_was_typed_and_found_stays_text(start: Start, tmp_path: Path) -> None:
    iri = "https://w3id.org/rdm-kg/id/test/page/p"
    evil = "Zebra</mark></title><script>alert(1)</script>"
    said = [f'a> <http://purl.org/dc/terms/{name}> "{evil}"' for name in ("title", "description")]
    lines = [f"<http://x.example/{part} <{iri}#graph> .\n" for part in said]
    lines += [f"<http://x.example/a> <{RDF_TYPE}> <https://w3id.org/rdm-kg/ont#Tool> <{iri}#graph> .\n"]
    release_of(tmp_path / "out", lines)
    server = start(tmp_path / "out")
    for path in ("/search?q=zebra", "/browse", "/search?q=" + quote(evil), "/search?kind=" + quote(evil)):
        page = server.ask(path, headers=HTML).text
        assert "<script>" not in page
        assert "alert(1)" in page
    assert "<mark>Zebra</mark>&lt;/mark&gt;" in server.ask("/search?q=zebra", headers=HTML).text


def test_no_name_is_a_formula_in_a_spreadsheet(start: Start, tmp_path: Path) -> None:
    iri = "https://w3id.org/rdm-kg/id/test/page/p"
    lines = [
        f"<http://x.example/{number}> {said} <{iri}#graph> .\n"
        for number, name in enumerate(["=1+1", "+1", "-1", "@SUM(1)", "\uff1d1", "1-1", "a;=1", "b; @c"])
        for said in (f'<{TITLE}> "{name}"', f"<{RDF_TYPE}> <https://w3id.org/rdm-kg/ont#Tool>")
    ]
    release_of(tmp_path / "out", lines)
    server = start(tmp_path / "out")
    saved = {row[0] for row in rows(server, "/browse")[1:]}
    assert saved == {"'=1+1", "'+1", "'-1", "'@SUM(1)", "'\uff1d1", "1-1", "a;'=1", "b; '@c"}
    names = {thing["name"] for thing in json.loads(server.ask("/browse?format=json").body)["things"]}
    assert names == {"=1+1", "+1", "-1", "@SUM(1)", "\uff1d1", "1-1", "a;=1", "b; @c"}


TITLE = "http://purl.org/dc/terms/title"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def test_a_new_release_is_searched_at_once(start: Start, own: Path, content_graph: list[str]) -> None:
    server = start(own)
    assert found(server, q="zebra")["total"] == 0
    added = f'<{DICOM}> <http://www.w3.org/2004/02/skos/core#altLabel> "Zebra" <https://w3id.org/rdm-kg/graph/edam> .\n'
    release_of(own, [*content_graph, added])
    until(lambda: found(server, q="zebra")["total"] == 1)
    results = found(server, q="zebra")["results"]
    assert isinstance(results, list)
    assert results[0]["iri"] == DICOM


def test_a_release_without_an_index_says_so(start: Start, tmp_path: Path, content_graph: list[str]) -> None:
    with new_release(tmp_path / "out") as draft:
        (draft / "graph.nq").write_text("".join(content_graph), encoding="utf-8")
        counts = oxigraph.create(draft / "store", draft / "graph.nq")
        facts = {"triples": counts.triples, "quads": counts.quads, "graphs": counts.graphs}
        publish(draft, {"created": "2025-01-01T00:00:00Z", "builder": "test", "sites": [], "counts": facts})
    server = start(tmp_path / "out")
    for path in ("/search", "/browse", "/browse/matrix", "/search/suggest"):
        reply = server.ask(path, headers=HTML)
        assert reply.status == 404
        assert "no search index" in reply.text
        assert "kg build" in reply.text
