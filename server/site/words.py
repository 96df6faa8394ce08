"""The index of the search in the browser, in small files: words by their first letters, things, sections, and facets.

``server/static/find_index.js`` reads them.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from statistics import fmean

from kg.search_index import SearchIndex
from kg.search_index.kinds import kinds_by_activities, kinds_by_words
from kg.search_index.weights import WeighedThing
from kg.search_index.words import UNSAID, words

_LETTERS = 2
"""Number of first letters that the words of a file share."""
_OTHERS = "other"
"""Name of the file of the words that begin with other signs than letters of ASCII and digits."""
_SIZE = 50
"""Number of things in a file."""
_SHOWN = 4
"""Largest number of identifiers of a thing that are shown."""


def write_words(index: SearchIndex, address: Callable[[str], str], folder: Path) -> None:
    """Write the index of a release again as files; ``address`` returns that of the page of an IRI.

    Raises:
        ReleaseError: when the index of the release is damaged.
    """
    folder.mkdir()
    things = index.weighed()
    parts = _parts(things)
    for name, weighed in parts.items():
        _write(folder / f"{name}.json", dict(sorted(weighed.items())))
    names = {thing.iri: thing.name for thing in things}
    shown = [{"address": address(thing.iri), **_entry(thing, names)} for thing in things]
    for at in range(0, len(shown), _SIZE):
        _write(folder / f"things-{at // _SIZE}.json", shown[at : at + _SIZE])
    pages = [number for number, thing in enumerate(things) if thing.sections]
    for page in pages:
        _write(folder / f"sections-{page}.json", things[page].sections)
    _write(folder / "facets.json", _facets(index, things))
    about = {
        "things": len(shown),
        "size": _SIZE,
        "letters": _LETTERS,
        "parts": sorted(parts),
        "pages": pages,
        "sectionLength": _length(things),
        "synonyms": index.synonyms(),
        "unsaid": sorted(UNSAID),
        "kinds": {" ".join(stems): kinds for stems, kinds in kinds_by_words().items()},
        "activities": {" ".join(stems): kinds for stems, kinds in kinds_by_activities().items()},
        "answers": _answers(index, things),
    }
    _write(folder / "index.json", about)


def _answers(index: SearchIndex, things: Iterable[WeighedThing]) -> dict[int, list[int]]:
    """Return the numbers of what each page recommends or cites, by the number of the page."""
    numbers = {thing.iri: number for number, thing in enumerate(things)}
    answers = defaultdict[int, list[int]](list)
    for page, thing in index.answers():
        answers[numbers[page]].append(numbers[thing])
    return answers


def _parts(things: Iterable[WeighedThing]) -> dict[str, dict[str, list[int]]]:
    """Return for each file of words the numbers of the things that have a word, each with its weight."""
    parts: dict[str, dict[str, list[int]]] = {_OTHERS: {}}
    for number, thing in enumerate(things):
        for word, weight in thing.weights.items():
            parts.setdefault(_part(word), {}).setdefault(word, []).extend((number, weight))
    return parts


def _length(things: Iterable[WeighedThing]) -> float:
    """Return the mean number of words of a section, with its heading; 0 if there is no section."""
    lengths = [len(words(f"{heading} {text}")) for thing in things for _, heading, text in thing.sections]
    return round(fmean(lengths), 2) if lengths else 0


def _facets(index: SearchIndex, things: Iterable[WeighedThing]) -> dict[str, list[object]]:
    """Return the values of each facet with the numbers of their things."""
    numbers = {thing.iri: number for number, thing in enumerate(things)}
    facets: dict[str, list[object]] = {}
    for value in index.facet_values():
        having = sorted(numbers[iri] for iri in value.iris)
        entry = {"name": value.name, "label": value.label, "rank": value.rank, "things": having}
        facets.setdefault(value.facet, []).append(entry)
    return facets


def _entry(thing: WeighedThing, names: Mapping[str, str]) -> dict[str, object]:
    """Return what the list of results shows of a thing; ``of`` is the page of which it is a part."""
    page, _, part = thing.iri.partition("#")
    return {
        "name": thing.name,
        "kind": thing.kind,
        "identifiers": thing.identifiers[:_SHOWN],
        "sheets": thing.sheets,
        "of": names.get(page, "") if part else "",
        "texts": thing.texts,
        "published": thing.published,
    }


def _part(word: str) -> str:
    """Return the name of the file of a word.

    >>> _part("mouse"), _part("mr"), _part("øre")
    ('mo', 'mr', 'other')
    """
    return word[:_LETTERS] if re.match(r"[a-z0-9]+$", word[:_LETTERS]) else _OTHERS


def _write(file: Path, content: object) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
