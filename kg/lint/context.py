"""The data that rules may use besides the page itself: the site, its other pages, the text of files."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from kg.closest import closest
from kg.identifiers.fairsharing import FairsharingCrosswalk, Record
from kg.iri import host_and_path
from kg.lint.relative_links import RelativeLinks
from kg.lint.unfinished import is_template, is_unfinished
from kg.page import DetailKind, Page
from kg.site import Site, data_files, front_matter, published
from kg.site.addresses import Addresses, identifier
from kg.site.characters import without_controls
from kg.site.tools import Tool
from kg.site.yaml_text import Scalar, YamlError, parse, scalars
from kg.vocab import Minter, slug

_HTTPS_HOST = re.compile(r"https://([\w.-]+)", re.ASCII)
_ID = re.compile(r"""\bid\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_INCLUDE = re.compile(r"\{%-?\s*include(?:_cached)?\s+(\S+)")
_LAYOUT = re.compile(r"^layout:[ \t]*([\w-]+)", re.MULTILINE)
_PAGES = (".html", ".htm", ".md", ".markdown")
_STYLES = (".scss", ".sass")
_MADE = ("feed.xml", "sitemap.xml", "robots.txt")
"""Files that Jekyll's plug-ins generate."""
_THEME_INCLUDES = re.compile(r"callout|image|[\w-]*(?:tiles|table|cards?|button)[\w-]*", re.IGNORECASE)
"""Includes of the theme that make no anchor, by their names without the extension."""
_PICTURE = re.compile(
    r"!\[[^\]\n]*\]\(\s*<?(?P<written>[^)\s>:]+)|image\.html[^%\n]{0,400}\bfile\s*=\s*[\"'](?P<shown>[^\"':]+)|"
    r"<img\b[^<>]{0,400}\bsrc\s*=\s*[\"'](?:\{\{\s*[\"'])?(?P<src>[^\"':]+)"
)
_PICTURE_FOLDERS = ("", "images/", "assets/img/", "assets/images/")
"""Folders in which includes for pictures look for them."""
_MOST_MISSING = 10
"""Pictures of a folder that is not there, at most; if there are more, the checkout was made without the folder."""
_TAG = re.compile(r"\{%-?\s*((?:(?!\{%|-?%\}).)*+)-?%\}", re.DOTALL)
_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_TWINS = 2
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
        self._shown_by_page: dict[str, frozenset[str]] = {}
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
    def urls_by_name(self) -> dict[str, str]:
        """Last part of a published URL, without the extension → the only URL that has it."""
        found: dict[str, list[str]] = {}
        for url in self.known_urls:
            found.setdefault(url.strip("/").rpartition("/")[2].partition(".")[0], []).append(url)
        return {name: urls[0] for name, urls in found.items() if len(urls) == 1}

    @cached_property
    def known_urls(self) -> list[str]:
        """Published URLs of all pages, sorted."""
        return sorted(self.urls.values())

    def is_file(self, page: Page, href: str) -> bool:
        """Return whether a file other than a page is, or may be, published where a link on a page leads."""
        return self.has_file(page, href) or any(self._is_absent(path.strip("/")) for path in self._places(page, href))

    def has_file(self, page: Page, href: str) -> bool:
        """Return whether a file other than a page, of the checkout or the theme, is published where a link leads."""
        places = [path.strip("/") for path in self._places(page, href)]
        return any(self._is_static(path) or self._is_made(path) for path in places)

    def is_picture(self, page: Page, src: str) -> bool:
        """Return whether a picture is, or may be, published at an address that a page names."""
        places = [path.strip("/") for path in self._places(page, src)]
        is_shown = src in self._shown(page)
        shown = [f"{folder}{src.lstrip('/')}" for folder in _PICTURE_FOLDERS if is_shown]
        left_out = any(self.pictures_left_out(path.partition("/")[0]) for path in (*places, *shown))
        return left_out or any(map(self._is_static, (*places, *shown))) or any(map(self._is_made, places))

    def _shown(self, page: Page) -> frozenset[str]:
        """Return the files that a page shows by the include for pictures."""
        if page.path not in self._shown_by_page:
            self._shown_by_page[page.path] = frozenset(found["shown"] for found in _PICTURE.finditer(page.body))
        return self._shown_by_page[page.path]

    def pictures_left_out(self, folder: str) -> bool:
        """Return whether a folder is not there although pages name many pictures in it: a checkout without pictures."""
        return len(self._pictures.get(folder, ())) > _MOST_MISSING and not _exists(self.site.folder / folder)

    @cached_property
    def _pictures(self) -> dict[str, set[str]]:
        """Folder of the site → the pictures in it that sources name."""
        found: dict[str, set[str]] = {}
        for text in self._texts:
            for match in _PICTURE.finditer(text):
                path = (match["shown"] and f"images/{match['shown'].lstrip('/')}") or match["src"] or match["written"]
                own = path.lstrip("./").removeprefix(f"{self.site.base_path}/")
                folder, slash, name = own.partition("/")
                if slash:
                    found.setdefault(folder, set()).add(name)
        return found

    def _is_static(self, file: str) -> bool:
        """Return whether a path below the site's URL is that of a file that Jekyll copies."""
        names = (file, f"{file}.html", f"{file}/index.html")
        return any(map(self._is_copied, names))

    def _is_copied(self, file: str) -> bool:
        hidden = any(part.startswith(("_", ".")) for part in PurePosixPath(file).parts)
        return not hidden and file not in self.pages and _is_file(self.site.folder / file)

    def _places(self, page: Page, href: str) -> list[str]:
        """Return the paths below the site's URL that a link may mean, and the source file that a plug-in finds."""
        source = self.relative_links.source(page, href)
        return [*self.addresses.requested(page, href), *([source] if source else ())]

    def is_source(self, page: Page, href: str) -> bool:
        """Return whether jekyll-relative-links makes a link to a source file on a page one to the published page."""
        source = self.relative_links.source(page, href)
        return source in self.pages or source in self._redirecting

    @cached_property
    def relative_links(self) -> RelativeLinks:
        """Links to source files that work."""
        return RelativeLinks(self.site, self._has_source)

    def _has_source(self, path: str) -> bool:
        return path in self.pages or path in self._redirecting or self._is_copied(path)

    def _is_made(self, own: str) -> bool:
        """Return whether a file may be made by a plug-in or the theme."""
        style = own.endswith(".css") and any(_is_file(self.site.folder / own.replace(".css", end)) for end in _STYLES)
        is_theme = own.startswith("assets/") and any(self.site.text(key) for key in ("theme", "remote_theme"))
        return own in _MADE or style or is_theme or _bare(own) in self.redirecting

    @cached_property
    def redirecting(self) -> frozenset[str]:
        """Paths below the site's URL of the pages that only lead elsewhere, without slashes and ending."""
        return frozenset(map(_bare, self._redirecting.values()))

    @cached_property
    def _redirecting(self) -> dict[str, str]:
        """Path of each page that only leads elsewhere → the path of its published URL."""
        others = [path for path in self.site.files() if path not in self.pages]
        urls = {path: self._redirecting_url(path) for path in others if self.site.uses("jekyll-redirect-from")}
        return {path: url for path, url in urls.items() if url is not None}

    def _redirecting_url(self, path: str) -> str | None:
        found = front_matter.split(self._text(path))
        try:
            own = parse(found.yaml).data if found else None
        except YamlError:
            return None
        front = {**self.site.defaults(path), **(own if isinstance(own, dict) else {})}
        return self.site.page_path(path, front) if self.site.redirects(front) else None

    def _is_absent(self, own: str) -> bool:
        """Return whether a file may be made before Jekyll runs, since its folder is absent from the checkout."""
        folder, slash, _ = own.partition("/")
        is_other = PurePosixPath(own).suffix not in ("", *_PAGES)
        return is_other and bool(slash) and not _exists(self.site.folder / folder)

    def source_problem(self, path: str) -> str | None:
        """Return that the checkout has no file or folder at a path, with the one that may be meant, or ``None``."""
        file = self.site.folder / path
        if path.split("/").count("..") or _exists(file):
            return None
        others = [other.name for other in file.parent.iterdir()] if file.parent.is_dir() else []
        same = next((name for name in sorted(others) if name.partition(".")[0] == file.name.partition(".")[0]), None)
        close = same or closest(file.name, sorted(others))
        advice = f"; there is {PurePosixPath(path).with_name(close).as_posix()}" if close else ""
        return f"this repository has no {path}{advice}"

    @cached_property
    def repository(self) -> str:
        """The site's repository on GitHub, ``owner/name`` in lower case; empty if it is not known."""
        return (self.site.text("repository") or published.repository(self.site.folder)).lower()

    @cached_property
    def tools(self) -> dict[str, Tool]:
        """Id → entry of the site's tool list."""
        return dict(self.site.directory.tools)

    @cached_property
    def tools_by_identity(self) -> dict[tuple[str, str], Tool]:
        """Name or address of a tool in the list, as :func:`identity` returns it → the first tool that has it.

        One that more than two tools have is left out: it is the address of a place where several tools are.
        """
        found: dict[tuple[str, str], list[Tool]] = {}
        for tool in self.site.directory.tool_list.by_id.values():
            for key in identity(tool.name, tool.url):
                found.setdefault(key, []).append(tool)
        return {key: min(tools, key=lambda tool: tool.place) for key, tools in found.items() if len(tools) <= _TWINS}

    def is_unused(self, tool: str) -> bool:
        """Return whether no source names a tool, by a tag, in front matter or in data, though some source has a tag."""
        return bool(self._tools_named) and tool not in self._tools_named

    @cached_property
    def _tools_named(self) -> frozenset[str]:
        tags = [tag for text in (*self._texts, *self._templates.values()) for tag in _TAG.findall(text)]
        tools = [tag.split(None, 1)[-1].strip() for tag in tags if tag.split()[:1] == ["tool"]]
        is_computed = any(name not in self.tools and not name.startswith(("'", '"')) for name in tools)
        if not tools or is_computed:  # a loop over data may name any tool
            return frozenset()
        named = {first or second for tag in tags for first, second in _QUOTED.findall(tag)}
        if self.tools.keys() <= named:
            return frozenset(named)
        named |= {scalar.value.strip() for page in self.pages.values() for scalar in self.front(page)}
        data = (path for path in self.data_paths(None) if path != self.site.directory.tool_list.path)
        return frozenset(named | {scalar.value.strip() for path in data for scalar in self.data_file(path).scalars})

    @cached_property
    def records_by_name(self) -> dict[str, list[Record]]:
        """Name or abbreviation, case-folded → the FAIRsharing records that have it, by IRI."""
        found: dict[str, list[Record]] = {}
        for _, record in sorted(self.crosswalk.records.items()):
            for name in {record.name.strip().casefold(), record.abbreviation.strip().casefold()} - {""}:
                found.setdefault(name, []).append(record)
        return found

    @cached_property
    def known_tools(self) -> list[str]:
        """Ids of all tools, sorted."""
        return sorted(self.tools)

    @cached_property
    def known_people(self) -> list[str]:
        """Every name in the list of contributors, sorted."""
        return sorted(self.site.directory.people)

    @cached_property
    def known_sources(self) -> list[str]:
        """Every key of the bibliography, sorted."""
        return sorted(self.site.bibliography.sources)

    def has_https(self, host: str) -> bool:
        """Return whether some link of the site addresses a host, in lower case, by https."""
        return host in self._https_hosts

    @cached_property
    def _https_hosts(self) -> frozenset[str]:
        return frozenset(host.lower().rstrip(".") for text in self._texts for host in _HTTPS_HOST.findall(text))

    @cached_property
    def _texts(self) -> list[str]:
        """Texts of all pages and data files."""
        return [self._text(path) for path in (*self.site.files(), *self.data_paths(None))]

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
        if page is None or self._makes_unknown_anchors(page):
            return None
        found = {block.anchor for block in page.blocks if block.level}
        contents = [detail.text for detail in page.details if detail.kind is DetailKind.CONTENTS]
        found |= {f"{name}-{anchor}" for name in contents for anchor in found}
        for detail in page.details:
            if detail.kind is DetailKind.NOTE:
                found |= {f"fn:{detail.text}", f"fnref:{detail.text}"}
            elif detail.kind not in (DetailKind.PICTURE, DetailKind.NO_LINK):
                found.add(detail.text)
        return tuple(sorted(found | self._around | set(self.site.profile.settings["theme_anchors"])))

    @cached_property
    def _templates(self) -> dict[str, str]:
        """Path → text of each file of the site's own layouts and includes."""
        files = (file for name in ("_layouts", "_includes") for file in sorted((self.site.folder / name).rglob("*")))
        paths = (
            file.relative_to(self.site.folder).as_posix() for file in files if file.is_file() and not file.is_symlink()
        )
        return {path: self._text(path) for path in paths}

    @cached_property
    def _around(self) -> set[str]:
        """Identifiers in the site's own layouts and includes, which may be on any page."""
        return {"".join(found) for text in self._templates.values() for found in _ID.findall(text)}

    def _makes_unknown_anchors(self, page: Page) -> bool:
        """Return whether a page includes what is not here, or its layout makes identifiers from variables."""
        waiting, seen = [page.body], {""}
        while waiting:
            for name in (found.strip("\"'") for found in _INCLUDE.findall(waiting.pop())):
                own = self._templates.get(f"_includes/{name}")
                if own is None and not _THEME_INCLUDES.fullmatch(name.rpartition("/")[2].partition(".")[0]):
                    return True
                if own is not None and name not in seen:
                    waiting.append(own)
                seen.add(name)
        layout, seen = page.text("layout"), {""}
        while layout not in seen:
            text = self._templates.get(f"_layouts/{layout}.html", "")
            if any("{{" in "".join(found) for found in _ID.findall(text)):
                return True
            seen.add(layout)
            layout = found[1] if (found := _LAYOUT.search(text)) else ""
        return False

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


