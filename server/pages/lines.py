"""Addresses of lines of pages: in the repository of the site, or else on our page."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Mapping
from pathlib import Path
from urllib.parse import quote

from kg.query.rows import Row, text, values
from kg.release import text_file
from kg.vocab import BASE
from server.pages.addresses import page_of
from server.pages.rows import rows
from server.service import Service

_FILES = """SELECT ?page ?path ?commit {
  %s BIND(IRI(CONCAT(STR(?page), "#graph")) AS ?graph)
  ?graph prov:wasDerivedFrom ?file . ?file dct:identifier ?path ; prov:wasGeneratedBy/foaf:page ?commit .
}"""
_COMMIT = re.compile(r"(https://github\.com/[\w.-]+/[\w.-]+)/commit/(\w+)")
_BLOCK = re.compile(r'\bid="L(\d+)"')
"""``id`` of a block of a page's text, made from the number of its first line."""


def line_addresses(service: Service, lines: Mapping[str, Collection[int]]) -> dict[tuple[str, int], str]:
    """Return the address of each line of these pages, by IRI and number.

    It is that of the line in the repository, at the commit that the release was made from, if the graph knows it; else
    that of the block of our page that has the line.

    Raises:
        QueryError: when the pool cannot answer.
    """
    if not lines:
        return {}
    files = {text(row, "page"): row for row in rows(service, _FILES % values("page", lines))}
    folders = {f"{BASE}{site['key']}/": site.get("folder", "") for site in service.current.release.manifest["sites"]}
    found = {}
    for page, numbers in lines.items():
        folder = next((folder for start, folder in folders.items() if page.startswith(start)), "")
        source = _source(files[page], folder) if page in files else ""
        begins = [] if source else _begins(service.current.release.folder / text_file(page))
        found.update({(page, line): f"{source}#L{line}" if source else _block(page, line, begins) for line in numbers})
    return found


def _source(row: Row, folder: str) -> str:
    commit = _COMMIT.match(text(row, "commit"))
    return f"{commit[1]}/blob/{commit[2]}/{quote(folder + text(row, 'path'))}?plain=1" if commit else ""


def _begins(file: Path) -> list[int]:
    """Return the numbers of the first lines of the blocks in the text of a page."""
    return sorted(map(int, set(_BLOCK.findall(file.read_text(encoding="utf-8"))))) if file.is_file() else []


def _block(page: str, line: int, begins: list[int]) -> str:
    at = bisect_right(begins, line)
    return page_of(f"{page}#L{begins[at - 1]}" if at else page)
