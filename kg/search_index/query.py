"""Parse search queries, with correction of misspelt words."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.search_index.keys import keys
from kg.search_index.words import distance, fold, plain, trigrams, words

LENGTH = 300
"""Maximum length of a query in characters; the rest is ignored."""
_WORDS = 12
"""Maximum number of words in a query."""
_CANDIDATES = 40
_CORRECTIONS = 4
"""Maximum number of corrections for a word."""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A parsed search query."""

    text: str
    """Text of the query, cut to :data:`LENGTH`."""
    words: tuple[str, ...]
    """Distinct folded words."""
    corrected: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Mapping of misspelt word to corrections."""
    any_word: bool = False
    """True if any of the words must match, instead of all."""

    @property
    def is_everything(self) -> bool:
        """True if the query is empty, which matches everything."""
        return not self.text

    @property
    def beginnings(self) -> tuple[str, ...]:
        """Prefixes of matching words."""
        return tuple(meant for word in self.words for meant in self.corrected.get(word, (word,)))

    def expression(self, columns: str | None = None, *, whole: bool = False) -> str:
        """Return the query in FTS5 syntax, for some columns or all; empty if it has no words.

        >>> SearchQuery("data form", ("data", "form")).expression("name labels")
        '{name labels} : (("data"*) AND ("form"*))'
        """
        star = "" if whole else "*"
        groups = [" OR ".join(f'"{meant}"{star}' for meant in self.corrected.get(word, (word,))) for word in self.words]
        joined = (" OR " if self.any_word else " AND ").join(f"({group})" for group in groups)
        return f"{{{columns}}} : ({joined})" if joined and columns else joined


def understand(index: sqlite3.Connection, text: str) -> SearchQuery:
    """Parse a query; words that are not a prefix of any indexed word are replaced by similar indexed words.

    URLs and known identifiers are never corrected. If no thing has all of several words, the query matches any of them.
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
    """Return the corrections of a word: the indexed words with the smallest edit distance, the most frequent first."""
    if not 3 <= len(word) <= 24:
        return ()
    found = index.execute(
        "SELECT word.word, things FROM trigram JOIN word ON id = trigram.word"
        " WHERE trigram IN (SELECT value FROM json_each(?)) AND length(word.word) BETWEEN ? AND ?"
        " GROUP BY id ORDER BY count(*) DESC, things DESC, word.word LIMIT ?",
        (json.dumps(sorted(trigrams(word))), len(word) - _max_edits(word), len(word) + _max_edits(word), _CANDIDATES),
    ).fetchall()
    rated = sorted((distance(fold(word), candidate), -count, candidate) for candidate, count in found)
    least = rated[0][0] if rated else 0
    return tuple(candidate for edits, _, candidate in rated if edits == least <= _max_edits(word))[:_CORRECTIONS]


def _max_edits(word: str) -> int:
    """Return the maximum edit distance of a correction."""
    return 1 if len(word) < 6 else 2 if len(word) < 10 else 3
