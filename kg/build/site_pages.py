"""Read and check the pages of a site; what an earlier build found in unchanged pages is taken from the cache.

A page that was read before is taken as an outline: front matter, text and headings, which is all that other pages, the
rules and the catalogue need of it. Only a page that is checked or described anew is read as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from kg.build import inputs
from kg.build.inputs import Need
from kg.build_cache import BuildCache
from kg.errors import SiteError
from kg.findings import Finding, Place, Severity
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.lint import Context, all_rules, findings_in_data, findings_in_page, in_order, is_unfinished
from kg.lint.unfinished import is_template
from kg.page import Block, BlockKind, Page
from kg.parallel import on_all_cores
from kg.readers import Reading, SiteReader, readable
from kg.site import Site
from kg.site.sources import INCLUDES
from kg.site.yaml_types import typed

_CHECKED = 256
"""Number of pages in a batch to check: for fewer, to start processes takes longer than the rules."""


@dataclass(frozen=True, slots=True)
class _PageFile:
    key: str
    """Key of the reading of the file."""
    digest: str
    """Key of what the page says: the same, unless it shows other pages, of which it shows only a part."""
    is_outline: bool


class SitePages:
    """The page files of one site, and the cache of what is found in them."""

    def __init__(self, site: Site, cache: BuildCache) -> None:
        self.site, self.cache = site, cache
        self.files = tuple(site.files())
        """Paths of the files that are pages if they have front matter."""
        self._around = inputs.around_pages(site, frozenset(self.files))
        self._reader = SiteReader(site, self._known)
        self._sources = dict[str, _PageFile]()
        self._keys = dict[str, str]()
        """Keys of the readings of files as they were when the reading began."""

    def read(self) -> Iterator[Reading]:
        """Yield the pages with their findings, sorted by path; some pages are outlines."""
        self._keys = {path: self._page_key(path) for path in readable(self.site, self.files)}
        known = {path for path, key in self._keys.items() if self.cache.has(key)}

        def some(paths: Sequence[str]) -> list[tuple[str, _PageFile, Reading]]:
            return [self._read(path, self._keys[path]) for path in paths]

        for batch in on_all_cores(some, self._keys, is_quick=known.__contains__):
            for path, source, reading in batch:
                self._sources[path] = source
                yield reading

    def whole(self, page: Page) -> Page:
        """Return a page with all of its blocks and its HTML.

        Raises:
            SiteError: when its file has changed since it was read.
        """
        source = self._sources[page.path]
        whole = self._reader(page.path)[0] if source.is_outline else page
        if whole is None or (source.is_outline and self._page_key(page.path) != source.key):
            raise SiteError(f"{self.site.folder / page.path} has changed while the site was built; build it again")
        return whole

    def check(self, pages: Sequence[Page], crosswalk: FairsharingCrosswalk) -> list[Finding]:
        """Return the findings of all rules in the pages and in the site's data files."""
        context = _AskingContext(self.site, crosswalk, pages)
        facts = self.cache.key(
            [
                (*facts_of(page, self.site), is_unfinished(page, self.site), is_template(page, self.site))
                for page in pages
            ]
            + [(context.relative_links.is_active, context.repository, sorted(context.redirecting))]
        )

        def findings(key: str, find: Callable[[], Iterable[Finding]]) -> Iterable[Finding]:
            known = self.recall(key, context.ask)
            if known is None:
                context.asked.clear()
                known = [plain_finding(each) for each in find()]
                self.remember(key, context.asked, known)
            return map(finding, known)

        def key(page: Page) -> str:
            return self.key(page.path, "findings", facts)

        def in_pages(some: Iterable[Page]) -> set[Finding]:
            return {each for page in some for each in findings(key(page), partial(self._find, page, context))}

        all_rules()  # imports them once, before the processes of on_all_cores begin
        batches = on_all_cores(in_pages, pages, _CHECKED, is_quick=lambda page: self.cache.has(key(page)))
        found = set[Finding]().union(*batches)
        for path in context.data_paths(None):
            of_file = self.key_of_site("findings", path, facts)
            found.update(findings(of_file, partial(findings_in_data, path, context)))
        return in_order(found)

    def _find(self, page: Page, context: Context) -> Iterator[Finding]:
        return findings_in_page(self.whole(page), context)

    def recall(self, key: str, ask: Callable[..., object]) -> Any:
        """Return the result with this key, or ``None`` unless ``ask`` still gives the answers that it depends on."""
        asked, result = self.cache.get(key) or ((), None)
        return result if all(ask(*question) == answer for question, answer in asked) else None

    def remember(self, key: str, asked: Mapping[Any, object], result: object) -> None:
        """Keep a result with the questions that it depends on and their answers, all as JSON values."""
        self.cache.put(key, [list(asked.items()), result])

    def key(self, path: str, *parts: object) -> str:
        """Return the key of a result that a page and JSON values decide."""
        return self.key_of_site(path, self._sources[path].digest, *parts)

    def key_of_site(self, *parts: object) -> str:
        """Return the key of a result that the site's configuration, data and other files but its pages decide."""
        return self.cache.key(self._around, *parts)

    def _known(self, path: str) -> Page | None:
        """Return the outline of a page that an earlier build read, if templates see the same in it as in the page."""
        outline = self.cache.get(self._keys.get(path) or self._page_key(path))
        return _reading(path, outline)[0] if outline and outline["is_typed"] else None

    def _page_key(self, path: str) -> str:
        """Return the key of the reading of a page, which depends on what it needs of others."""
        need = self._need(path)
        others = self._all if need is Need.ALL else self._fronts if need is Need.FRONTS else ""
        return self._key_of_file(path, others)

    def _digest(self, path: str, key: str, page: Page | None) -> str:
        """Return the key of what a page says; one that shows other pages depends on what it shows of them."""
        if page is None or self._need(path) is Need.NOTHING:
            return key
        return self._key_of_file(path, repr((page.blocks, page.details, page.html, page.tags)))

    def _key_of_file(self, path: str, others: object) -> str:
        file = self.site.folder / path
        return self.key_of_site("page", path, inputs.of_file(file), path in self.site.indexes, others)

    def _need(self, path: str) -> Need:
        return max(self._need_of_includes, inputs.need(self.site.folder / path))

    @cached_property
    def _all(self) -> str:
        return self._of_files(inputs.of_file)

    @cached_property
    def _fronts(self) -> str:
        return self._of_files(inputs.of_front)

    def _of_files(self, digest: Callable[[Path], str]) -> str:
        return self.cache.key(
            [digest(self.site.folder / path) for path in self.files], *inputs.of_names(self.site.folder)
        )

    @cached_property
    def _need_of_includes(self) -> Need:
        return max(map(inputs.need, (self.site.folder / INCLUDES).rglob("*")), default=Need.NOTHING)

    def _read(self, path: str, key: str) -> tuple[str, _PageFile, Reading]:
        while True:
            known = self.cache.get(key)
            if known and known["texts"] in ("", self._all if known["texts"] else ""):
                return path, _PageFile(key, known["digest"], is_outline=True), _reading(path, known)
            reading = self._reader(path)
            digest = self._digest(path, key, reading[0])
            before, key = key, self._page_key(path)
            if before == key:  # else the file changed while it was read
                break
        if outline := _outline(reading):
            self.cache.put(key, outline | {"digest": digest, "texts": self._all if self._reader.shows_texts else ""})
        return path, _PageFile(key, digest, is_outline=False), reading


