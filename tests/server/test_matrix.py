"""The matrix of recommendations: by page and by site, within a part of the page that scrolls."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

from tests.server.browsing import Visit, browser, content_server, serious, visit
from tests.server.serving import Server

__all__ = ["browser", "content_server", "visit"]
HTML = {"Accept": "text/html"}


def test_the_head_and_the_first_column_stay_where_they_are(visit: Visit) -> None:
    page = visit("/browse/matrix")
    page.set_viewport_size({"width": 700, "height": 500})
    corner, region = page.locator(".matrix thead th").first, page.locator(".inside")
    row = page.locator(".matrix tbody th").nth(12)
    before = corner.bounding_box()
    left = row.bounding_box()
    assert left
    region.evaluate("part => part.scrollTo(50, 300)")
    assert region.evaluate("part => [part.scrollLeft, part.scrollTop]") == [50, 300]
    assert corner.bounding_box() == before
    after = row.bounding_box()
    assert after
    assert after["x"] == left["x"]
    assert serious(page) == []


def test_numbers_lead_to_the_pages_that_they_count(content_server: Server) -> None:
    text = content_server.ask("/browse/matrix", headers=HTML).text
    found = re.findall(r'class="number"><a href="([^"]+)">(\d+)</a>', text)
    assert found
    assert not re.search(r'<td [^>]*class="number">\d', text)
    for address, number in found[:5]:
        pages = csv.DictReader(io.StringIO(content_server.ask(unescape(address) + "&format=csv").text))
        assert len({row["page_iri"] for row in pages}) >= int(number)


def test_the_list_of_things_has_no_column_of_noughts(content_server: Server) -> None:
    text = content_server.ask("/browse?kind=cheat-sheet", headers=HTML).text
    assert 'data-column="Kind"' in text
    assert "Recommended by" not in re.sub(r'<p class="sorts">.*?</p>', "", text, flags=re.DOTALL)
    assert re.search(
        r'data-variable="sheets"[^>]*><a href="/queries/pages-that-name',
        content_server.ask("/browse?sort=-sheets", headers=HTML).text,
    )


def test_sites_are_compared(content_server: Server) -> None:
    by_page = csv.reader(io.StringIO(content_server.ask("/browse/matrix?format=csv").text))
    by_site = csv.reader(io.StringIO(content_server.ask("/browse/matrix?by=site&format=csv").text))
    assert next(by_site) == ["name", "iri", "all sites", "Life-science data management look-up"]
    next(by_page)
    roles = {row[1]: {how for cell in row[3:] for how in cell.split("; ") if how} for row in by_page}
    assert {row[1]: set(row[3].split("; ")) for row in by_site} == roles
    page = content_server.ask("/browse/matrix", headers=HTML).text
    assert re.search(r'href="/browse/matrix\?of=standards&amp;by=site">By site</a>', page)
