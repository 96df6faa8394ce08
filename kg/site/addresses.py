"""Resolution of links between the pages of a site."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from kg.page import Page
from kg.site import Site
from kg.vocab import slug

_ENDINGS = (".html", ".htm", ".md", ".markdown")


@dataclass(frozen=True, slots=True)
class Target:
    """The target of an internal link."""

    page: Page
    fragment: str
    """Without ``#``; empty if the link has none."""

    @property
    def exists(self) -> bool:
        """True if the page has a heading with the fragment as its id, or the fragment is empty."""
        return not self.fragment or any(block.anchor == self.fragment for block in self.page.blocks if block.level)


class Addresses:
    """Finds the page that a link refers to, in every notation that authors of these sites use.

    A page is found by its URL, its redirects, its path and its file name, with or without the site's base path and the
    file extension. If two pages share an address, the kind earlier in this list has priority. A ``page_id`` is no
    address: a link to one is broken on the published site.
    """

    def __init__(self, site: Site, pages: Sequence[Page]) -> None:
        self.site = site
        self._urls = {page.path: _key(site.page_path(page.path, page.front)) for page in pages}
        self._ids = {page_id: page for page in reversed(pages) if (page_id := page.text("page_id"))}
        self._pages: dict[str, Page] = {}
        for ways in (self._by_url, _redirects, _path, _name):
            for page in pages:
                for way in ways(page):
                    self._pages.setdefault(way, page)

    def _by_url(self, page: Page) -> Iterable[str]:
        return [self._urls[page.path]]

    def is_internal(self, href: str) -> bool:
        """Return whether a link stays within the site."""
        return self._within(href) is not None

    def find(self, address: str) -> Page | None:
        """Return the page with this ``page_id``, else with this address, path or file name, or ``None``."""
        path = self._within(address)
        return self._ids.get(address) or (self._pages.get(_key(path)) if path else None)

    def related(self, written: str) -> Page | None:
        """Return the page that an entry of ``related_pages`` names, or ``None``.

        A single word is a ``page_id``, as in the theme; it is looked up as a file name only among pages without one.
        """
        if found := self._ids.get(written.strip()):
            return found
        found = self.find(written)
        is_path = "/" in written.strip("/") or written.strip().endswith(_ENDINGS)
        return found if found and (is_path or not found.text("page_id")) else None

    def resolve(self, page: Page, href: str) -> Target | None:
        """Return the target of a link on ``page``; ``None`` if it leaves the site or has no target."""
        path = self._within(href)
        if path is None:
            return None
        fragment = unquote(urlsplit(href).fragment)
        if not path:
            return Target(page, fragment)
        here = posixpath.dirname("/" + self._urls.get(page.path, ""))
        ways = (_key(posixpath.join(here, path)), _key(path), _key(path).rpartition("/")[2])
        found = next((self._pages[way] for way in ways if way in self._pages), None)
        return Target(found, fragment) if found else None

    def _within(self, href: str) -> str | None:
        """Return the path of a link within the site, ``None`` if it leaves the site."""
        try:
            parts, own = urlsplit(href.strip()), urlsplit(self.site.url)
        except ValueError:
            return None
        path = unquote(parts.path)
        if parts.scheme or parts.netloc:
            inside = own.netloc and parts.netloc.lower() == own.netloc.lower() and parts.scheme in ("", "http", "https")
            return self._without_base(path) if inside and self._is_below(path) else None
        return self._without_base(path) if path.startswith("/") else path

    def _is_below(self, path: str) -> bool:
        base = self.site.base_path
        return not base or path.strip("/") == base or path.startswith(f"/{base}/")

    def _without_base(self, path: str) -> str:
        base = self.site.base_path
        return "/" + (
            path.strip("/").removeprefix(base).strip("/") if base and self._is_below(path) else path.strip("/")
        )


def _key(path: str) -> str:
    """Return a path without the parts that authors omit or add: outer slashes, file extension, ``index``."""
    plain = posixpath.normpath("/" + path).strip("/")
    for ending in _ENDINGS:
        plain = plain.removesuffix(ending)
    return plain.removesuffix("/index") if plain.endswith("/index") else plain


def _redirects(page: Page) -> Iterable[str]:
    return [_key(path) for path in page.texts("redirect_from")]


def _path(page: Page) -> Iterable[str]:
    return [_key(page.path)]


def _name(page: Page) -> Iterable[str]:
    return [_key(page.path).rpartition("/")[2]]


DOTS = (".", "..")
"""Not usable as a ``page_id``: at the end of an address they mean a folder."""


def identifier(page: Page) -> str:
    """Return the page's identifier within its site: its ``page_id``, else the slug of its path without the extension.

    >>> identifier(Page("pages/contribute/main.md", {}, {}, (), "", 1))
    'pages-contribute-main'
    """
    page_id = page.text("page_id")
    return page_id if page_id and page_id not in DOTS else slug(page.path.rpartition(".")[0])