class _AskingContext(Context):
    """A context that remembers what the rules asked about other files, and what the answers were."""

    def __init__(self, site: Site, crosswalk: FairsharingCrosswalk, pages: Sequence[Page]) -> None:
        super().__init__(site, crosswalk, pages)
        self.asked = dict[tuple[str, ...], object]()

    def is_file(self, page: Page, href: str) -> bool:
        return bool(self._answer("is_file", page.path, href))

    def has_file(self, page: Page, href: str) -> bool:
        return bool(self._answer("has_file", page.path, href))

    def is_picture(self, page: Page, src: str) -> bool:
        return bool(self._answer("is_picture", page.path, src))

    def source_problem(self, path: str) -> str | None:
        problem = self._answer("source_problem", path)
        return None if problem is None else str(problem)

    def is_unused(self, tool: str) -> bool:
        return bool(self._answer("is_unused", tool))

    def has_https(self, host: str) -> bool:
        return bool(self._answer("has_https", host))

    def anchors(self, path: str) -> tuple[str, ...] | None:
        self._answer("anchors", path)
        return super().anchors(path)

    def ask(self, what: str, *about: str) -> object:
        """Return the answer to a question as a JSON value."""
        if what in ("is_file", "has_file", "is_picture"):
            return getattr(super(), what)(self.pages[about[0]], about[1])
        if what == "anchors":
            found = super().anchors(*about)
            return None if found is None else list(found)
        return getattr(super(), what)(*about)

    def _answer(self, *question: str) -> object:
        return self.asked.setdefault(question, self.ask(*question))


def facts_of(page: Page, site: Site) -> tuple[object, ...]:
    """Return what links to a page, and rules about other pages, need of it besides its headings."""
    address = site.page_path(page.path, page.front)
    return page.path, address, page.text("page_id"), page.texts("redirect_from"), page.texts("type")


def _outline(reading: Reading) -> dict[str, Any] | None:
    """Return a reading as a JSON value, with the headings alone of the blocks; ``None`` if JSON cannot express it."""
    page, findings = reading
    found: dict[str, Any] = {"findings": list(map(plain_finding, findings)), "page": None, "is_typed": False}
    if page:
        headings = [[block.line, block.level, block.anchor] for block in page.blocks if block.level]
        found["page"] = [page.front, page.lines, headings, page.body, page.body_line]
        try:
            is_same = json.loads(json.dumps(page.front)) == page.front
        except ValueError:  # a list that contains itself
            return None
        if not is_same:  # keys other than texts become texts
            return None
        found["is_typed"] = typed(page.front) == page.front  # else templates see numbers and dates where JSON has texts
    return found


def _reading(path: str, outline: dict[str, Any]) -> Reading:
    page, findings = None, tuple(map(finding, outline["findings"]))
    if outline["page"]:
        front, lines, headings, body, body_line = outline["page"]
        blocks = (
            Block(BlockKind.HEADING, line, "", (), level=level, anchor=anchor) for line, level, anchor in headings
        )
        page = Page(path, front, lines, tuple(blocks), body, body_line)
    return page, findings


def plain_finding(found: Finding) -> list[Any]:
    """Return a finding as a JSON value."""
    return [int(found.severity), found.rule, found.message, found.place.path, found.place.line]


def finding(plain: Sequence[Any]) -> Finding:
    """Return the finding of a JSON value."""
    severity, rule, message, path, line = plain
    return Finding(Severity(severity), rule, message, Place(path, line))
