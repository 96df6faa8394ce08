"""What somebody typed, understood: as words to look for, misspelt ones replaced by those that are meant."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.search_index.keys import keys
from kg.search_index.words import distance, fold, plain, trigrams, words

LENGTH = 300
"""Characters of a query that count; what comes after is left out."""
_WORDS = 12
"""Words of a query that count."""
_CANDIDATES = 40
_MEANINGS = 4
"""How many words one may have been meant."""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """Words to look for."""

    text: str
    """What was typed, as far as it counts."""
    words: tuple[str, ...]
    """Folded, each once."""
    corrected: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Misspelt word → what may be meant."""
    any_word: bool = False
    """Some of the words will do."""

    @property
    def is_everything(self) -> bool:
        """Whether nothing was typed."""
        return not self.text

    @property
    def beginnings(self) -> tuple[str, ...]:
        """What the words in a text that was found begin with."""
        return tuple(meant for word in self.words for meant in self.corrected.get(word, (word,)))

    def expression(self, columns: str | None = None, *, whole: bool = False) -> str:
        """The words in FTS5's language, in some columns or in any; empty where there are none.

        >>> SearchQuery("data form", ("data", "form")).expression("name labels")
        '{name labels} : (("data"*) AND ("form"*))'
        """
        star = "" if whole else "*"
        groups = [" OR ".join(f'"{meant}"{star}' for meant in self.corrected.get(word, (word,))) for word in self.words]
        joined = (" OR " if self.any_word else " AND ").join(f"({group})" for group in groups)
        return f"{{{columns}}} : ({joined})" if joined and columns else joined


def understand(index: sqlite3.Connection, text: str) -> SearchQuery:
    """The query that a text is; a word that nothing begins with is replaced by similar ones that something has.

    A text that is an address or a known identifier is never corrected. Where nothing has all of several words, some
    will do.
    """
    text = plain(text[:LENGTH])
    query = SearchQuery(text, tuple(dict.fromkeys(words(text)))[:_WORDS])
    if not query.words or "://" in text or _is_known(index, text):
        return query
    similar = {word: _similar(index, word) for word in query.words if word.isalpha() and not _is_used(index, word)}
    query = SearchQuery(text, query.words, {word: found for word, found in similar.items() if found})
    if len(text.split()) < 2 or _finds(index, query):
        return query
    return SearchQuery(text, query.words, query.corrected, any_word=True)


def _is_known(index: sqlite3.Connection, text: str) -> bool:
    return any(index.execute("SELECT 1 FROM known_as WHERE key = ?", (key,)).fetchone() for key in keys(text))


def _finds(index: sqlite3.Connection, query: SearchQuery) -> bool:
    return _matches(index, query.expression())


def _is_used(index: sqlite3.Connection, word: str) -> bool:
    return _matches(index, f'"{word}"*')


def _matches(index: sqlite3.Connection, expression: str) -> bool:
    return index.execute("SELECT 1 FROM words WHERE words MATCH ? LIMIT 1", (expression,)).fetchone() is not None


def _similar(index: sqlite3.Connection, word: str) -> tuple[str, ...]:
    """The words that a misspelt one may be, those with the fewest wrong letters, the most used first."""
    if not 3 <= len(word) <= 24:
        return ()
    found = index.execute(
        "SELECT word.word, things FROM trigram JOIN word ON id = trigram.word"
        " WHERE trigram IN (SELECT value FROM json_each(?)) AND length(word.word) BETWEEN ? AND ?"
        " GROUP BY id ORDER BY count(*) DESC, things DESC, word.word LIMIT ?",
        (json.dumps(sorted(trigrams(word))), len(word) - _slips(word), len(word) + _slips(word), _CANDIDATES),
    ).fetchall()
    rated = sorted((distance(fold(word), candidate), -count, candidate) for candidate, count in found)
    least = rated[0][0] if rated else 0
    return tuple(candidate for slips, _, candidate in rated if slips == least <= _slips(word))[:_MEANINGS]


def _slips(word: str) -> int:
    """How many letters of a word may be wrong."""
    return 1 if len(word) < 6 else 2 if len(word) < 10 else 3
