"""Builds a site with Jekyll and with our reader, and compares the two."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kg.build.compile import read_site
from kg.site.jekyll import MARKDOWN, SUFFIXES
from tests.reading.test_kramdown import plain

PLUGIN = Path(__file__).parent / "publish.rb"
GEMS = ("jekyll", "jekyll-redirect-from", "jekyll-relative-links")


@cache
def has_jekyll() -> bool:
    """Return whether Jekyll and the plug-ins of the fixture sites are installed."""
    if not (shutil.which("jekyll") and shutil.which("ruby")):
        return False
    check = ["ruby", *(f"-r{gem}" for gem in GEMS), "-e", ""]
    return subprocess.run(check, capture_output=True, check=False).returncode == 0


needs_jekyll = [
    pytest.mark.slow,
    pytest.mark.skipif(not has_jekyll(), reason=f"{', '.join(GEMS)} are not installed"),
]


@dataclass(frozen=True)
class Published:
    """A page as its readers see it."""

    url: str
    """Path below the site's base URL."""
    title: str
    headings: list[tuple[str, str]]
    """Identifier and text."""
    links: Counter[tuple[str, str]]
    """Destination and label."""
    words: list[str]
    """The words of the whole text in their order; none of a page in HTML, of which only headings and links are read."""


class _Html(HTMLParser):
    """Headings, links and text of a page's HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.headings: list[tuple[str, str]] = []
        self.links: list[tuple[str, str]] = []
        self.text = ""
        self._link: tuple[str, int] | None = None
        self._heading: tuple[str, int] | None = None
        self._hidden = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href") is not None and "footnote" not in (given.get("class") or ""):
            self._link = (given["href"] or "", len(self.text))
        elif tag == "img" and self._link:
            self.text += given.get("alt") or ""
        elif re.fullmatch("h[1-6]", tag):
            self._heading = (given.get("id") or "", len(self.text))
        self._hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._link:
            self.links.append((self._link[0], plain(self.text[self._link[1] :])))
            self._link = None
        elif re.fullmatch("h[1-6]", tag) and self._heading:
            self.headings.append((self._heading[0], plain(self.text[self._heading[1] :])))
            self._heading = None
        self._hidden -= tag in ("script", "style")
        self.text += "" if tag in ("a", "abbr", "b", "code", "em", "i", "span", "strong", "sup") else "\n"

    def handle_data(self, data: str) -> None:
        self.text += "" if self._hidden else data


def publish(site: Path, folder: Path) -> dict[str, Published] | str:
    """Return what Jekyll publishes of each source file that is a page, or why it ends without a site."""
    folders = ["--source", site.resolve(), "--destination", folder / "out", "--plugins", _plugins(folder)]
    done = subprocess.run(
        ["jekyll", "build", "--quiet", "--disable-disk-cache", *map(str, folders)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PUBLISHED": str(folder / "pages.json"), "LANG": "C.UTF-8", "TZ": "UTC"},
    )
    if done.returncode:
        return done.stderr
    found = json.loads((folder / "pages.json").read_text(encoding="utf-8"))
    return {page["path"]: _published(page) for page in found if Path(page["path"]).suffix in SUFFIXES}


def _plugins(folder: Path) -> Path:
    plugins = folder / "plugins"
    plugins.mkdir(parents=True)
    shutil.copy(PLUGIN, plugins)
    return plugins


def _published(page: dict[str, str]) -> Published:
    html = _Html(page["html"])
    return Published(page["url"], page["title"], html.headings, Counter(html.links), _words(page["path"], html.text))


def _words(path: str, text: str) -> list[str]:
    return re.findall(r"\w+", plain(text)) if Path(path).suffix in MARKDOWN else []


def read(site: Path) -> dict[str, Published]:
    """Return what our reader says is published of each page."""
    build = read_site(site)
    return {
        page.path: Published(
            build.site.page_path(page.path, page.front),
            page.text("title"),
            [(block.anchor, plain(block.text)) for block in page.blocks if block.level],
            Counter((link.href, plain(link.label)) for block in page.blocks for link in block.links),
            _words(page.path, "\n".join(block.text for block in page.blocks)),
        )
        for page in build.pages
    }


def differences(site: Path, folder: Path) -> list[str]:
    """Return how the pages of a site differ from those that Jekyll builds in ``folder``."""
    expected, found = publish(site, folder), read(site)
    assert not isinstance(expected, str), expected
    return [*_which(set(expected), set(found)), *_what(expected, found)]


def _which(expected: set[str], found: set[str]) -> list[str]:
    missing = [f"{path}: Jekyll publishes this page" for path in sorted(expected - found)]
    return missing + [f"{path}: Jekyll does not publish this page" for path in sorted(found - expected)]


def _what(expected: dict[str, Published], found: dict[str, Published]) -> Iterator[str]:
    for path in sorted(expected.keys() & found.keys()):
        for part in Published.__dataclass_fields__:
            wanted, ours = getattr(expected[path], part), getattr(found[path], part)
            if wanted != ours:
                yield f"{path}: {part}: Jekyll has {wanted!r}, and not {ours!r}"
