"""The pages of things, of sheets, the start page and problems in a real browser, on a desk and on a phone."""

from __future__ import annotations

import pytest

from tests.server.browsing import WIDTHS, Visit, browser, content_server, serious, visit
from tests.server.pages import DICOM

__all__ = ["browser", "content_server", "visit"]

PAGES = (
    "/",
    "/id/lookup",
    "/id/lookup/page/pic",
    "/id/lookup/page/light_microscopy",
    f"/id/?iri={DICOM}",
    "/id/lookup/thing/normolim",
)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_and_hinders_nobody(visit: Visit, path: str, width: int) -> None:
    page = visit(path, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_the_same_without_script(visit: Visit, path: str) -> None:
    texts = [visit(path, script=script).locator("main").inner_text() for script in (True, False)]
    lines = [[line.strip() for line in text.splitlines() if line.strip() not in ("", "Copy")] for text in texts]
    assert lines[0] == lines[1]


def test_an_iri_is_copied_or_selected(visit: Visit) -> None:
    page = visit("/id/lookup/thing/normolim")
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").or_(page.get_by_role("button", name="Selected")).wait_for()
    field = page.locator("#iri")
    assert field.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)") == field.input_value()


def test_the_keyboard_reaches_the_content_first(visit: Visit) -> None:
    page = visit("/id/lookup/page/pic")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_mention_is_a_place_of_the_text(visit: Visit) -> None:
    page = visit("/id/lookup/page/pic")
    page.locator("aside").get_by_role("link", name="line 26").first.click()
    assert page.locator(":target").inner_text() == "DICOM"
