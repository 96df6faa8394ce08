"""Links of a page's body: their syntax, and their targets within the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from kg.findings import Severity
from kg.lint.closest import closest, is_among
from kg.lint.context import Context, SourceFile
from kg.lint.rule import Rule, RuleMatch
from kg.page import Link, Page

_DOUBLED = re.compile(r"^\((.*)\)$", re.DOTALL)
_SCHEME = re.compile(r"([a-z]+)(:?/*)", re.IGNORECASE)
_WEB = re.compile(r"https?://(?!https?:?/)[^/]", re.IGNORECASE)
_HOST_ALONE = re.compile(r"^www\.[\w-]+\.[\w.-]+", re.IGNORECASE)
_DOI_URL = re.compile(r"^https?://(?:dx\.)?doi\.org/+(?P<doi>[^?#]+)", re.IGNORECASE)
_DOI = re.compile(r"(?:doi:)?(?:10\.\d{4,9}(?:\.\d+)*/\S+|10/[a-z0-9]+|[a-z0-9]{3,8})", re.IGNORECASE)


def _links(page: Page) -> Iterator[Link]:
    return (link for block in page.blocks for link in block.links)


def _doubled(page: Page, context: Context) -> Iterator[RuleMatch]:
    for link in _links(page):
        if _DOUBLED.match(link.href):
            yield RuleMatch(link.line, f"the link's brackets are doubled; it is published as {link.href!r}")


def _malformed(page: Page, context: Context) -> Iterator[RuleMatch]:
    for link in _links(page):
        if problem := _problem(link.href):
            yield RuleMatch(link.line, problem)


def _problem(href: str) -> str | None:
    if _DOUBLED.match(href) or "{{" in href or "{%" in href:
        return None
    if not href:
        return "the link has no destination"
    if re.search(r"\s", href):
        return f"the link's destination {href!r} holds blanks"
    if _HOST_ALONE.match(href):
        return f"the link's destination {href!r} lacks https://, so that it leads into this site"
    if _is_misspelt_web(href):
        return f"the link's destination {href!r} does not begin as an address does"
    try:
        parts = urlsplit(href)
    except ValueError as error:
        return f"the link's destination {href!r} is no address: {error}"
    return (
        f"the link's destination {href!r} names no host"
        if parts.scheme in ("http", "https") and not parts.netloc
        else None
    )


def _is_misspelt_web(href: str) -> bool:
    """Return whether an address begins with a misspelling of ``http://`` or ``https://``."""
    begin = _SCHEME.match(href)
    if begin is None or begin[2] not in (":", ":/", "://", "//"):
        return False
    return not _WEB.match(href) and closest(begin[1].lower(), ["http", "https"], cutoff=0.75) is not None


def _broken(page: Page, context: Context) -> Iterator[RuleMatch]:
    for link in _internal(page, context):
        if context.addresses.resolve(page, link.href) is None and not context.is_file(page, link.href):
            yield RuleMatch(
                link.line, f"nothing of this site is published at {link.href!r}{_advice(page, link.href, context)}"
            )


def _advice(page: Page, href: str, context: Context) -> str:
    name = href.partition("#")[0].strip("/").rpartition("/")[2]
    meant = context.page_ids.get(name)
    if meant and meant.path in context.urls:
        return f"; the page with that page_id is at {context.urls[meant.path]}"
    close = context.closest(page, "/" + name, context.known_urls)
    return f"; there is {close}" if close else ""


def _fragment(page: Page, context: Context) -> Iterator[RuleMatch]:
    for link in _internal(page, context):
        target = context.addresses.resolve(page, link.href)
        if target is None or target.fragment in ("", "top") or target.fragment[0] in "/:!":
            continue
        anchors = context.anchors(target.page.path)
        if anchors is not None and not is_among(target.fragment, anchors):
            close = context.closest(page, target.fragment.lower(), anchors, cutoff=0.7)
            where = "this page" if target.page.path == page.path else target.page.path
            advice = f"; there is #{close}" if close else ""
            yield RuleMatch(link.line, f"{where} has no heading #{target.fragment}{advice}")


def _internal(page: Page, context: Context) -> Iterator[Link]:
    """Yield the well-formed links into the site."""
    for link in _links(page):
        is_plain = not re.search(r"\s|\{[{%]", link.href) and not _DOUBLED.match(link.href)
        if is_plain and _problem(link.href) is None and context.addresses.is_internal(link.href):
            yield link


def _http(page: Page, context: Context) -> Iterator[RuleMatch]:
    for link in _links(page):
        if _is_left_behind(link.href, context):
            yield RuleMatch(link.line, f"{link.href} is http; elsewhere this site uses https for that host")


def _http_data(file: SourceFile, context: Context) -> Iterator[RuleMatch]:
    for scalar in file.scalars:
        if _is_left_behind(scalar.value.strip(), context):
            yield RuleMatch(
                scalar.line, f"{scalar.value.strip()} is http; elsewhere this site uses https for that host"
            )


def _is_left_behind(href: str, context: Context) -> bool:
    host = re.match(r"http://([\w.-]+)", href, re.ASCII)
    return host is not None and context.has_https(host[1].lower().rstrip("."))


def _doi(page: Page, context: Context) -> Iterator[RuleMatch]:
    for link in _links(page):
        if _is_bad_doi(link.href):
            yield RuleMatch(link.line, f"{link.href} is no DOI: it should go on with 10.<digits>/<suffix>")
    for scalar in context.front(page):
        if _is_bad_doi(scalar.value.strip()):
            yield RuleMatch(scalar.line, f"{scalar.value.strip()} is no DOI: it should go on with 10.<digits>/<suffix>")


def _doi_data(file: SourceFile, context: Context) -> Iterator[RuleMatch]:
    for scalar in file.scalars:
        if _is_bad_doi(scalar.value.strip()):
            yield RuleMatch(scalar.line, f"{scalar.value.strip()} is no DOI: it should go on with 10.<digits>/<suffix>")


def _is_bad_doi(text: str) -> bool:
    found = _DOI_URL.match(text)
    return found is not None and not _DOI.fullmatch(found["doi"].rstrip("/"))


RULES = (
    Rule("doubled-brackets", Severity.WARNING, _doubled),
    Rule("malformed-link", Severity.WARNING, _malformed),
    Rule("broken-link", Severity.WARNING, _broken),
    Rule("unknown-fragment", Severity.WARNING, _fragment),
    Rule("http-link", Severity.NOTE, _http, _http_data),
    Rule("invalid-doi", Severity.WARNING, _doi, _doi_data),
)
