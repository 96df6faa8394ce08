"""Describe the pages of a site as named graphs and as HTML; what unchanged pages say is taken from the cache.

What a page says depends on its file, its last change in git and the data of its site, on the addresses and ids of all
pages that links may lead to, and on the headings of those pages that it links to.
"""

from __future__ import annotations

from collections.abc import Sequence
from json.encoder import encode_basestring
from pathlib import Path
from typing import Any

from kg.build.collect import Description, add_violations, described
from kg.build.site_pages import SitePages, facts_of
from kg.infer import Ontology
from kg.page import Page
from kg.page_html.page_text import PageTexts, marks
from kg.page_to_rdf import PagesToRdf, page_iri
from kg.page_to_rdf.statements import Statements, without_addresses
from kg.release import add_text, text_file


class PageDescriptions:
    """The descriptions of one site's pages; a callable for worker processes."""

    def __init__(
        self, source: SitePages, to_rdf: PagesToRdf, pages: Sequence[Sequence[Page]], ontology: Ontology
    ) -> None:
        """Take the kept pages of the site and of each of its neighbours."""
        self._source, self._to_rdf, self._ontology = source, to_rdf, ontology
        self._texts = PageTexts(source.site)
        self._linked = [{page.path: page for page in kept} for kept in pages]
        sites = [addresses.site for addresses in to_rdf.addresses]
        self._links = source.cache.key(
            [
                [site.key, site.addresses, [facts_of(page, site) for page in kept]]
                for site, kept in zip(sites, pages, strict=True)
            ]
        )

    def write(self, pages: Sequence[Page], draft: Path) -> list[Description]:
        """Return the descriptions of pages, and write their texts as HTML into the draft of a release."""
        keys = [self._key(page) for page in pages]
        found = {key: self._source.recall(key, self._anchors) for key in keys}
        missing = [(key, page) for key, page in zip(keys, pages, strict=True) if found[key] is None]
        found |= zip((key for key, _ in missing), self._describe(missing), strict=True)
        for key, page in zip(keys, pages, strict=True):
            add_text(draft, text_file(page_iri(page, self._source.site)), found[key]["html"])
        return [found[key] for key in keys]

    def is_known(self, page: Page) -> bool:
        """Return whether there is an earlier description of a page."""
        return self._source.cache.has(self._key(page))

    def _key(self, page: Page) -> str:
        history = self._source.site.history
        change = history.get(page.path) if history is not None else None
        last = [change.state.value, change.commit, change.time] if change else history is None
        return self._source.key(page.path, "description", self._links, last)

    def _describe(self, pages: Sequence[tuple[str, Page]]) -> list[Description]:
        said = [self._say(self._source.whole(page)) for _, page in pages]
        descriptions = [self._described(statements) | texts for statements, texts, _ in said]
        add_violations(descriptions, [[statements.graph] for statements, _, _ in said], self._source.cache)
        for (key, _), (_, _, asked), description in zip(pages, said, descriptions, strict=True):
            self._source.remember(key, asked, description)
        return descriptions

    def _described(self, statements: Statements) -> Description:
        name = str(statements.graph.identifier)
        lines = [_line((name, *statement), line) for statement, line in statements.lines.items()]
        return described({name: statements.graph}, self._ontology, lines)

    def _say(self, page: Page) -> tuple[Statements, Description, dict[tuple[int, str], object]]:
        """Return the statements and the texts of a page, and the headings of the other pages that it links to."""
        for addresses in self._to_rdf.addresses:
            addresses.asked.clear()
        statements = self._to_rdf.statements(page)
        iri = page_iri(page, self._source.site)
        html = self._texts.html(page, marks(statements.graph, iri))
        sections = [
            [part.anchor, without_addresses(part.heading), without_addresses(part.text)] for part in page.sections
        ]
        asked = [(number, path) for number, each in enumerate(self._to_rdf.addresses) for path in sorted(each.asked)]
        texts = {"html": html, "sections": {iri: sections}}
        return statements, texts, {place: self._anchors(*place) for place in asked if place != (0, page.path)}

    def _anchors(self, number: int, path: str) -> Any:
        """Return the identifiers of the headings of a page of the site, or of a neighbour by its number."""
        return sorted(self._to_rdf.addresses[number].anchors_of(self._linked[number][path]))


def _line(texts: Sequence[str], number: int) -> str:
    """Return texts and a number as a list in JSON, of which a release has one for each statement of its pages.

    >>> _line(("g", 'a "b"'), 7)
    '["g", "a \\\\"b\\\\"", 7]'
    """
    return f"[{', '.join(map(encode_basestring, texts))}, {number}]"
