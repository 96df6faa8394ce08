"""The search pages in a browser: they fit desktop and phone, and work with and without JavaScript."""

from __future__ import annotations

import csv

import pytest
from playwright.sync_api import Browser, expect

from tests.server.browsing import WIDTHS, Visit, browser, content_server, serious, visit
from tests.server.serving import Server

__all__ = ["browser", "content_server", "visit"]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", ["/search?q=ontolgy", "/browse?sort=-sheets", "/browse/matrix", "/search?q=qqqqqq"])
def test_a_page_fits(visit: Visit, path: str, width: int) -> None:
    page = visit(path, width=width, script=False)
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_searching_narrowing_down_and_following_need_no_script(visit: Visit) -> None:
    page = visit("/search", script=False)
    page.get_by_label("Words, or an identifier of any kind").fill("bsg-s000114")
    page.locator("main form button").click()
    page.get_by_role("list", name="Kind").get_by_role("link", name="data format").click()
    assert page.url.endswith("/search?q=bsg-s000114&kind=data-format")
    assert page.get_by_role("status").inner_text().startswith("1 thing found")
    page.get_by_role("link", name="Digital Imaging and COmmunications in Medicine").click()
    assert "Digital Imaging and COmmunications in Medicine" in page.locator("h1").inner_text()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_hit_in_a_body_leads_to_its_section_here_and_on_the_site(visit: Visit, width: int) -> None:
    page = visit("/search?q=nanopores", width=width)
    assert serious(page) == []
    hit = page.locator(".results > li").first
    assert hit.locator("h2").inner_text() == "High-Throughput Sequencing"
    assert hit.locator("mark").all_inner_texts() == ["nanopores", "Nanopore"]
    heading, published = hit.locator(".section a").all()
    address = published.get_attribute("href") or ""
    heading.click()
    anchor = page.url.partition("#")[2]
    assert address == f"https://w3id.org/rdm-kg/lookup/sequencing#{anchor}"
    assert page.locator(f"[id='{anchor}']").inner_text() == "Commonly used raw file formats"


def test_words_for_a_kind_are_told_and_can_be_searched_instead(visit: Visit) -> None:
    page = visit("/search?q=sequence+repository", script=False)
    assert set(page.locator(".results .kind").all_inner_texts()) == {"repository"}
    page.get_by_role("link", name="search for these words instead").click()
    assert page.get_by_label("Words, or an identifier of any kind").input_value() == '"sequence repository"'
    assert page.get_by_text("of the kind").count() == 0


def test_the_box_suggests_names_and_keeps_the_filters(visit: Visit) -> None:
    page = visit("/search?kind=cheat-sheet")
    page.get_by_label("Words, or an identifier of any kind").press_sequentially("preclin")
    page.get_by_role("option", name="Preclinical Imaging", exact=True).click()
    page.wait_for_url("**/search?q=Preclinical+Imaging&kind=cheat-sheet")
    assert page.get_by_role("status").inner_text().startswith("1 thing found")


@pytest.mark.parametrize("width", WIDTHS)
def test_hits_are_filtered_and_copied_as_a_table_is(visit: Visit, width: int) -> None:
    page = visit("/search?q=imaging", width=width)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_label("Filter these rows").fill("light microscopy cheat sheet")
    expect(page.locator(".results > li:not([hidden]) h2")).to_have_text(["Light microscopy"])
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    heads, row = (line.split("\t") for line in page.evaluate("navigator.clipboard.readText()").splitlines())
    copied = dict(zip(heads, row, strict=True))
    assert copied["Name: address"].endswith("/id/lookup/page/light_microscopy")
    assert (copied["Kind"], copied["Identifiers"]) == ("cheat sheet", "light_microscopy")
    assert copied["Section"].startswith("Optical Light Microscopy / Metadata Standards")
    assert serious(page) == []


@pytest.mark.parametrize("script", [True, False])
def test_all_hits_are_saved_with_and_without_script(visit: Visit, script: bool) -> None:
    page = visit("/search?q=imaging", script=script)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save all as CSV").click()
    assert saved.value.suggested_filename == "search.csv"
    data = saved.value.path().read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") == script
    rows = list(csv.reader(data.decode().splitlines()))
    assert len(rows) == int(page.locator(".found").inner_text().split()[0]) + 1


def test_a_list_that_cannot_be_saved_says_why(browser: Browser, content_server: Server) -> None:
    with browser.new_page() as page:
        page.goto(f"{content_server.url}/search?q=imaging")
        page.locator(".tools a").evaluate("link => link.href += '&page=none'")
        page.get_by_role("link", name="Save all as CSV").click()
        expect(page.locator("main")).to_contain_text("Page must be a number from 1")
