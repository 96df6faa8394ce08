"""Readers turn source files into :class:`kg.page.Page`: one module per source format, with the suffixes it reads.

A reader never raises for what is wrong in a file: it gives findings, and no page where an error keeps it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from kg import plugins
from kg.findings import Finding
from kg.liquid import Renderer
from kg.page import Page
from kg.site import Site


def read(site: Site, paths: Iterable[str] | None = None) -> Iterator[tuple[Page | None, tuple[Finding, ...]]]:
    """Every page of a site in the order of their paths, or those at ``paths``, each with what is wrong with it."""
    liquid = _liquid(site)
    for reader, path in _readable(site, paths):
        yield reader.read(site.folder / path, path, site.defaults(path), liquid)


def read_file(site: Site, file: Path, path: str) -> tuple[Page | None, tuple[Finding, ...]]:
    """What :func:`read` would give if ``file`` stood at ``path`` of the site."""
    liquid = _liquid(site)
    found = (reader.read(file, path, site.defaults(path), liquid) for reader, _ in _readable(site, [path]))
    return next(found, (None, ()))


def _liquid(site: Site) -> Renderer:
    names = {tool.id: tool.name for tool in site.directory.tools.values()}
    return Renderer(site.config, site.folder / "_includes", names)


def read_fronts(site: Site, paths: Iterable[str] | None = None) -> Iterator[Page]:
    """The pages that :func:`read` gives, as their front matter alone says: without blocks and tags, and much sooner."""
    for reader, path in _readable(site, paths):
        page, _ = reader.read_front(site.folder / path, path, site.defaults(path))
        if page:
            yield page


def _readable(site: Site, paths: Iterable[str] | None) -> Iterator[tuple[Any, str]]:
    """The reader of each path that has one."""
    readers = {suffix: module for module in plugins.find(__name__).values() for suffix in module.SUFFIXES}
    for path in site.files() if paths is None else paths:
        reader = readers.get(PurePosixPath(path).suffix.lower())
        if reader:
            yield reader, path
