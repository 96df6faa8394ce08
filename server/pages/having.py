"""What leads on from words for what somebody has: pages, records, and questions with their parameters filled in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.query.canned import CannedQuery
from kg.query.rows import Row, text
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
_TITLES = "SELECT DISTINCT ?title { ?any a ?class ; dct:title ?title VALUES ?class { rdm:Page rdm:Topic } }"
_MOST = 5
"""Largest number of pages, and of records."""
_Values = Mapping[str, Sequence[tuple[str, str]]]
"""Type of a parameter → its possible values with their names, the best first."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question whose parameters have values, and which has an answer."""

    query: CannedQuery
    values: dict[str, str]
    about: str
    """What the answer is about, in words."""
    number: int
    """Number of rows of the answer."""


@dataclass(frozen=True, slots=True)
class Having:
    """Pages, records and questions that words lead to."""

    pages: tuple[tuple[str, str, str], ...]
    """IRI and title of each page, and the title of its site."""
    records: tuple[Hit, ...]
    questions: tuple[Answered, ...]


def having(service: Service, words: str) -> Having:
    """Return what leads on from words: pages and records that they find, and the questions for researchers about these.

    Raises:
        NotFound: when the release has no search index.
        QueryError: when the pool cannot answer.
    """
    pages, records = _found(service, words, _PAGES), _records(service, words)
    asked = [*_asked(service, _values(_in_titles(service, words), records))]
    named = [(hit.iri, hit.name) for hit in pages]
    if not any(hit.is_called_so for hit in pages):  # what names the records is nearer than what has the words somewhere
        answering = dict(page for _, found in asked for page in _pages_in(found))
        named = [*(page for page in named if page[0] in answering), *answering.items(), *named]
    of_page = _asked(service, {"page": named[:1]})
    questions = tuple(answered for answered, _ in (*of_page, *asked))
    shown = tuple((iri, title, _site(service, iri)) for iri, title in tuple(dict.fromkeys(named))[:_MOST])
    return Having(shown, records, questions)


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


def _in_titles(service: Service, words: str) -> str:
    """Return the words, or else the longest of them, that stand in a title of a page or topic; empty if none do."""
    titles = [text(row, "title").casefold() for row in rows(service, _TITLES)]
    possible = (words, *sorted(words.split(), key=len, reverse=True))
    return next((each for each in possible if any(each.casefold() in title for title in titles)), "")


def _asked(service: Service, values: _Values) -> Iterator[tuple[Answered, Sequence[Row]]]:
    """Yield the questions with one parameter to give that have an answer for one of its values, with its rows."""
    for query in by_audience()["researchers"]:
        required = [parameter for parameter in query.parameters if parameter.default is None]
        if len(required) == 1:
            for value, about in values.get(required[0].type, ()):
                filled = {required[0].name: value}
                if found := rows(service, query.fill(**filled)):
                    yield Answered(query, filled, about, len(found)), found
                    break


def _values(words: str, records: Sequence[Hit]) -> _Values:
    called = [hit for hit in records if hit.is_called_so]
    return {
        "thing": [(hit.iri, hit.name) for hit in called if hit.kind != _MODALITY],
        "modality": [(hit.iri, hit.name) for hit in called if hit.kind == _MODALITY],
        "words": [(words, words)] if words else [],
    }


def _pages_in(found: Iterable[Row]) -> Iterator[tuple[str, str]]:
    for row in found:
        if "page_iri" in row and "title" in row:
            yield text(row, "page_iri"), text(row, "title")
