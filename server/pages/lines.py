"""Places of lines of pages: blocks of our page, and files in the repository of the site."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from kg.query.rows import text, values
from kg.release import Release, text_file
from kg.repositories import Repository, commit_at
from kg.vocab import BASE
from server.pages.addresses import page_of
from server.pages.rows import rows
from server.service import Service

_FILES = """SELECT ?page ?path ?commit {
  %s BIND(IRI(CONCAT(STR(?page), "#graph")) AS ?graph)
  ?graph prov:wasDerivedFrom ?file . ?file dct:identifier ?path ; prov:wasGeneratedBy/foaf:page ?commit .
}"""
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
                (page, line): source.line(line) if source else page_of(f"{page}#{blocks[line]}".rstrip("#"))
                for line in numbers
            }
        )
    return found


@dataclass(frozen=True, slots=True)
class FileInRepository:
    """The file of a page in the repository of its site, at a commit."""

    repository: Repository
    commit: str
    path: str

    def line(self, number: int) -> str:
        """Return the address of a line."""
        return self.repository.line(self.commit, self.path, number)

    @property
    def editor(self) -> str:
        """Address of the editor of the file as it is now; empty if it is not known."""
        return self.repository.editor(self.path)


def in_repository(release: Release, page: str, path: str, commit: str) -> FileInRepository | None:
    """Return a page's file at the commit with this address, if its host is known.

    ``path`` is that of the file in its site.
    """
    known = commit_at(commit)
    if known is None:
        return None
    sites = release.manifest["sites"]
    folder = next((site.get("folder", "") for site in sites if page.startswith(f"{BASE}{site['key']}/")), "")
    return FileInRepository(*known, folder + path)


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
