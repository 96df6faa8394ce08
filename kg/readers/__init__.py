"""Readers turn source files into :class:`kg.page.Page`: one module per source format, with the suffixes it reads.

A reader never raises for what is wrong in a file: it gives findings, and no page where an error keeps it out.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from kg import plugins
from kg.findings import Finding
from kg.liquid import Renderer
from kg.page import Page
from kg.site import Site

Reading = tuple[Page | None, tuple[Finding, ...]]
"""A page, unless there is none or an error keeps it out, and what is wrong with it."""
_WORTH_IT = 64
"""Pages from which on a second process pays."""


def read(site: Site, paths: Iterable[str] | None = None) -> Iterator[Reading]:
    """Every page of a site in the order of their paths, or those at ``paths``, each with what is wrong with it."""
    reader = _SiteReader(site)
    return (reader(path) for path in _readable(site, paths))


def read_on_all_cores(site: Site) -> Iterator[Reading]:
    """The same as :func:`read`, in as many processes as there are cores where the site is large enough."""
    paths = list(_readable(site, None))
    processes = min(len(os.sched_getaffinity(0)), len(paths) // _WORTH_IT)
    if processes < 2:
        yield from read(site, paths)
        return
    with ProcessPoolExecutor(processes, initializer=_SiteReader.begin, initargs=(site,)) as pool:
        yield from pool.map(_SiteReader.go_on, paths, chunksize=8)


class _SiteReader:
    """Reads pages of one site."""

    _begun: ClassVar[_SiteReader]
    """Of the site that this process reads."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._liquid = _liquid(site)
        self._readers = _readers()

    def __call__(self, path: str) -> Reading:
        reader, site = self._readers[PurePosixPath(path).suffix.lower()], self._site
        found: Reading = reader.read(site.folder / path, path, site.defaults(path), self._liquid)
        return found

    @classmethod
    def begin(cls, site: Site) -> None:
        cls._begun = cls(site)

    @staticmethod
    def go_on(path: str) -> Reading:
        return _SiteReader._begun(path)


def read_file(site: Site, file: Path, path: str) -> Reading:
    """What :func:`read` would give if ``file`` stood at ``path`` of the site."""
    reader = _readers().get(PurePosixPath(path).suffix.lower())
    found: Reading = reader.read(file, path, site.defaults(path), _liquid(site)) if reader else (None, ())
    return found


def read_fronts(site: Site, paths: Iterable[str] | None = None) -> Iterator[Page]:
    """The pages that :func:`read` gives, as their front matter alone says: without blocks and tags, and much sooner."""
    readers = _readers()
    for path in _readable(site, paths):
        reader = readers[PurePosixPath(path).suffix.lower()]
        page, _ = reader.read_front(site.folder / path, path, site.defaults(path))
        if page:
            yield page


def _liquid(site: Site) -> Renderer:
    names = {tool.id: tool.name for tool in site.directory.tools.values()}
    return Renderer(site.config, site.folder / "_includes", names)


def _readers() -> dict[str, Any]:
    """Suffix → the module that reads it."""
    return {suffix: module for module in plugins.find(__name__).values() for suffix in module.SUFFIXES}


def _readable(site: Site, paths: Iterable[str] | None) -> Iterator[str]:
    """The paths that some module reads."""
    readers = _readers()
    return (
        path for path in (site.files() if paths is None else paths) if PurePosixPath(path).suffix.lower() in readers
    )
