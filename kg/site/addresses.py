"""Resolution of links between the pages of a site."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from kg.iri import host_and_path
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
    exists: bool
    """True if the page has a heading with the fragment as its id, or the fragment is empty."""


class Addresses:
    """Finds the page that a link refers to, in every notation that authors of these sites use.

    A page is found by its URL, its redirects, its path and its file name, with or without the site's base path, the
    name of its repository and the file extension. If two pages share an address, the kind earlier in this list has
    priority. A ``page_id`` is no address: a link to one is broken on the published site. :meth:`is_published` is
    strict: it knows only the addresses that a browser finds.
    """

    def __init__(self, site: Site, pages: Sequence[Page]) -> None:
        self.site = site
        paths = ((page.path, site.page_path(page.path, page.front)) for page in pages)
        self._urls = {page: unquote(path) for page, path in paths if path is not None}
        self._ids = {page_id: page for page in reversed(pages) if (page_id := page.text("page_id"))}
        self._bases = _bases(site)
        names = [*self._bases[""], site.text("repository")]
        self._repositories = {name.rpartition("/")[2] for name in names} - {""}
        self._redirects = site.uses("jekyll-redirect-from")
        self._outputs = {_output(url) for page in pages for url in self._published(page)}
        self._pages: dict[str, Page] = {}
        self._anchors: dict[str, tuple[Page, frozenset[str]]] = {}
        self.asked = set[str]()
        """Paths of the pages whose headings have been asked for."""
        for ways in (self._published, _path, _name):
            for page in pages:
                for way in ways(page):
                    self._pages.setdefault(_key(way), page)

    def _published(self, page: Page) -> Iterable[str]:
        """Return the paths at which a page is published: its URL if it has one, and the redirects to it."""
        url = [self._urls[page.path]] if page.path in self._urls else []
        return [*url, *(page.texts("redirect_from") if self._redirects else ())]

    def reach(self, href: str) -> int:
        """Return how many characters of an absolute link's path are the site's own address, -1 where there is none."""
        place = host_and_path(href)
        base = self._base(*place) if place else None
        return -1 if base is None else len(base)

    def is_internal(self, href: str) -> bool:
        """Return whether a link stays within the site."""
        return self._within(href) is not None

    def is_root(self, href: str) -> bool:
        """Return whether an absolute link leads to one of the site's own addresses."""
        return self._within(href) == "/" and self.reach(href) >= 0

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
        if not path:
            return self._target(page, href)
        here = posixpath.dirname(self._urls.get(page.path, "/"))
        ways = [_key(posixpath.join(here, path)), _key(path)]
        ways += [rest for way in ways for first, _, rest in [way.partition("/")] if first in self._repositories]
        found = next((self._pages[way] for way in ways if way in self._pages), None)
        return self._target(found, href) if found else None

    def is_published(self, page: Page, href: str) -> bool:
        """Return whether a page of the site is published where a browser looks for an internal link on ``page``."""
        return any(self._has(path) for path in self.requested(page, href))

    def requested(self, page: Page, href: str) -> list[str]:
        """Return the paths below the site's URL that an internal link on ``page`` may mean, by where the site is.

        It is one path if the site has one address, and none for a link that leads above it.
        """
        place = host_and_path(href)
        host, path = place or ("", unquote(urlsplit(href.strip()).path))
        here = self._urls.get(page.path, "/")
        if not path and not place:
            return [here]
        folder = posixpath.dirname(here)
        bases = self._bases.get(host, ())
        every = [(base, posixpath.normpath(posixpath.join(f"{base}{folder}", path))) for base in bases]
        return [whole.removeprefix(base) or "/" for base, whole in every if f"{whole}/".startswith(f"{base}/")]

    def _has(self, path: str) -> bool:
        plain = path.rstrip("/")
        return not self._outputs.isdisjoint((path, f"{plain}.html", f"{plain}/index.html"))

    def published_at(self, href: str) -> Target | None:
        """Return what an absolute link of another site leads to; ``None`` where no page of this one is there."""
        path = self._within(href) if self.reach(href) >= 0 else None
        found = self._pages.get(_key(path)) if path else None
        return self._target(found, href) if found else None

    def _target(self, page: Page, href: str) -> Target:
        fragment = _fragment(href)
        return Target(page, fragment, not fragment or fragment in self.anchors_of(page))

    def anchors_of(self, page: Page) -> frozenset[str]:
        """Return the identifiers of a page's headings."""
        self.asked.add(page.path)
        known, anchors = self._anchors.get(page.path, (None, frozenset[str]()))
        if known is not page:
            anchors = frozenset(block.anchor for block in page.blocks if block.level)
            self._anchors[page.path] = (page, anchors)
        return anchors

    def _within(self, href: str) -> str | None:
        """Return the path of a link within the site, ``None`` if it leaves the site."""
        place = host_and_path(href)
        if place is None:
            return self._without_host(href)
        base = self._base(*place)
        return None if base is None else f"/{place[1][len(base) :].strip('/')}"

    def _without_host(self, href: str) -> str | None:
        try:
            parts = urlsplit(href.strip())
        except ValueError:
            return None
        path = unquote(parts.path)
        if parts.scheme or parts.netloc:
            return None
        return f"/{path[len(self._base('', path) or '') :].strip('/')}" if path.startswith("/") else path

    def _base(self, host: str, path: str) -> str | None:
        """Return the longest path of the site's addresses on a host that a path is at or below; ``None`` for none."""
        bases = [base for base in self._bases.get(host, ()) if path == base or path.startswith(f"{base}/")]
        return max(bases, key=len, default=None)


def _bases(site: Site) -> dict[str, list[str]]:
    """Return for each host of the site's addresses the paths of those there; all of them for links without a host."""
    places = [place for address in site.addresses if (place := host_and_path(address))]
    found: dict[str, list[str]] = {"": [path for _, path in places] + [f"/{site.base_path}".rstrip("/")]}
    for host, path in places:
        found.setdefault(host, []).append(path)
    return found


def _output(url: str) -> str:
    """Return the path of the file that Jekyll writes for a URL.

    >>> _output("/a/"), _output("/a"), _output("/a.html")
    ('/a/index.html', '/a.html', '/a.html')
    """
    file = f"/{url.lstrip('/')}{'index' if url.endswith('/') else ''}"
    return file if file.endswith(".html") else f"{file}.html"


def _key(path: str) -> str:
    """Return a path without the parts that authors omit or add: outer slashes, file extension, ``index``."""
    plain = posixpath.normpath("/" + path).strip("/")
    for ending in _ENDINGS:
        plain = plain.removesuffix(ending)
    return plain.removesuffix("/index") if plain.endswith("/index") else plain


def _fragment(href: str) -> str:
    return unquote(urlsplit(href).fragment)


def _path(page: Page) -> Iterable[str]:
    return [page.path]


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
