"""Pages as a whole: title, identity, completeness."""

from __future__ import annotations

from collections.abc import Iterator

from kg.findings import Severity
from kg.lint.context import Context, outside_fences
from kg.lint.rule import Rule, RuleMatch
from kg.lint.unfinished import is_called_template, is_unfinished, unfinished_because
from kg.page import Page
from kg.site.addresses import DOTS, identifier
from kg.vocab import Minter

_WITHOUT_TITLE = ("/", "/index", "/index.html", "/404", "/404.html")
"""Paths of pages that themes show under the site's title."""


def _title(page: Page, context: Context) -> Iterator[RuleMatch]:
    is_general = context.site.page_path(page.path, page.front) in _WITHOUT_TITLE
    if not page.text("title") and not is_general and not _is_titled_by_heading(page, context):
        yield RuleMatch(page.line("title"), "the front matter has no title")


def _is_titled_by_heading(page: Page, context: Context) -> bool:
    """Return whether jekyll-titles-from-headings, which GitHub Pages has, takes the page's title from its text."""
    plugins = ("jekyll-titles-from-headings", "github-pages")
    return bool(page.blocks and page.blocks[0].level) and any(map(context.site.uses, plugins))


def _unfinished(page: Page, context: Context) -> Iterator[RuleMatch]:
    reason = unfinished_because(page, context.site)
    if reason and not is_called_template(page):
        yield RuleMatch(page.body_line, f"{reason}; the page is kept out of the graph")


def _duplicate_id(page: Page, context: Context) -> Iterator[RuleMatch]:
    first = context.minted.get(Minter(context.site.key).page(identifier(page)))
    if first is None or first.path == page.path:
        return
    name = "page_id" if page.text("page_id") else "without a page_id, its id"
    advice = "" if page.text("page_id") else "; give it a page_id of its own"
    yield RuleMatch(page.line("page_id"), f"{name} {identifier(page)!r} is that of {first.path} already{advice}")


def _page_id(page: Page, context: Context) -> Iterator[RuleMatch]:
    if page.text("page_id") in DOTS:
        text = f"page_id {page.text('page_id')!r} means a folder in an address; the page is called {identifier(page)!r}"
        yield RuleMatch(page.line("page_id"), text)


def _language(page: Page, context: Context) -> Iterator[RuleMatch]:
    if problem := context.site.language_problem(page.text("lang")):
        yield RuleMatch(page.line("lang"), f"lang {problem}")


def _duplicate_address(page: Page, context: Context) -> Iterator[RuleMatch]:
    url = context.urls.get(page.path)
    published = [path for path in context.published.get(url or "", ()) if path != page.path]
    if published:
        yield RuleMatch(
            page.line("permalink"), f"{published[0]} is published at {url} too; one of them overwrites the other"
        )


def _no_address(page: Page, context: Context) -> Iterator[RuleMatch]:
    if page.path not in context.urls:
        is_empty = page.front.get("permalink") == ""
        empty, unfilled = (
            "its permalink is empty, which ends Jekyll's build",
            "its permalink has a placeholder without a value",
        )
        reason = empty if is_empty else unfilled
        yield RuleMatch(page.line("permalink"), f"nothing tells the address of this page: {reason}")


def _leftover(page: Page, context: Context) -> Iterator[RuleMatch]:
    if is_unfinished(page, context.site):
        return
    for number, line in outside_fences(context.body(page)):
        if context.site.profile.is_leftover(line.strip()):
            yield RuleMatch(number, f"this line is the template's: {line.strip()[:60]!r}; fill it in or delete it")


RULES = (
    Rule("missing-title", Severity.WARNING, _title),
    Rule("unfinished", Severity.WARNING, _unfinished),
    Rule("duplicate-id", Severity.ERROR, _duplicate_id),
    Rule("invalid-page-id", Severity.WARNING, _page_id),
    Rule("invalid-language", Severity.WARNING, _language),
    Rule("duplicate-address", Severity.WARNING, _duplicate_address),
    Rule("page-without-address", Severity.WARNING, _no_address),
    Rule("template-leftover", Severity.NOTE, _leftover),
)
