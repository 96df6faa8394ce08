"""Readers turn source files into :class:`kg.page.Page`: one module per source format, with the suffixes it reads.

A reader never raises for what is wrong in a file: it gives findings, and no page where an error keeps it out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from kg import plugins
from kg.findings import Finding
from kg.liquid import Renderer
from kg.page import Page
from kg.site import Site


def read(site: Site) -> Iterator[tuple[Page | None, tuple[Finding, ...]]]:
    """Every page of a site in the order of their paths, each with what is wrong with it."""
    readers = {suffix: module for module in plugins.find(__name__).values() for suffix in module.SUFFIXES}
    names = {tool.id: tool.name for tool in getattr(site.directory, "tools", {}).values()}
    liquid = Renderer(site.config, site.folder / "_includes", names)
    for path in site.files():
        reader = readers.get(PurePosixPath(path).suffix.lower())
        if reader:
            yield reader.read(site.folder / path, path, site.defaults(path), liquid)
