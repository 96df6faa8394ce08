"""Readers parse source files into :class:`kg.page.Page`: one module per source format, with the suffixes that it reads.

A reader never raises for faults in a file: it returns findings, and no page if one is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from kg import plugins
from kg.findings import Finding
from kg.liquid import Rendered, Renderer
from kg.page import Page
from kg.readers._page import LARGEST
from kg.site import Site, front_matter
from kg.site.characters import first_control
from kg.site.sources import is_source, own_tags
from kg.site.variables import Variables

Reading = tuple[Page | None, tuple[Finding, ...]]
"""A page and its findings; the page is ``None`` if the file has none or a finding is an error."""


def read(site: Site, paths: Iterable[str] | None = None) -> Iterator[Reading]:
    """Yield the pages of a site, sorted by path, or those at ``paths``, each with its findings."""
    reader = SiteReader(site)
    return (reader(path) for path in readable(site, paths))


class SiteReader:
    """Reads pages of one site; a callable for worker processes."""

    def __init__(self, site: Site, known: Callable[[str], Page | None] = lambda _: None) -> None:
        """Take a site, and a function that returns the page at a path if its front matter need not be read again."""
        self._site = site
        self.shows_texts = False
        """True if the Liquid of the page that was read last asked for the text of a page, or for the time."""
        self._render = renderer(site, known, self._tell)
        self._readers = _readers()

    def __call__(self, path: str, file: Path | None = None) -> Reading:
        """Return the page at a path with its findings; ``file`` is read in its place."""
        reader, site = self._readers[PurePosixPath(path).suffix.lower()], self._site
        is_optional, self.shows_texts = site.may_lack_front_matter(path), False
        found: Reading = reader.read(
            file or site.folder / path, path, site.defaults(path), self._render, is_optional=is_optional
        )
        return found if found[0] is None or site.publishes(found[0]) else (None, ())

    def _tell(self) -> None:
        self.shows_texts = True

    def front(self, path: str) -> Page | None:
        """Return the page at a path with its front matter alone, ``None`` for one that templates do not see."""
        reader, site = self._readers[PurePosixPath(path).suffix.lower()], self._site
        is_optional = site.may_lack_front_matter(path)
        page: Page | None
        page, _ = reader.read_front(site.folder / path, path, site.defaults(path), is_optional=is_optional)
        return page if page and site.lists(page) else None


def before_text(content: bytes) -> bytes:
    """Return what a page's file has before its text; all of a file without front matter, or with a fault."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return content
    found = front_matter.split(text)
    is_faulty = len(content) > LARGEST or first_control(text) is not None
    return content if found is None or is_faulty else text.removesuffix(found.body).encode()


def read_file(site: Site, file: Path, path: str) -> Reading:
    """Read ``file`` as if it were at ``path`` of the site."""
    return SiteReader(site)(path, file) if PurePosixPath(path).suffix.lower() in _readers() else (None, ())


def unreadable(site: Site, path: str) -> Page:
    """Return the page of a file that cannot be read, with its ``page_id`` alone, if a line of the file gives it."""
    page_id = front_matter.page_id_in(site.folder / path)
    return Page(path, {"page_id": page_id} if page_id else {}, {}, (), "", 1)


def read_fronts(site: Site, paths: Iterable[str] | None = None) -> Iterator[Page]:
    """Yield the pages of :func:`read` with their front matter alone, which is much faster: without blocks and tags."""
    return filter(site.publishes, _listed(site, paths))


def _listed(
    site: Site, paths: Iterable[str] | None = None, known: Callable[[str], Page | None] = lambda _: None
) -> Iterator[Page]:
    """Yield the pages that templates see with their front matter alone, or as they are known."""
    reader = SiteReader(site)
    return (page for path in readable(site, paths) if (page := known(path) or reader.front(path)))


def renderer(
    site: Site, known: Callable[[str], Page | None] = lambda _: None, tell: Callable[[], None] = lambda: None
) -> Callable[[Page], Rendered]:
    """Return a function that renders the Liquid of a page of a site.

    ``known`` is that of :class:`SiteReader`, and ``tell`` that of :class:`Variables`.
    """
    fronts = partial(_listed, site, known=known)
    variables = Variables(site, fronts, lambda text, document: liquid.part(text, document), tell)
    names = {tool.id: tool.name for tool in site.directory.tools.values()}
    liquid = Renderer(variables.site, site.folder, names, variables.address, is_source, own_tags(site.folder))
    return lambda page: liquid.render(page.body, variables.page(page))


def _readers() -> dict[str, Any]:
    """Return suffix → module that reads it."""
    return {suffix: module for module in plugins.find(__name__).values() for suffix in module.SUFFIXES}


def readable(site: Site, paths: Iterable[str] | None = None) -> Iterator[str]:
    """Yield the paths of a site, or those of ``paths``, that some module reads."""
    readers = _readers()
    return (
        path for path in (site.files() if paths is None else paths) if PurePosixPath(path).suffix.lower() in readers
    )
