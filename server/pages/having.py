"""What leads on from words for what somebody has: pages, records, and questions with their parameters filled in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.query.canned import CannedQuery, Parameter
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
    """What leads on from words."""

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
    pages, records = _found(service, words, _PAGES), _found(service, words, _RECORDS)
    asked = [*_asked(service, _in_titles(service, words), pages, records)]
    named = [(hit.iri, hit.name) for hit in pages]
    if not any(hit.is_called_so for hit in pages):  # what names the records is nearer than what has the words somewhere
        named = [*(page for _, found in asked for page in _pages_in(found)), *named]
    questions = (answered for answered, _ in asked)
    shown = tuple((iri, title, _site(service, iri)) for iri, title in tuple(dict.fromkeys(named))[:_MOST])
    return Having(shown, records, tuple(questions))


def _site(service: Service, page: str) -> str:
    sites = service.current.release.manifest["sites"]
    return next((site["title"] for site in sites if page.startswith(f"{BASE}{site['key']}/")), "")


def _found(service: Service, words: str, kinds: Sequence[str]) -> tuple[Hit, ...]:
    return index(service).search(SearchRequest(words, {"kind": tuple(kinds)}, size=_MOST)).hits


def _in_titles(service: Service, words: str) -> str:
    """Return the words, or else the longest of them, that stand in a title of a page or topic; empty if none do."""
    titles = [text(row, "title").casefold() for row in rows(service, _TITLES)]
    possible = (words, *sorted(words.split(), key=len, reverse=True))
    return next((each for each in possible if any(each.casefold() in title for title in titles)), "")


def _asked(
    service: Service, words: str, pages: Sequence[Hit], records: Sequence[Hit]
) -> Iterator[tuple[Answered, Sequence[Row]]]:
    """Yield the questions with one parameter to give that have an answer, with its rows."""
    for query in by_audience()["researchers"]:
        required = [parameter for parameter in query.parameters if parameter.default is None]
        if len(required) == 1:
            for value, about in _values(required[0], words, pages, records):
                values = {required[0].name: value}
                if found := rows(service, query.fill(**values)):
                    yield Answered(query, values, about, len(found)), found
                    break


def _values(
    parameter: Parameter, words: str, pages: Sequence[Hit], records: Sequence[Hit]
) -> Iterable[tuple[str, str]]:
    """Return the possible values of a parameter with their names, the best first."""
    called = [hit for hit in records if hit.is_called_so]
    if parameter.type == "page":
        return [(hit.iri, hit.name) for hit in pages[:1] if hit.is_called_so]
    if parameter.type == "thing":
        return [(hit.iri, hit.name) for hit in called if hit.kind != _MODALITY]
    if parameter.type == "modality":
        return [(hit.iri, hit.name) for hit in called if hit.kind == _MODALITY]
    if parameter.type == "words":
        return [(words, words)] if words else []
    return ()


def _pages_in(found: Iterable[Row]) -> Iterator[tuple[str, str]]:
    for row in found:
        if "page_iri" in row and "title" in row:
            yield text(row, "page_iri"), text(row, "title")
