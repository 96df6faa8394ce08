"""The data that rules may use besides the page itself: the site, its other pages, the text of files."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.lint.closest import closest
from kg.lint.unfinished import is_template, is_unfinished
from kg.page import Page
from kg.site import Site, data_files, front_matter
from kg.site.addresses import Addresses, identifier
from kg.site.characters import without_controls
from kg.site.tools import Tool
from kg.site.yaml_text import Scalar, YamlError, scalars
from kg.vocab import Minter, slug

_HTTPS_HOST = re.compile(r"https://([\w.-]+)", re.ASCII)
_BRACES = re.compile(r"\{[^{}\n]*\}")
_HASH = re.compile(r"#([A-Za-z][\w:.-]*)")
_ID = re.compile(r"""<[^<>]*\b(?:id|name)\s*=\s*["']?([^\s"'>]+)""")
_SOURCES = (".html", ".md")
_MADE = ("feed.xml", "sitemap.xml", "robots.txt")
"""Files that Jekyll's plug-ins generate."""
_GENERATED = re.compile(r"\{%-?\s*(?:for|tablerow|include(?!\s+(?:callout|image|section-navigation-tiles)\.html))\b")
_MOST_ADVICE = 200
"""Names of a page, at most, that are compared with all that are known; it takes milliseconds for each."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of ``_data`` as stored on disk."""

    path: str
    """Relative to the site's folder."""
    text: str
    scalars: tuple[Scalar, ...]

    @property
    def name(self) -> str:
        """The file's name without folders and extension, in lower case."""
        return self.path.rpartition("/")[2].partition(".")[0].lower()


class Context:
    """A site as the rules see it; expensive values are computed on first use."""

    def __init__(
        self,
        site: Site,
        crosswalk: FairsharingCrosswalk,
        pages: Sequence[Page],
        others: Iterable[Page] = (),
        read: Callable[[str], Page | None] | None = None,
    ) -> None:
        self.site = site
        self.crosswalk = crosswalk
        whole = {page.path: page for page in pages}
        self.pages = {page.path: page for page in others} | whole
        """Every page of the site by path; some may have their front matter only."""
        self._whole: dict[str, Page | None] = {**whole}
        self._read = read
        self._front: tuple[str, tuple[Scalar, ...]] = ("", ())
        """Path and front matter of the last page: all rules check one page before the next, so one entry is enough."""
        self._anchors: dict[str, tuple[str, ...] | None] = {}
        self._advised = ("", 0)
        """Path of the last page, and the number of its names that were compared."""

    @cached_property
    def _in_order(self) -> list[Page]:
        """The pages in the order in which they have a right to an identifier: templates last, else by path."""
        return sorted(self.pages.values(), key=lambda page: (is_template(page, self.site), page.path))

    @cached_property
    def page_ids(self) -> dict[str, Page]:
        """``page_id`` → the first page that has it."""
        found: dict[str, Page] = {}
        for page in self._in_order:
            page_id = page.text("page_id")
            if page_id and not page_id.startswith("<!--"):
                found.setdefault(page_id, page)
        return found

    @cached_property
    def known_ids(self) -> list[str]:
        """Every ``page_id``, sorted."""
        return sorted(self.page_ids)

    @cached_property
    def file_names(self) -> dict[str, Page]:
        """File name without its extension → the first page with a ``page_id`` whose file has that name."""
        found: dict[str, Page] = {}
        for page in self.page_ids.values():
            found.setdefault(page.path.rpartition("/")[2].partition(".")[0], page)
        return found

    @cached_property
    def last_names(self) -> dict[str, set[str]]:
        """First name → the last names of the people with it, as in addresses."""
        found: dict[str, set[str]] = {}
        for name in self.site.directory.people:
            names = slug(name).split("-")
            if len(names) > 1:
                found.setdefault(names[0], set()).add(names[-1])
        return found

    @cached_property
    def minted(self) -> dict[str, Page]:
        """IRI → the first page that it is minted for; templates whose id is a comment are left out."""
        minter, found = Minter(self.site.key), dict[str, Page]()
        for page in self._in_order:
            if not (page.text("page_id").startswith("<!--") and is_unfinished(page, self.site)):
                found.setdefault(minter.page(identifier(page)), page)
        return found

    @cached_property
    def addresses(self) -> Addresses:
        """Resolver of links between the site's pages."""
        return Addresses(self.site, list(self.pages.values()))

    @cached_property
    def urls(self) -> dict[str, str]:
        """Path of a page → the path of its published URL; pages without an address are left out."""
        base = f"/{self.site.base_path}".rstrip("/")
        found = {path: self.site.page_path(path, page.front) for path, page in self.pages.items()}
        return {path: base + url for path, url in found.items() if url is not None}

    @cached_property
    def published(self) -> dict[str, list[str]]:
        """Published URL → paths of its pages, sorted."""
        found: dict[str, list[str]] = {}
        for path in sorted(self.urls):
            found.setdefault(self.urls[path], []).append(path)
        return found

    @cached_property
    def known_urls(self) -> list[str]:
        """Published URLs of all pages, sorted."""
        return sorted(self.urls.values())

    def is_file(self, page: Page, address: str) -> bool:
        """Return whether a file other than a page may be published at an address.

        True also if the address's top folder is absent from the checkout, since its files may be generated.
        """
        path = unquote(urlsplit(address).path)
        own = path.removeprefix("/" + self.site.text("baseurl").strip("/")).lstrip("/")
        for start in (self.site.folder, (self.site.folder / page.path).parent):
            file = start / (own if path.startswith("/") else path)
            if _exists(file) or any(_exists(f"{file}{ending}") for ending in _SOURCES):
                return True
        folder, slash, _ = own.partition("/")
        return own in _MADE or bool(slash and PurePosixPath(own).suffix and not _exists(self.site.folder / folder))

    @cached_property
    def tools(self) -> dict[str, Tool]:
        """Id → entry of the site's tool list."""
        return dict(self.site.directory.tools)

    @cached_property
    def known_tools(self) -> list[str]:
        """Ids of all tools, sorted."""
        return sorted(self.tools)

    @cached_property
    def known_sources(self) -> list[str]:
        """Every key of the bibliography, sorted."""
        return sorted(self.site.bibliography.sources)

    def has_https(self, host: str) -> bool:
        """Return whether some link of the site addresses a host, in lower case, by https."""
        return host in self._https_hosts

    @cached_property
    def _https_hosts(self) -> frozenset[str]:
        texts = [self._text(path) for path in (*self.site.files(), *self.data_paths(None))]
        return frozenset(host.lower().rstrip(".") for text in texts for host in _HTTPS_HOST.findall(text))

    def front(self, page: Page) -> tuple[Scalar, ...]:
        """Return the values of a page's own front matter, each with its place."""
        if page.path != self._front[0]:
            found = front_matter.split(self._text(page.path))
            self._front = (page.path, _values(found.yaml, found.LINE) if found else ())
        return self._front[1]

    def body(self, page: Page) -> Iterator[tuple[int, str]]:
        """Return the lines of a page's body with their 1-based line numbers in the file."""
        return enumerate(page.body.split("\n"), page.body_line)

    def closest(self, page: Page, word: str, names: Sequence[str], cutoff: float = 0.8) -> str | None:
        """Return the most similar of sorted names, or ``None``; only for the first names of a page that are unknown."""
        path, number = self._advised
        number = number + 1 if path == page.path else 1
        self._advised = (page.path, number)
        return closest(word, names, cutoff) if number <= _MOST_ADVICE else None

    def anchors(self, path: str) -> tuple[str, ...] | None:
        """Return the fragments, sorted, that the page at ``path`` has; ``None`` if its source does not tell them."""
        if path not in self._anchors:
            self._anchors[path] = self._find_anchors(path)
        return self._anchors[path]

    def _find_anchors(self, path: str) -> tuple[str, ...] | None:
        if path not in self._whole:
            self._whole[path] = self._read(path) if self._read else None
        page = self._whole[path]
        if page is None or _GENERATED.search(page.body):
            return None
        own = {block.anchor for block in page.blocks if block.level}
        written = {*_ID.findall(page.body), *_HASH.findall(" ".join(_BRACES.findall(page.body)))}
        return tuple(sorted(own | written | set(self.site.profile.settings["theme_anchors"])))

    def data_paths(self, wanted: Collection[str] | None) -> list[str]:
        """Return the paths of the site's data files; only those in ``wanted`` unless it is ``None``."""
        folder = self.site.folder / data_files.FOLDER
        paths = (f"{data_files.FOLDER}/{file.relative_to(folder).as_posix()}" for file in data_files.files(folder))
        return [path for path in paths if wanted is None or path in wanted]

    def data_file(self, path: str) -> SourceFile:
        """Return the data file at ``path``; without values if it is not YAML."""
        text = self._text(path)
        return SourceFile(path, text, _values(text, 1))

    def _text(self, path: str) -> str:
        try:
            content = (self.site.folder / path).read_bytes()
        except OSError:  # the reader reports it
            return ""
        text = content.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
        return without_controls(text)


def _exists(file: Path | str) -> bool:
    """Return whether a file exists; False for a name that no file can have."""
    return os.path.exists(file)  # noqa: PTH110 (pathlib raises for a name that is too long)


def _values(text: str, first_line: int) -> tuple[Scalar, ...]:
    try:
        return tuple(scalars(text, first_line))
    except YamlError:
        return ()
