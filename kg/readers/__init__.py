"""Readers parse source files into :class:`kg.page.Page`: one module per source format, with the suffixes that it reads.

A reader never raises for faults in a file: it returns findings, and no page if one is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from kg import plugins
from kg.findings import Finding
from kg.liquid import Renderer
from kg.page import Page
from kg.site import Site, data_files
from kg.site.sources import INCLUDES

Reading = tuple[Page | None, tuple[Finding, ...]]
"""A page and its findings; the page is ``None`` if the file has none or a finding is an error."""


def read(site: Site, paths: Iterable[str] | None = None) -> Iterator[Reading]:
    """Yield the pages of a site, sorted by path, or those at ``paths``, each with its findings."""
    reader = SiteReader(site)
    return (reader(path) for path in readable(site, paths))


class SiteReader:
    """Reads pages of one site; a callable for worker processes."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._liquid = _liquid(site)
        self._readers = _readers()

    def __call__(self, path: str) -> Reading:
        """Return the page at a path with its findings."""
        reader, site = self._readers[PurePosixPath(path).suffix.lower()], self._site
        found: Reading = reader.read(site.folder / path, path, site.defaults(path), self._liquid)
        return found


def read_file(site: Site, file: Path, path: str) -> Reading:
    """Read ``file`` as if it were at ``path`` of the site."""
    reader = _readers().get(PurePosixPath(path).suffix.lower())
    found: Reading = reader.read(file, path, site.defaults(path), _liquid(site)) if reader else (None, ())
    return found


def read_fronts(site: Site, paths: Iterable[str] | None = None) -> Iterator[Page]:
    """Yield the pages of :func:`read` with their front matter alone, which is much faster: without blocks and tags."""
    readers = _readers()
    for path in readable(site, paths):
        reader = readers[PurePosixPath(path).suffix.lower()]
        page, _ = reader.read_front(site.folder / path, path, site.defaults(path))
        if page:
            yield page


def _liquid(site: Site) -> Renderer:
    names = {tool.id: tool.name for tool in site.directory.tools.values()}
    return Renderer(
        site.config, site.folder / INCLUDES, names, partial(data_files.tree, site.folder / data_files.FOLDER)
    )


def _readers() -> dict[str, Any]:
    """Return suffix → module that reads it."""
    return {suffix: module for module in plugins.find(__name__).values() for suffix in module.SUFFIXES}


def readable(site: Site, paths: Iterable[str] | None = None) -> Iterator[str]:
    """Yield the paths of a site, or those of ``paths``, that some module reads."""
    readers = _readers()
    return (
        path for path in (site.files() if paths is None else paths) if PurePosixPath(path).suffix.lower() in readers
    )
