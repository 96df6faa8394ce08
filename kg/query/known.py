"""The pages and sites of a release that the parameters of a canned query name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher

from kg.errors import UnknownValue
from kg.query.canned import CannedQuery, Parameter
from kg.query.rows import Row, text

PAGES = """SELECT DISTINCT ?page ?id ?title ?site ?site_name {
  ?page a rdm:Page ; dct:identifier ?id ; dct:title ?title ; schema:isPartOf ?catalog .
  ?catalog dct:title ?site_name BIND(STRAFTER(STR(?catalog), "/id/") AS ?site)
} ORDER BY ?id ?page"""
"""The query for every page with its names and those of its site."""
_MOST = 3
"""Values that are named in place of an unknown one."""
_LONGEST = 100
"""Characters of a value that are compared with names."""


def check_values(query: CannedQuery, values: Mapping[str, str], ask: Callable[[str], Sequence[Row]]) -> None:
    """Check that the values of the types ``page`` and ``site`` name a page and a site of the release.

    ``ask`` returns the rows of a SELECT query.

    Raises:
        UnknownValue: when the release has no such site, or the site, or any, has no such page.
    """
    given = {each.type: each for each in query.parameters if each.type in ("page", "site") and values.get(each.name)}
    pages = ask(PAGES) if given else ()
    for kind in ("site", "page"):
        if kind in given:
            pages = _named(given[kind], values[given[kind].name], pages)


def _named(parameter: Parameter, value: str, pages: Sequence[Row]) -> Sequence[Row]:
    """Return the pages that have the value among the names of their own, or of their site."""
    found = [page for page in pages if value.lower() in (name.lower() for name in _names(parameter.type, page))]
    if not found:
        raise UnknownValue(parameter.type, value, parameter.name, _near(parameter.type, value, pages))
    return found


def _names(kind: str, page: Row) -> tuple[str, ...]:
    return (text(page, "site"),) if kind == "site" else tuple(text(page, name) for name in ("id", "title", "page"))


def _near(kind: str, value: str, pages: Sequence[Row]) -> dict[str, str]:
    """Return the values that are most like the unknown one, best first, each with the title of what it names."""
    key, title = ("site", "site_name") if kind == "site" else ("id", "title")
    titles = {text(page, key): text(page, title) for page in pages}
    matcher = SequenceMatcher(b=value[:_LONGEST].lower())

    def likeness(item: tuple[str, str]) -> float:
        return max(_ratio(matcher, name) for name in item)

    return dict(sorted(titles.items(), key=likeness, reverse=True)[:_MOST])


def _ratio(matcher: SequenceMatcher[str], name: str) -> float:
    matcher.set_seq1(name.lower())
    return matcher.ratio()
