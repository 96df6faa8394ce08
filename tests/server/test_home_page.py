"""The start page, the layout of every page, and the files that crawlers and browsers request without a link."""

from __future__ import annotations

import json
import re
from datetime import datetime
from html import unescape
from pathlib import Path
from urllib.parse import quote
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest

from kg.vocab import DCT, DESCRIPTION_GRAPH, RDF, RDM, SCHEMA
from server.views.sitemap import PAGES as PAGES_OF_A_SITEMAP
from tests.conftest import kg, write_site
from tests.server.pages import BROWSER, Seen
from tests.server.serving import Reply, Server, Start, make_release

PAGES = ("/", "/id/lookup", "/id/lookup/page/pic", "/queries/", "/dumps/", "/sparql", "/nothing")
TOO_MANY = {10_500: "", 9900: ", very many" * 22}
"""Number of pages that are not listed → what is added to each title: too many for a list, or too long for an answer."""
SITEMAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def test_home_says_what_is_here(shipped: Server) -> None:
    page = Seen(shipped.ask("/", headers=BROWSER).text)
    for words in ("cheat sheets 3", "Preclinical Imaging", "under CC BY 4.0", "Where to deposit", "how to cite"):
        assert words in page.text
    assert {"/id/lookup/page/pic", "/id/lookup", "/search", "/dumps/rdm-kg.ttl", "/queries/gaps"} <= set(page.addresses)
    assert re.search(r"Release [0-9a-f]{16}, built \d{4}-\d\d-\d\d", page.text)


def test_the_counts_of_home_are_those_of_the_graph(shipped: Server) -> None:
    page = Seen(shipped.ask("/", headers=BROWSER).text).text
    names = {"CheatSheet": "cheat sheets", "DataFormat": "data formats", "Tool": "tools"}
    for name, words in names.items():
        counted = shipped.query(f"SELECT (COUNT(*) AS ?n) {{ ?s a <{RDM[name]}> }}", "text/csv").text.split()[1]
        assert f"{words} {counted}" in page
    statements = shipped.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "text/csv").text.split()[1]
    of_data = f"GRAPH ?g {{ ?s ?p ?o }} FILTER(?g != <{DESCRIPTION_GRAPH}>)"
    graphs = shipped.query(f"SELECT (COUNT(DISTINCT ?g) AS ?n) {{ {of_data} }}", "text/csv").text.split()[1]
    assert f"{statements} statements in {graphs} named graphs" in page
    pages = shipped.query(f"SELECT (COUNT(*) AS ?n) {{ ?s a <{RDM.Page}> }}", "text/csv").text.split()[1]
    assert f"(pages: {pages})" in page


def test_where_there_are_several_sites_each_sheet_says_which_is_its_own(start: Start, tmp_path: Path) -> None:
    sheet = "---\ntitle: Mice\ntype: cheat_sheet\npage_id: mice\n---\n## Useful links\n- [a](https://a.example/)\n"
    sites = [write_site(tmp_path / name, {"mice.md": sheet}, f"title: Site {name}\n") for name in ("one", "two")]
    assert kg("build", *sites, "--out", tmp_path / "out", "--reasoner", "owlrl").returncode == 0
    page = Seen(start(tmp_path / "out").ask("/", headers=BROWSER).text)
    assert "Site one Cheat sheets (1) Mice Site two Cheat sheets (1) Mice" in page.text
    assert {"/id/site-one/page/mice", "/id/site-two/page/mice"} <= set(page.addresses)


def test_pages_stand_in_the_sections_of_their_sites(start: Start, tmp_path: Path) -> None:
    sites = Path(__file__).parents[1] / "query" / "sites"
    built = kg("build", sites / "blocks", sites / "approaches", "--out", tmp_path, "--reasoner", "owlrl")
    assert built.returncode == 0
    page = Seen(start(tmp_path).ask("/", headers=BROWSER).text)
    assert "Pages Small blocks Your domain (1) Testing software Your tasks (1) Publishing software" in page.text
    assert "Small approaches Data (2) Analysis of pathogen data Sharing of pathogen data Questions" in page.text
    assert "cheat sheets" not in page.text.partition("Questions it answers")[0]
    assert "guidance pages 4" in page.text
    assert "/id/blocks/page/pages-your-tasks" in page.addresses


