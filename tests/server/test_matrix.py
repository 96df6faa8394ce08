"""The matrix of recommendations: by page and by site, within a part of the page that scrolls."""

from __future__ import annotations

import csv
import io
import re

import pytest
from playwright.sync_api import expect

from tests.server.browsing import WIDTHS, Visit, browser, content_server, serious, visit
from tests.server.serving import Server

__all__ = ["browser", "content_server", "visit"]
HTML = {"Accept": "text/html"}


@pytest.mark.parametrize("width", [600, WIDTHS[1]])
def test_the_head_and_the_first_column_stay_where_they_are(visit: Visit, width: int) -> None:
    page = visit("/browse/matrix", width)
    page.set_viewport_size({"width": width, "height": 500})
    corner, region = page.locator(".matrix thead th").first, page.locator(".inside")
    head, row = page.locator(".matrix thead th").nth(2), page.locator(".matrix tbody th").nth(12)
    before, top, left = corner.bounding_box(), head.bounding_box(), row.bounding_box()
    assert before
    assert top
    assert left
    region.evaluate("part => part.scrollTo(40, 300)")
    assert region.evaluate("part => [part.scrollLeft, part.scrollTop]") == [40, 300]
    assert corner.bounding_box() == before
    moved, after = head.bounding_box(), row.bounding_box()
    assert moved
    assert after
    assert (moved["x"], moved["y"]) == (top["x"] - 40, top["y"])
    assert (after["x"], after["y"]) == (left["x"], left["y"] - 300)
    assert before["width"] < width / 2
    assert serious(page) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_matrix_is_sorted_filtered_and_copied_as_every_table(visit: Visit, width: int) -> None:
    page = visit("/browse/matrix", width)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Sort by Preclinical Imaging").click()
    places = page.locator(".matrix tbody tr td:nth-child(5)").all_inner_texts()
    assert places == sorted(filter(None, places)) + [""] * places.count("")
    assert places[0] == "format"
    page.get_by_label("Filter these rows").fill("dicom terminology")
    expect(page.locator(".matrix tbody tr:not([hidden]) th")).to_have_text(["DICOM Controlled Terminology"])
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    heads, row = (line.split("\t") for line in page.evaluate("navigator.clipboard.readText()").splitlines())
    assert heads[:4] == ["Name", "Name: address", "Pages", "Pages: address"]
    pages = ["High-Throughput Sequencing", "Light microscopy", "Preclinical Imaging", "Preclinical Imaging: address"]
    assert heads[4:] == pages
    assert (row[0], row[2], row[4:7]) == ("DICOM Controlled Terminology", "1", ["", "", "terminology"])
    assert "/id/lookup/page/pic#" in row[7]
    assert serious(page) == []


def test_the_list_of_things_has_no_column_of_noughts(content_server: Server) -> None:
    text = content_server.ask("/browse?kind=cheat-sheet", headers=HTML).text
    assert "recommended by" not in text.partition('class="facets"')[0].lower()
    assert re.search(
        r'data-variable="sheets"[^>]*><a href="/browse\?recommends=',
        content_server.ask("/browse?sort=-sheets", headers=HTML).text,
    )


def test_the_list_of_things_says_once_what_all_of_them_share(content_server: Server) -> None:
    text = content_server.ask("/browse?kind=cheat-sheet", headers=HTML).text
    (kind,) = re.findall(r"<div><dt>(<a [^>]*>Kind</a>)</dt><dd [^>]*>cheat sheet</dd></div>", text)
    assert 'href="/browse?kind=cheat-sheet&amp;sort=-kind"' in kind
    assert 'data-column="Kind"' not in text


def test_what_a_list_is_narrowed_to_is_named_and_can_be_removed(visit: Visit) -> None:
    page = visit("/browse/matrix", script=False)
    page.locator(".matrix thead .count a").first.click()
    chips = page.locator(".chips")
    assert "Recommended by: High-Throughput Sequencing" in chips.inner_text()
    chips.get_by_role("link", name="Recommended by").click()
    assert "Recommended by:" not in page.locator("main").inner_text()


def test_sites_are_compared(content_server: Server) -> None:
    by_page = csv.reader(io.StringIO(content_server.ask("/browse/matrix?format=csv").text))
    by_site = csv.reader(io.StringIO(content_server.ask("/browse/matrix?by=site&format=csv").text))
    assert next(by_site) == ["name", "iri", "all sheets", "Life-science data management look-up"]
    next(by_page)
    roles = {row[1]: {how for cell in row[3:] for how in cell.split("; ") if how} for row in by_page}
    assert {row[1]: set(row[3].split("; ")) for row in by_site} == roles
    page = content_server.ask("/browse/matrix", headers=HTML).text
    assert re.search(r'href="/browse/matrix\?of=standards&amp;by=site">By site</a>', page)
