"""The index of the search in the browser, whose parts are small files: of words by their first letters, and of things.

``server/static/find.js`` reads them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from kg.search_index import SearchIndex
from kg.search_index.weights import WeighedThing
from kg.search_index.words import UNSAID

_LETTERS = 2
"""Number of first letters that the words of a file share."""
_OTHERS = "other"
"""Name of the file of the words that begin with other signs than letters of ASCII and digits."""
_SIZE = 200
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
    parts: dict[str, dict[str, list[int]]] = {_OTHERS: {}}
    for number, thing in enumerate(things):
        for word, weight in thing.weights.items():
            parts.setdefault(_part(word), {}).setdefault(word, []).extend((number, weight))
    for name, words in parts.items():
        _write(folder / f"{name}.json", dict(sorted(words.items())))
    names = {thing.iri: thing.name for thing in things}
    sites = sorted({site for thing in things for site in thing.sites})
    shown = [{"address": address(thing.iri), **_entry(thing, names, sites)} for thing in things]
    for at in range(0, len(shown), _SIZE):
        _write(folder / f"things-{at // _SIZE}.json", shown[at : at + _SIZE])
    about = {"things": len(shown), "size": _SIZE, "letters": _LETTERS, "parts": sorted(parts), "sites": sites}
    _write(folder / "index.json", {**about, "synonyms": index.synonyms(), "unsaid": sorted(UNSAID)})


def _entry(thing: WeighedThing, names: Mapping[str, str], sites: Sequence[str]) -> dict[str, object]:
    """Return what the list of results shows of a thing; ``of`` is the page of which it is a part."""
    page, _, part = thing.iri.partition("#")
    return {
        "name": thing.name,
        "kind": thing.kind,
        "identifiers": thing.identifiers[:_SHOWN],
        "sheets": thing.sheets,
        "of": names.get(page, "") if part else "",
        "sites": [sites.index(site) for site in thing.sites],
    }


def _part(word: str) -> str:
    """Return the name of the file of a word.

    >>> _part("mouse"), _part("mr"), _part("øre")
    ('mo', 'mr', 'other')
    """
    return word[:_LETTERS] if re.match(r"[a-z0-9]+$", word[:_LETTERS]) else _OTHERS


def _write(file: Path, content: object) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