def test_what_is_cited_leads_to_what_it_is(shipped: Server) -> None:
    page = shipped.ask("/", headers=BROWSER).text
    (cited,) = re.findall(r"https://w3id.org/rdm-kg(/dataset/[0-9a-f]{16})<", page)
    assert shipped.ask(cited, headers=BROWSER).headers["Location"] == "/"
    described = shipped.ask(cited)
    assert (described.status, described.headers["Location"]) == (303, "/.well-known/void")
    assert f"<https://w3id.org/rdm-kg{cited}>" in shipped.ask("/.well-known/void").text
    other = shipped.ask("/dataset/0123456789abcdef")
    assert other.status == 404
    assert cited.rpartition("/")[2] in other.text


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_the_layout_and_asks_no_other_host(shipped: Server, path: str) -> None:
    reply = shipped.ask(path, headers=BROWSER)
    page = Seen(reply.text)
    assert [page.tags.count(tag) for tag in ("h1", "main", "nav", "footer")] == [1, 1, 1, 1]
    assert "For programs: SPARQL endpoint, REST API, description. " in page.text
    assert {"#main", "/", "/search", "/browse", "/queries/", "/ask", "/ont", "/dumps/"} <= set(page.addresses)
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert "unsafe" not in reply.headers["Content-Security-Policy"]
    assert reply.headers["Content-Language"] == "en"
    assert "style=" not in reply.text
    assert "style" not in page.tags
    loaded = re.findall(r'<(?:link rel="(?:icon|stylesheet)"|script)[^>]*(?:href|src)="([^"]*)"', reply.text)
    assert loaded
    assert all(address.startswith("/static/") for address in loaded)
    assert {shipped.ask(address).status for address in loaded} == {200}


def test_a_page_that_is_not_there_offers_a_search_and_what_is_called_nearly_so(shipped: Server) -> None:
    reply = shipped.ask("/no-such-page", headers=BROWSER)
    assert (reply.status, reply.headers["Content-Language"]) == (404, "en")
    assert "/search?q=no%20such%20page" in Seen(reply.text).addresses
    for wrong, near in {
        "/quries": "/queries/",
        "/queries/standards-for-shet": "/queries/standards-for-sheet",
        "/id/lookup/thing/normolin": "/id/lookup/thing/normolim",
        f"/id/?iri={quote('https://example.org/DICON')}": "/id/?iri=https://doi.org/10.25504/FAIRsharing.b7z8by",
    }.items():
        page = shipped.ask(wrong, headers=BROWSER)
        assert (page.status, near in Seen(page.text).addresses) == (404, True)
        assert near in json.loads(shipped.ask(wrong).body)["near"].values()


def test_of_an_unknown_thing_only_what_is_called_so_and_what_it_was_part_of_are_offered(shipped: Server) -> None:
    for wrong, near in {"page/nothing": {"/id/lookup"}, "page/pics": {"/id/lookup", "/id/lookup/page/pic"}}.items():
        said = json.loads(shipped.ask(f"/id/lookup/{wrong}").body)
        assert near <= set(said["near"].values())
        assert not [address for address in said["near"].values() if address.startswith("/role/")]
    (offered,) = json.loads(shipped.ask("/id/lookup/page/nothing").body)["near"]
    assert offered == "Life-science data management look-up"


def test_a_fault_of_the_server_is_a_page_that_tells_no_secret(start: Start, own_releases: Path) -> None:
    server = start(own_releases)
    (own_releases / "current" / "dumps" / "graph.nq").unlink()
    page = server.ask("/dumps/graph.nq", headers=BROWSER)
    assert (page.status, page.media_type, page.headers["Content-Language"]) == (500, "text/html", "en")
    assert {"/", "/health"} <= set(Seen(page.text).addresses)
    said = server.ask("/dumps/graph.nq")
    assert (said.status, said.media_type) == (500, "application/problem+json")
    assert str(own_releases) not in page.text + said.text
    assert str(own_releases) in server.log.read_text()


def _listed(reply: Reply) -> list[ElementTree.Element]:
    """Return the entries of a sitemap, after a check against the protocol of sitemaps.org."""
    assert (reply.status, reply.media_type) == (200, "application/xml")
    assert len(reply.body) < 50 * 1024 * 1024
    root = ElementTree.fromstring(reply.body)
    assert {entry.tag for entry in root} <= {f"{SITEMAPS}{'url' if root.tag == f'{SITEMAPS}urlset' else 'sitemap'}"}
    for entry in root:
        tags = [part.tag.removeprefix(SITEMAPS) for part in entry]
        assert tags in (["loc"], ["loc", "lastmod"])
        assert datetime.fromisoformat(entry.findtext(f"{SITEMAPS}lastmod") or "2025-01-01")
    assert 0 < len(root) <= 50_000
    return list(root)


def _places(reply: Reply) -> list[str]:
    return [entry.findtext(f"{SITEMAPS}loc") or "" for entry in _listed(reply)]