def outside_fences(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines that are in no fenced block of code."""
    fenced = False
    for number, line in lines:
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        if not fenced:
            yield number, line


def identity(name: str, url: str) -> list[tuple[str, str]]:
    """Return what tells a tool from others: its address without the scheme, and its name in lower case.

    >>> identity("PRIDE", "http://Pride.example/?a=1")
    [('address', 'pride.example?a=1'), ('name', 'pride')]
    """
    place = host_and_path(url)
    rest = url.partition("?")[1:] if "?" in url else url.partition("#")[1:]
    address = f"{place[0]}{place[1]}{''.join(rest)}" if place else ""
    return [(what, value) for what, value in (("address", address), ("name", name.casefold())) if value]


def _bare(path: str) -> str:
    """Return a path without outer slashes and what a server adds to one.

    >>> _bare("/old/index.html"), _bare("old/"), _bare("/old.html")
    ('old', 'old', 'old')
    """
    return f"/{path.strip('/').removesuffix('.html')}".removesuffix("/index").strip("/")


def _is_file(file: Path) -> bool:
    """Return whether a path is that of a file; False for a name that no file can have."""
    return os.path.isfile(file)  # noqa: PTH113 (pathlib raises for a name that is too long)


def _exists(file: Path | str) -> bool:
    """Return whether a file exists; False for a name that no file can have."""
    return os.path.exists(file)  # noqa: PTH110 (pathlib raises for a name that is too long)


def _values(text: str, first_line: int) -> tuple[Scalar, ...]:
    try:
        return tuple(scalars(text, first_line))
    except YamlError:
        return ()
