"""Reads a small site as the tests of the cases need it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kg.findings import Finding
from kg.page import Page
from kg.readers import read
from kg.site import open_site
from tests.conftest import write_site

CONFIG = "title: Meadow\nurl: https://meadow.example\nlicense: CC0\nbaseurl: /field\n"


def read_pages(folder: Path, files: Mapping[str, str], config: str = CONFIG) -> tuple[dict[str, Page], list[Finding]]:
    """Write a site and return its pages by path, and the findings of reading them."""
    readings = list(read(open_site(write_site(folder, files, config))))
    return {page.path: page for page, _ in readings if page}, [finding for _, found in readings for finding in found]


def links(page: Page) -> list[tuple[int, str, str]]:
    """Return line, destination and label of each link."""
    return [(link.line, link.href, link.label) for block in page.blocks for link in block.links]