def test_crawlers_find_pages_that_are_there_and_that_they_may_read(shipped: Server) -> None:
    robots = RobotFileParser()
    robots.parse(shipped.ask("/robots.txt").text.splitlines())
    assert robots.site_maps() == [f"{shipped.url}/sitemap.xml"]
    places = _places(shipped.ask("/sitemap.xml"))
    wanted = {"/", "/browse", "/ont", "/id/lookup", "/id/lookup/page/pic", "/queries/gaps"}
    assert {shipped.url + path for path in wanted} <= set(places)
    assert len(places) == len(set(places))
    for place in places:
        reply = shipped.ask(place.removeprefix(shipped.url), headers=BROWSER)
        assert (place, reply.status, reply.media_type) == (place, 200, "text/html")
        assert robots.can_fetch("*", place)
    assert not robots.can_fetch("*", f"{shipped.url}/sparql?query=ASK%20%7B%7D")
    assert not robots.can_fetch("*", f"{shipped.url}/search?q=a")


def test_very_many_pages_are_listed_in_several_files(start: Start, tmp_path: Path) -> None:
    pages = {f"/id/many/page/{number}" for number in range(PAGES_OF_A_SITEMAP + 1)}
    make_release(tmp_path / "out", [f"<https://w3id.org/rdm-kg{page}> <{RDF.type}> <{RDM.Page}>" for page in pages])
    server = start(tmp_path / "out")
    files = _places(server.ask("/sitemap.xml"))
    assert files == [f"{server.url}/sitemap-1.xml", f"{server.url}/sitemap-2.xml"]
    listed = [place for file in files for place in _places(server.ask(file.removeprefix(server.url)))]
    assert len(listed) == len(set(listed))
    assert {server.url + page for page in pages} <= set(listed)
    assert f"{server.url}/" in listed
    assert server.ask("/sitemap-3.xml").status == 404


@pytest.mark.parametrize("pages", TOO_MANY)
def test_more_pages_than_a_list_can_have_leave_the_start_page_and_the_forms_in_use(
    start: Start, tmp_path: Path, pages: int
) -> None:
    site, statements = "https://w3id.org/rdm-kg/id/many", []
    for number in range(pages):
        page = f"<{site}/page/{number}>"
        statements += [
            f"{page} <{RDF.type}> <{RDM.Page}>",
            f'{page} <{DCT.identifier}> "{number}"',
            f'{page} <{DCT.title}> "Page {number} of very many{TOO_MANY[pages]}"',
            f"{page} <{SCHEMA.isPartOf}> <{site}>",
        ]
    make_release(tmp_path / "out", [*statements, f'<{site}> <{DCT.title}> "Many"'])
    server = start(tmp_path / "out")
    home = server.ask("/", headers=BROWSER)
    assert (home.status, "of very many" in home.text) == (200, False)
    form = server.ask("/queries/contacts?page=7", headers=BROWSER)
    assert (form.status, '<input id="p-page" name="page" value="7"' in form.text) == (200, True)
    assert server.ask("/queries/contacts?page=no-such-page", headers=BROWSER).status == 404


def test_names_that_are_too_long_to_be_compared_leave_a_misspelt_page_unknown(start: Start, tmp_path: Path) -> None:
    site, statements = "https://w3id.org/rdm-kg/id/long", []
    for number in range(3000):
        page = f"<{site}/page/{number}>"
        statements += [f"{page} <{RDF.type}> <{RDM.Page}>", f'{page} <{DCT.identifier}> "{number}"']
        statements += [f'{page} <{DCT.title}> "Page {number}{", very long" * 150}"']
    make_release(tmp_path / "out", statements)
    reply = start(tmp_path / "out").ask("/queries/contacts?page=no-such-page", headers={"Accept": "application/json"})
    said = json.loads(reply.body)
    assert (reply.status, said["detail"]) == (404, "no page 'no-such-page'; none has a name like it")


def test_the_browsers_own_question_for_a_picture_is_answered(shipped: Server) -> None:
    reply = shipped.ask("/favicon.ico")
    assert shipped.ask(reply.headers["Location"]).media_type == "image/svg+xml"


def test_numbers_lead_to_what_they_count(shipped: Server) -> None:
    text = shipped.ask("/", headers=BROWSER).text
    counts = re.findall(r"<dd><a href=\"([^\"]+)\">(\d+)</a></dd>|pages: <a href=\"([^\"]+)\">(\d+)</a>", text)
    assert len(counts) > 4
    for found in counts:
        address, number = filter(None, found)
        listed = shipped.ask(unescape(address) + "&format=json")
        assert json.loads(listed.body)["total"] == int(number), address
    assert not re.search(r"<dd>\d+</dd>", text)
