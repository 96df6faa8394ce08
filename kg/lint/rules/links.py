"""Links of a page's body: their syntax, and their targets within the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from kg.closest import closest, is_among
from kg.findings import Severity
from kg.identifiers.countries import country
from kg.lint.context import Context, SourceFile
from kg.lint.rule import Rule, RuleMatch
from kg.page import DetailKind, Link, Page

_DOUBLED = re.compile(r"^\((.*)\)$", re.DOTALL)
_SCHEME = re.compile(r"([a-z]+)(:?/*)", re.IGNORECASE)
_WEB = re.compile(r"https?://(?!https?:?/)[^/]", re.IGNORECASE)
_HOST = re.compile(r"(?:[\w-]+\.)+(?P<top>[a-z]{2,})(?::\d+)?(?P<rest>[/?#].*)?", re.IGNORECASE | re.ASCII)
_TOPS = frozenset("com edu eu gov info int io net org".split())
_FILES = frozenset(
    "cc cfg css csv doc docx gz htm html jpg jpeg js json md pdf pl png ps py rb rs rst sh so svg".split()
)
"""Extensions of files, some of which are domains of countries too."""
_DOI_URL = re.compile(r"^https?://(?:dx\.)?doi\.org/+(?P<doi>[^?#]+)", re.IGNORECASE)
_DOI = re.compile(r"(?:doi:)?(?:\d+(?:\.[\dA-Z]+)+/\S+|10/[a-z0-9]+|[a-z0-9]{3,8})", re.IGNORECASE)
"""A DOI, another handle, which doi.org resolves as well, or a short DOI."""
_BARE_DOI = re.compile(r"(?:doi:\s*)?(10\.\d{4,9}(?:\.\d+)*/\S+)", re.IGNORECASE)
_LOCAL = re.compile(
    r"file:|[a-z]:[\\/]|https?://(?:localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1\])(?=[:/?#]|\Z)", re.IGNORECASE
)
_REPOSITORY = re.compile(
    r"https?://(?:www\.)?(?:raw\.githubusercontent\.com/(?P<raw>[^/]+/[^/]+)|"
    r"github\.com/(?P<repository>[^/]+/[^/]+)/(?:blob|tree|edit|raw|blame))/(?:refs/heads/)?(?:main|master|HEAD)/"
    r"(?P<path>[^?#]+)",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"https?://(?:schema\.org/|purl\.|www\.w3\.org/(?:\d{4}/|ns/|TR/\S+#)|xmlns\.com/|semanticscience\.org/resource/|"
    r"edamontology\.org/|rdfs\.org/|id\.loc\.gov/|rdf\.|data\.europa\.eu/|publications\.europa\.eu/resource/|"
    r"dbpedia\.org/|www\.wikidata\.org/entity/|creativecommons\.org/ns#|vocab\.|sws\.geonames\.org/|"
    r"www\.ontobee\.org/|identifiers\.org/|bioschemas\.org/|\S+/(?:[A-Z][A-Za-z]{1,11})[_:]\d{3,}\Z|\S+#[A-Z]\w+\Z)"
)
"""An address that names a term; ontologies use http in names, and a name must not be changed."""
_LINK_KEYS = re.compile(r"url|link|href|web|homepage|site|page|pid|logo|image", re.IGNORECASE)


def _links(page: Page) -> Iterator[Link]:
    return (link for block in page.blocks for link in block.links)


def _doubled(page: Page, context: Context) -> Iterator[RuleMatch]:
    for link in _links(page):
        if _DOUBLED.match(link.href):
            yield RuleMatch(link.line, f"the link's brackets are doubled; it is published as {link.href!r}")


def _malformed(page: Page, context: Context) -> Iterator[RuleMatch]:
    for link in _links(page):
        if problem := _problem(link.href) or _without_scheme(page, link.href, context):
            yield RuleMatch(link.line, problem)
    for detail in page.details:
        if detail.kind is DetailKind.NO_LINK:
            yield RuleMatch(detail.line, f"this is published as text and is no link: {detail.text}")


def _problem(href: str) -> str | None:
    if _DOUBLED.match(href) or "{{" in href or "{%" in href:
        return None
    if not href:
        return "the link has no destination"
    if re.search(r"\s", href):
        return f"the link's destination {href!r} holds blanks"
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


def _without_scheme(page: Page, href: str, context: Context) -> str | None:
    whole = whole_address(page, href, context)
    if whole is None:
        return None
    if href.lower().startswith("doi:"):
        return f"no browser opens the link's destination {href!r}; write {whole}"
    return f"the link's destination {href!r} lacks https://, so that it leads into this site; write {whole}"


def whole_address(page: Page, href: str, context: Context) -> str | None:
    """Return the address that a destination without a scheme means if nothing of the site is there, or ``None``."""
    whole = address_meant(href)
    is_there = whole and (context.addresses.is_published(page, href) or context.has_file(page, href))
    return None if is_there else whole


def address_meant(href: str) -> str | None:
    """Return the address that a destination without a scheme means, a DOI or one that begins with a host, or ``None``.

    >>> address_meant("doi:10.1000/182"), address_meant("docs.tool.example/start.html")
    ('https://doi.org/10.1000/182', 'https://docs.tool.example/start.html')
    >>> address_meant("guide/start.html"), address_meant("notes.md"), address_meant("mailto:desk@a.example")
    (None, None, None)
    """
    if doi := _BARE_DOI.fullmatch(href):
        return f"https://doi.org/{doi[1]}"
    host = _HOST.fullmatch(href)
    if host is None:
        return None
    top, rest = host["top"].lower(), host["rest"] or ""
    is_host = href.lower().startswith("www.") or (
        top not in _FILES and (rest.startswith("/") or top in _TOPS or country(top.upper()) is not None)
    )
    return f"https://{href}" if is_host else None


def _local(page: Page, context: Context) -> Iterator[RuleMatch]:
    for link in _links(page):
        if _LOCAL.match(link.href):
            yield RuleMatch(link.line, f"{link.href} is a place on one computer; no reader can follow the link")


def _broken(page: Page, context: Context) -> Iterator[RuleMatch]:
    for link in _internal(page, context):
        if not is_reachable(page, link.href, context):
            yield RuleMatch(
                link.line, f"nothing of this site is published at {link.href!r}{_advice(page, link.href, context)}"
            )
    for link in _links(page):
        if problem := _missing_source(link.href, context):
            yield RuleMatch(link.line, problem)
    for detail in page.details:
        if detail.kind is DetailKind.PICTURE and _is_missing_picture(page, detail.text, context):
            yield RuleMatch(detail.line, f"no picture is published at {detail.text!r}")


def is_reachable(page: Page, href: str, context: Context) -> bool:
    """Return whether an internal link leads to a page or file of the site."""
    at_root = href.partition("#")[0] == "/"
    published = context.addresses.is_published(page, href) or context.is_source(page, href)
    return at_root or published or context.is_file(page, href)


def _advice(page: Page, href: str, context: Context) -> str:
    name = href.partition("#")[0].strip("/").rpartition("/")[2]
    meant = context.page_ids.get(name)
    if meant and meant.path in context.urls:
        return f"; the page with that page_id is at {context.urls[meant.path]}"
    same = context.urls_by_name.get(name.partition(".")[0])
    close = same or context.closest(page, "/" + name, context.known_urls)
    return f"; there is {close}" if close else ""


def _missing_source(href: str, context: Context) -> str | None:
    """Return what is wrong with a link to a file of the site's own repository, or ``None``."""
    found = _REPOSITORY.match(href)
    if found is None or (found["raw"] or found["repository"]).lower() != context.repository:
        return None
    return context.source_problem(unquote(found["path"]).strip("/"))


