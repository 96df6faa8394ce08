"""Places of lines of pages: blocks of our page, and files in the repository of the site."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from urllib.parse import quote

from kg.query.rows import text, values
from kg.release import Release, text_file
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
    release = service.current.release
    found = {}
    for page, numbers in lines.items():
        row = files.get(page, {})
        source = in_repository(release, page, text(row, "path"), text(row, "commit"))
        blocks = {} if source else block_ids(page_text(release, page) or "", numbers)
        found.update(
            {
                (page, line): f"{source}?plain=1#L{line}" if source else page_of(f"{page}#{blocks[line]}".rstrip("#"))
                for line in numbers
            }
        )
    return found


def in_repository(release: Release, page: str, path: str, commit: str, *, to_edit: bool = False) -> str:
    """Return the address of a page's file at the commit with this address, or of its editor; empty if unknown.

    ``path`` is that of the file in its site.
    """
    known = _COMMIT.match(commit)
    if known is None:
        return ""
    sites = release.manifest["sites"]
    folder = next((site.get("folder", "") for site in sites if page.startswith(f"{BASE}{site['key']}/")), "")
    return f"{known[1]}/{'edit/HEAD' if to_edit else f'blob/{known[2]}'}/{quote(folder + path)}"


def page_text(release: Release, page: str) -> str | None:
    """Return the text of a page as HTML; ``None`` if the release has none, whatever path the IRI makes."""
    file = text_file(page)
    return (release.folder / file).read_text(encoding="utf-8") if file in release.manifest["files"] else None


def block_ids(html: str, lines: Iterable[int]) -> dict[int, str]:
    """Return line → ``id`` of the last block of a page's text that begins at or before it; empty if none does.

    >>> block_ids('<p id="L3"></p><p id="L7"></p>', [1, 5, 7])
    {1: '', 5: 'L3', 7: 'L7'}
    """
    begins = sorted(map(int, set(_BLOCK.findall(html))))
    places = {line: bisect_right(begins, line) for line in lines}
    return {line: f"L{begins[at - 1]}" if at else "" for line, at in places.items()}
