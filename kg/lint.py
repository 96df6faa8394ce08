"""What is wrong with pages, found without building a graph: each rule is a function from a page and its site."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.findings import Finding, Place, Severity
from kg.identifiers import fairsharing, orcid
from kg.page import Page
from kg.site import Site

_DOUBLED = re.compile(r"^\(.*\)$")


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at besides the page."""

    site: Site
    crosswalk: fairsharing.FairsharingCrosswalk
    page_ids: frozenset[str]


Rule = Callable[[Page, Context], Iterator[Finding]]


def lint(pages: Sequence[Page], site: Site, crosswalk: fairsharing.FairsharingCrosswalk) -> list[Finding]:
    """All findings of all rules, in the order of pages and lines; an error keeps its page out of the graph."""
    context = Context(site, crosswalk, frozenset(page.text("page_id") for page in pages))
    found = [finding for page in pages for rule in RULES for finding in rule(page, context)]
    found += _duplicate_ids(pages)
    found += _people(site)
    return sorted(found, key=lambda finding: (finding.place, finding.rule, finding.message))


def is_unfinished(page: Page, site: Site) -> bool:
    """Whether a page is a template that nobody has filled in yet."""
    share = float(site.profile.settings["template_share"])
    return site.is_cheat_sheet(page.text("type")) and site.profile.template_share(page.body) > share


def _unfinished(page: Page, context: Context) -> Iterator[Finding]:
    if is_unfinished(page, context.site):
        share = context.site.profile.template_share(page.body)
        message = f"{share:.0%} of its lines are template text; the page is kept out of the graph"
        yield _warning("unfinished", message, page, page.body_line)


def _title(page: Page, context: Context) -> Iterator[Finding]:
    if not page.text("title"):
        yield _warning("missing-title", "the front matter has no title", page, 1)


def _contributors(page: Page, context: Context) -> Iterator[Finding]:
    for name in page.texts("contributors"):
        if name not in context.site.directory.people:
            message = f"contributor {name!r} is not in _data/CONTRIBUTORS.yml"
            yield _warning("unknown-contributor", message, page, page.line("contributors"))


def _affiliations(page: Page, context: Context) -> Iterator[Finding]:
    for name in page.texts("affiliations"):
        if name not in context.site.directory.organisations:
            message = f"affiliation {name!r} is not in _data/affiliations.yaml"
            yield _warning("unknown-organisation", message, page, page.line("affiliations"))


def _related(page: Page, context: Context) -> Iterator[Finding]:
    related = page.front.get("related_pages")
    groups = related.values() if isinstance(related, dict) else ()
    for group in groups:
        for page_id in group if isinstance(group, list) else [group]:
            if isinstance(page_id, str) and page_id not in context.page_ids:
                message = f"no page of this site has the page_id {page_id!r}"
                yield _warning("unknown-page", message, page, page.line("related_pages"))


def _links(page: Page, context: Context) -> Iterator[Finding]:
    for link in (link for block in page.blocks for link in block.links):
        if _DOUBLED.match(link.href):
            message = f"the link's brackets are doubled; it is published as {link.href!r}"
            yield _warning("doubled-brackets", message, page, link.line)
        elif re.search(r"\s", link.href):
            yield _warning("malformed-link", f"the link's destination {link.href!r} holds blanks", page, link.line)
        yield from _registry(page, context, link.href, link.line)


def _registry(page: Page, context: Context, href: str, line: int) -> Iterator[Finding]:
    reference = fairsharing.parse(href) if "fairsharing" in href.lower() else None
    if reference is None:
        return
    record = context.crosswalk.resolve(reference)
    if record is None:
        yield _warning("unknown-fairsharing", f"{href} is no FAIRsharing record known here", page, line)
    elif href != record.iri:
        message = f"{href} is not the record's persistent identifier; write {record.iri}"
        yield Finding(Severity.NOTE, "legacy-fairsharing", message, Place(page.path, line))


RULES: tuple[Rule, ...] = (_unfinished, _title, _contributors, _affiliations, _related, _links)


def _duplicate_ids(pages: Iterable[Page]) -> Iterator[Finding]:
    first: dict[str, Page] = {}
    for page in pages:
        page_id = page.text("page_id")
        if page_id and first.setdefault(page_id, page) is not page:
            message = f"page_id {page_id!r} is that of {first[page_id].path} already"
            yield Finding(Severity.ERROR, "duplicate-id", message, Place(page.path, page.line("page_id")))


def _people(site: Site) -> Iterator[Finding]:
    for person in site.directory.people.values():
        if person.orcid and orcid.orcid(person.orcid) is None:
            message = f"the ORCID of {person.name} is not one; its digits do not check"
            yield Finding(Severity.WARNING, "invalid-orcid", message, person.place)


def _warning(rule: str, message: str, page: Page, line: int) -> Finding:
    return Finding(Severity.WARNING, rule, message, Place(page.path, line))