def _is_missing_picture(page: Page, src: str, context: Context) -> bool:
    """Return whether the picture at an address of this site is not there, as far as the checkout tells."""
    if not src or re.match(r"[a-z]+:|//", src, re.IGNORECASE) or re.search(r"\{[{%]|\s", src):
        return False
    return not context.is_picture(page, src)


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
    """Yield the well-formed links into the site, and those that are without their doubled brackets."""
    for link in _links(page):
        doubled = _DOUBLED.match(link.href)
        meant = replace(link, href=doubled[1].strip()) if doubled else link
        is_plain = meant.href and not re.search(r"\s|\{[{%]", meant.href) and not _DOUBLED.match(meant.href)
        is_whole = is_plain and _problem(meant.href) is None and whole_address(page, meant.href, context) is None
        if is_whole and context.addresses.is_internal(meant.href):
            yield meant


def _repeated(page: Page, context: Context) -> Iterator[RuleMatch]:
    """Find the identifiers of a page that are those of two elements."""
    headings = [(block.anchor, block.line) for block in page.blocks if block.level and block.anchor]
    others = [(detail.text, detail.line) for detail in page.details if detail.kind is DetailKind.ELEMENT]
    named = {anchor for anchor, _ in headings}
    others += [
        (detail.text, detail.line)
        for detail in page.details
        if detail.kind is DetailKind.ATTRIBUTE and detail.text not in named
    ]
    first: dict[str, int] = {}
    for name, line in sorted([*headings, *others], key=lambda found: found[1]):
        if first.setdefault(name, line) != line:
            yield RuleMatch(line, f"#{name} is the anchor of line {first[name]} already, to which links lead")


def _http(page: Page, context: Context) -> Iterator[RuleMatch]:
    for link in _links(page):
        if _is_left_behind(link.href, context):
            yield RuleMatch(link.line, f"{link.href} is http; elsewhere this site uses https for that host")


def _http_data(file: SourceFile, context: Context) -> Iterator[RuleMatch]:
    for scalar in file.scalars:
        is_link = any(_LINK_KEYS.search(key) for key in scalar.keys[-1:])
        if is_link and _is_left_behind(scalar.value.strip(), context):
            yield RuleMatch(
                scalar.line, f"{scalar.value.strip()} is http; elsewhere this site uses https for that host"
            )


def _is_left_behind(href: str, context: Context) -> bool:
    host = re.match(r"http://([\w.-]+)", href, re.ASCII)
    return host is not None and not _NAME.match(href) and context.has_https(host[1].lower().rstrip("."))


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
    """Return whether an address of doi.org is neither that of a DOI nor, without digits, one of its own pages."""
    found = _DOI_URL.match(text)
    doi = unquote(found["doi"]).rstrip("/") if found else ""
    return re.search(r"\d", doi) is not None and not _DOI.fullmatch(doi)


RULES = (
    Rule("doubled-brackets", Severity.WARNING, _doubled),
    Rule("malformed-link", Severity.WARNING, _malformed),
    Rule("local-link", Severity.NOTE, _local),
    Rule("broken-link", Severity.WARNING, _broken),
    Rule("unknown-fragment", Severity.WARNING, _fragment),
    Rule("duplicate-anchor", Severity.WARNING, _repeated),
    Rule("http-link", Severity.NOTE, _http, _http_data),
    Rule("invalid-doi", Severity.WARNING, _doi, _doi_data),
)
