"""The pictures exist, and none is empty."""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path

from playwright.sync_api import Browser

from tests.screens.pictures import PAGES, SCHEMES, take
from tests.server.browsing import WIDTHS, browser, content_server
from tests.server.serving import Server

__all__ = ["browser", "content_server"]


def test_pages_have_a_picture_of_each_look(browser: Browser, content_server: Server, tmp_path: Path) -> None:
    looks = [f"-{width}-{scheme}.png" for width in WIDTHS for scheme in SCHEMES] + [".pdf"]
    pictures = take(browser, content_server.url, tmp_path / "new", ["dumps", "not-found"])
    assert [file.name for file in pictures] == [name + look for name in ("dumps", "not-found") for look in looks]
    assert sorted(pictures) == sorted((tmp_path / "new").iterdir())
    assert all(_marks(file) > 5000 for file in pictures)
    assert len({file.read_bytes() for file in pictures}) == len(pictures)


def test_every_part_of_the_site_is_among_the_pages(content_server: Server) -> None:
    ways = re.search(r"<nav.*?</nav>", content_server.ask("/", headers={"Accept": "text/html"}).text, re.DOTALL)
    assert ways
    assert set(re.findall(r'href="(/[^"]*)"', ways[0])) <= {path.partition("?")[0] for path in PAGES.values()}


def _marks(file: Path) -> int:
    """Return the amount of content: bytes of a PDF, or of the lines of a picture that differ from their neighbours."""
    data = file.read_bytes()
    if file.suffix == ".pdf":
        return len(data)
    at, packed = len(b"\x89PNG\r\n\x1a\n"), b""
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        packed += data[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    lines = zlib.decompress(packed)
    return len(lines) - lines.count(0)
