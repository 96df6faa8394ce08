"""The pictures of the README show pages of the example site: ``pytest --accept`` on this file takes them again."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.documents.texts import DOCS
from tests.readme_command import README
from tests.server.browsing import browser, content_server
from tests.server.pages import DICOM
from tests.server.serving import Server

pytestmark = pytest.mark.slow

__all__ = ["browser", "content_server"]
FOLDER = DOCS / "images"
SIZE = (1280, 800)
LARGEST = 150_000
"""Bytes of a picture."""
PICTURES: Mapping[str, tuple[str, str]] = {
    "home": ("/", "What do you have?"),
    "thing": (f"/id/?iri={DICOM}", "Recommended by"),
}
"""What a picture is called → the address of the page, and words that it shows."""


@pytest.mark.parametrize("name", PICTURES)
def test_the_readme_has_a_picture_of_a_page(
    name: str, browser: Browser, content_server: Server, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    address, words = PICTURES[name]
    kept, new = FOLDER / f"{name}.png", tmp_path / f"{name}.png"
    with browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}, color_scheme="light") as page:
        page.goto(content_server.url + address)
        assert words in page.locator("main").inner_text()
        page.screenshot(path=kept if pytestconfig.getoption("accept") else new)
    shown = kept.read_bytes()
    assert struct.unpack_from(">II", shown, len(b"\x89PNG\r\n\x1a\n") + 8) == SIZE
    assert len(shown) < LARGEST


def test_the_readme_shows_every_picture() -> None:
    shown = re.findall(r"\]\(docs/images/(\w+)\.png\)", README.read_text(encoding="utf-8"))
    assert shown == list(PICTURES) == sorted(file.stem for file in FOLDER.iterdir())
