"""What leads on from words for what somebody has: pages, records, and questions with their parameters filled in."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.query.canned import CannedQuery
from kg.query.rows import text, values
from kg.search_index import Hit, SearchRequest
from kg.vocab import BASE
from server.pages.audiences import by_audience
from server.pages.finding import index
from server.pages.rows import rows
from server.service import Service

_PAGES = ("cheat-sheet", "guidance-page")
_RECORDS = (
    *("data-format", "terminology", "reporting-guideline", "identifier-scheme", "standard"),
    *("repository", "database", "law", "modality", "tool", "service"),
)
_MODALITY = "imaging modality"
_TITLES = """SELECT DISTINCT ?page ?title {
  { ?page a rdm:AdvicePage ; dct:title ?title } UNION { ?topic a rdm:Topic ; dct:title ?title }
} ORDER BY LCASE(STR(?title)) ?page"""
_NAMING = """SELECT DISTINCT ?thing ?page ?title {
  %s { ?page rdm:hasMention/rdm:target ?thing }
  UNION { ?page rdm:mentionsModality|(rdm:coversDataType/rdm:modality) ?thing }
  ?page a rdm:AdvicePage ; dct:title ?title .
} ORDER BY LCASE(STR(?title)) ?page"""
_PROLOGUE = re.compile(r"^(?:#|PREFIX ).*\n", re.MULTILINE)
"""The lines of a question that cannot stand within another query: declarations of prefixes, and comments."""
_FIRST = ("where-to-deposit", "where-to-deposit-data-about", "standards-for-sheet", "standards-for-data-about")
"""The questions that come first, where the words name what they are about."""
_MOST = 5
"""Largest number of pages, and of records."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question whose parameters have values, and which has an answer."""

    query: CannedQuery
    values: dict[str, str]
    about: str
    """What the answer is about, in words."""


@dataclass(frozen=True, slots=True)
class Having:
    """Pages, records and questions that words lead to."""

    pages: tuple[tuple[str, str, str], ...]
    """IRI and title of each page, and the title of its site."""
    records: tuple[Hit, ...]
    questions: tuple[Answered, ...]
    """The nearest first."""


def having(service: Service, words: str) -> Having:
    """Return what leads on from words: pages and records that they find, and the questions for researchers about these.

    Raises:
        NotFound: when the release has no search index.
        QueryError: when the pool cannot answer.
    """
    pages, records = _found(service, words, _PAGES), _records(service, words)
    naming = _naming(service, [hit for hit in records if hit.is_called_so])
    named = [(hit.iri, hit.name) for hit in pages]
    if not any(hit.is_called_so for hit in pages):  # what names the records is nearer than what has the words somewhere
        leading = dict(page for found in naming.values() for page in found)
        named = [*(page for page in named if page[0] in leading), *leading.items(), *named]
    of_records = [
        *_about("modality", [(hit.iri, hit.name) for hit in naming if hit.kind == _MODALITY]),
        *_about("thing", [(hit.iri, hit.name) for hit in naming if hit.kind != _MODALITY]),
    ]
    near = {iri for iri, title in named if _share_a_word(words, title)}
    said: Sequence[tuple[str, str]] = ()
    if len(near) != 1:  # the questions about the one page with the words in its title are nearer than those about words
        said, titled = _in_titles(service, words)
        named += titled
    of_pages = _answered(service, [*_about("page", named), *_about("words", said)])
    shown = tuple((iri, title, _site(service, iri)) for iri, title in tuple(dict.fromkeys(named))[:_MOST])
    nearest = sorted([*of_records, *of_pages], key=_place) if near else [*of_records, *sorted(of_pages, key=_place)]
    return Having(shown, records, tuple(nearest))


def _place(answered: Answered) -> int:
    """Return the place of a question among those about the same thing."""
    return _FIRST.index(answered.query.name) if answered.query.name in _FIRST else len(_FIRST)


def _site(service: Service, page: str) -> str:
    sites = service.current.release.manifest["sites"]
    return next((site["title"] for site in sites if page.startswith(f"{BASE}{site['key']}/")), "")


def _found(service: Service, words: str, kinds: Sequence[str]) -> tuple[Hit, ...]:
    """Return the best things of these kinds that have all the words."""
    results = index(service).search(SearchRequest(words, {"kind": tuple(kinds)}, size=_MOST))
    return () if results.any_word else results.hits


def _records(service: Service, words: str) -> tuple[Hit, ...]:
    """Return the records that have all the words, else those that are called by one of them."""
    if found := _found(service, words, _RECORDS):
        return found
    called = (hit for word in words.split()[:_MOST] for hit in _found(service, word, _RECORDS) if hit.is_called_so)
    return tuple({hit.iri: hit for hit in called}.values())[:_MOST]


def _naming(service: Service, records: Sequence[Hit]) -> Mapping[Hit, Sequence[tuple[str, str]]]:
    """Return the records that pages name → IRI and title of these pages."""
    if not records:
        return {}
    found = rows(service, _NAMING % values("thing", (hit.iri for hit in records)))
    pages = defaultdict[str, list[tuple[str, str]]](list)
    for row in found:
        pages[text(row, "thing")].append((text(row, "page"), text(row, "title")))
    return {hit: pages[hit.iri] for hit in records if hit.iri in pages}


def _share_a_word(one: str, other: str) -> bool:
    return not set(one.casefold().split()).isdisjoint(other.casefold().split())


def _in_titles(service: Service, words: str) -> tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]]]:
    """Return the words, or else the longest of them, that stand in a title of a page or topic, and these pages."""
    titles = rows(service, _TITLES)
    for each in (words, *sorted(words.split(), key=len, reverse=True)):
        if found := [row for row in titles if each.casefold() in text(row, "title").casefold()]:
            return [(each, each)], [(text(row, "page"), text(row, "title")) for row in found if "page" in row]
    return [], []


def _about(kind: str, possible: Sequence[tuple[str, str]]) -> list[Answered]:
    """Return the questions for researchers with one parameter to give, of this type, with the first possible value."""
    every = by_audience()["researchers"]
    needs = [(query, [each for each in query.parameters if each.default is None]) for query in every]
    return [
        Answered(query, {needed[0].name: value}, name)
        for value, name in possible[:1]
        for query, needed in needs
        if [each.type for each in needed] == [kind]
    ]


def _answered(service: Service, asked: Sequence[Answered]) -> Sequence[Answered]:
    """Return the questions that have an answer, which one query asks of all."""
    each = (
        f"{{ {{ {_PROLOGUE.sub('', one.query.fill(**one.values))} LIMIT 1 }} BIND({number} AS ?number) }}"
        for number, one in enumerate(asked)
    )
    found = rows(service, f"SELECT ?number {{ {' UNION '.join(each)} }} ORDER BY ?number") if asked else ()
    return [asked[int(text(row, "number"))] for row in found]
