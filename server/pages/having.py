"""Answers to words for what somebody has: pages, records, and questions with their parameters filled in."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.query.canned import CannedQuery
from kg.query.rows import text, values
from kg.search_index import Hit, SearchRequest
from kg.search_index.kinds import STANDARDS, kinds_asked_for
from kg.search_index.words import fold, stem, telling
from kg.search_index.words import words as words_of
from server.pages.audiences import by_audience
from server.pages.finding import index
from server.pages.rows import rows
from server.pages.statements import site_of
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
_REPOSITORIES, _STANDARDS, _LAWS = frozenset({"repository", "database"}), frozenset(STANDARDS), frozenset({"law"})
_ANSWERS = {
    "where-to-deposit": _REPOSITORIES,
    "where-to-deposit-data-about": _REPOSITORIES,
    "standards-for-sheet": _STANDARDS,
    "standards-for-data-about": _STANDARDS,
    "laws-of-sheet": _LAWS,
}
"""Name of a question → kinds of things that answer it; those that come first where the words name no kind."""
_FIRST = tuple(_ANSWERS)
_DEPOSIT, _REPOSITORY = frozenset(map(stem, ("deposit", "put", "submit", "upload"))), "repository"
"""Stems of words that ask for a repository, and the word that stands for it."""
_OF_ALL = frozenset({"data", "dataset", "datasets", "file", "files", "help", "research"})
"""Words that could be said of whatever somebody has."""
_MOST = 5
"""Largest number of pages, and of records."""
_MOST_WORDS = 12
"""Largest number of words that are looked for in titles, one after the other."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question whose parameters have values, and which has an answer."""

    query: CannedQuery
    values: dict[str, str]
    about: str
    """Subject of the answer, in words."""


@dataclass(frozen=True, slots=True)
class Having:
    """Pages, records and questions that words lead to."""

    pages: tuple[tuple[str, str, str], ...]
    """IRI and title of each page, and the title of its site."""
    records: tuple[Hit, ...]
    questions: tuple[Answered, ...]
    """The nearest first."""
    any_word: bool = False
    """True if nothing has all words."""


def having(service: Service, words: str) -> Having:
    """Return what leads on from words: pages and records that they find, and the questions for researchers about these.

    Raises:
        NotFound: when the release has no search index.
        QueryError: when the pool cannot answer.
    """
    words = " ".join(_REPOSITORY if stem(fold(word)) in _DEPOSIT else word for word in telling(words.split()))
    subject, kinds = kinds_asked_for(words)
    subject = _particular(subject) or _particular(words) or words
    pages, of_all = _found(service, subject, _PAGES), _found(service, words, _RECORDS)
    records = of_all or _called(service, subject)
    naming = _naming(service, [hit for hit in records if hit.is_called_so])
    named = [(hit.iri, hit.name) for hit in pages]
    if not any(hit.is_called_so for hit in pages):  # what names the records is nearer than what has the words somewhere
        leading = dict(page for found in naming.values() for page in found)
        named = [*(page for page in named if page[0] in leading), *leading.items(), *named]
    of_records = [
        *_about("modality", [(hit.iri, hit.name) for hit in naming if hit.kind == _MODALITY]),
        *_about("thing", [(hit.iri, hit.name) for hit in naming if hit.kind != _MODALITY]),
    ]
    said_words = set(words_of(subject))
    near = {iri: found for iri, title in named if (found := len(said_words.intersection(words_of(title))))}
    said: Sequence[tuple[str, str]] = ()
    if [*near.values()] != [len(said_words)]:  # the questions about the one page with all words in its title are nearer
        said, titled = _in_titles(service, subject)
        named += titled
        said = [each for each in said if len(each[0].split()) > max(near.values(), default=0)]
    named.sort(key=lambda page: _common(subject, page[1]), reverse=True)
    of_pages = _answered(service, [*_about("page", named), *_about("words", said)])
    shown = tuple((iri, title, site_of(service, iri)) for iri, title in tuple(dict.fromkeys(named))[:_MOST])
    by_place = sorted([*of_records, *of_pages], key=_place) if near else [*of_records, *sorted(of_pages, key=_place)]
    nearest = sorted(by_place, key=lambda answered: kinds.isdisjoint(_ANSWERS.get(answered.query.name, ())))
    return Having(shown, records, tuple(nearest), any_word=not pages and not of_all)


def _place(answered: Answered) -> int:
    """Return the place of a question among those about the same thing."""
    return _FIRST.index(answered.query.name) if answered.query.name in _FIRST else len(_FIRST)


def _found(service: Service, words: str, kinds: Sequence[str]) -> tuple[Hit, ...]:
    """Return the best things of these kinds that have all the words."""
    results = index(service).search(SearchRequest(words, {"kind": tuple(kinds)}, size=_MOST))
    return () if results.any_word else results.hits


def _called(service: Service, words: str) -> tuple[Hit, ...]:
    """Return the records that are called by one of the words."""
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


def _particular(words: str) -> str:
    """Return words without those that could be said of whatever somebody has."""
    return " ".join(word for word in words.split() if fold(word) not in _OF_ALL)


def _common(subject: str, title: str) -> tuple[int, float, int]:
    """Return how near a title is to a subject: by the words in common, their share of the title, and which is first."""
    said, titled = ([stem(word) for word in words_of(fold(each))] for each in (subject, title))
    common = [place for place, word in enumerate(said) if word in titled]
    return len(common), len(common) / max(len(titled), 1), -min(common, default=0)


def _in_titles(service: Service, words: str) -> tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]]]:
    """Return the most words in a row that stand in a title of a page or topic, the longest first, and these pages."""
    titles = [(row, text(row, "title").casefold()) for row in rows(service, _TITLES)]
    said = words.split()[:_MOST_WORDS]
    parts = (said[start:end] for start in range(len(said)) for end in range(start + 1, len(said) + 1))
    for part in sorted(parts, key=lambda part: (-len(part), -len(" ".join(part)))):
        each = " ".join(part)
        if found := [row for row, title in titles if each.casefold() in title]:
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
