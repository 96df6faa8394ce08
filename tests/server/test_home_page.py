"""The start page, the layout of every page, and what crawlers and browsers ask for without a link."""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from tests.server.pages import BROWSER, Seen
from tests.server.serving import Server

PAGES = ("/", "/id/lookup", "/id/lookup/page/pic", "/queries/", "/dumps/", "/sparql", "/nothing")
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def _snippet(shipped: Server, name: str) -> str:
    found = re.search(rf'<code id="with-{name}">(.*?)</code>', shipped.ask("/", headers=BROWSER).text, re.DOTALL)
    assert found
    return html.unescape(found[1])


def _formats(shipped: Server) -> set[tuple[str, str]]:
    query = "SELECT ?sheet ?format { ?sheet <https://w3id.org/rdm-kg/ont#recommendsFormat> ?format }"
    rows = csv.reader(io.StringIO(shipped.query(query, "text/csv").text))
    return {(sheet, found) for sheet, found in list(rows)[1:]}


def test_home_says_what_is_here(shipped: Server) -> None:
    page = Seen(shipped.ask("/", headers=BROWSER).text)
    for words in ("cheat sheets 3", "Preclinical Imaging", "under CC BY 4.0", "Where to deposit", "how to cite"):
        assert words in page.text
    assert {"/id/lookup/page/pic", "/id/lookup", "/search", "/dumps/rdm-kg.ttl", "/queries/gaps"} <= set(page.addresses)
    assert re.search(r"Release [0-9a-f]{16}, built \d{4}-\d\d-\d\d", page.text)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")
def test_the_curl_snippet_runs(shipped: Server) -> None:
    done = subprocess.run(["sh", "-c", f"{_snippet(shipped, 'curl')} --silent"], capture_output=True, check=True)
    rows = list(csv.reader(io.StringIO(done.stdout.decode())))
    assert {(sheet, found) for sheet, found in rows[1:]} == _formats(shipped)


def test_the_python_snippet_runs(shipped: Server) -> None:
    program = [sys.executable, "-W", "error", "-c", _snippet(shipped, "python")]
    done = subprocess.run(program, capture_output=True, check=True)
    assert {tuple(line.split()) for line in done.stdout.decode().splitlines()} == _formats(shipped)


@pytest.mark.parametrize("name", ["javascript", "r"])
def test_other_snippets_ask_this_endpoint(shipped: Server, name: str) -> None:
    snippet = _snippet(shipped, name)
    assert f"{shipped.url}/sparql" in snippet
    assert "rdm:recommendsFormat" in snippet


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_the_layout_and_asks_no_other_host(shipped: Server, path: str) -> None:
    reply = shipped.ask(path, headers=BROWSER)
    page = Seen(reply.text)
    assert [page.tags.count(tag) for tag in ("h1", "main", "nav", "footer")] == [1, 1, 1, 1]
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


def test_a_page_that_is_not_there_offers_a_search(shipped: Server) -> None:
    reply = shipped.ask("/no-such-page", headers=BROWSER)
    assert reply.status == 404
    assert "/search?q=no%20such%20page" in Seen(reply.text).addresses


def test_crawlers_find_the_pages_and_no_queries(shipped: Server) -> None:
    robots = shipped.ask("/robots.txt").text
    assert f"Sitemap: {shipped.url}/sitemap.xml" in robots
    assert "Disallow: /sparql" in robots
    sitemap = ElementTree.fromstring(shipped.ask("/sitemap.xml").body)
    places = [place.text or "" for place in sitemap.iter(f"{SITEMAP}loc")]
    assert f"{shipped.url}/id/lookup/page/pic" in places
    assert len(places) == len(set(places))
    pages = [place for place in places if "/id/" in place]
    assert {shipped.ask(place.removeprefix(shipped.url), headers=BROWSER).status for place in pages} == {200}


def test_the_browsers_own_question_for_a_picture_is_answered(shipped: Server) -> None:
    reply = shipped.ask("/favicon.ico")
    assert shipped.ask(reply.headers["Location"]).media_type == "image/svg+xml"
