"""Parse search queries: kinds, synonyms, forms of words, and correction of misspelt words."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from math import ceil

from kg.search_index.keys import keys
from kg.search_index.kinds import MINOR, kinds_by_activities, kinds_by_words
from kg.search_index.words import distance, fold, plain, stem, stems, telling, trigrams, words

LENGTH = 300
"""Maximum length of a query in characters; the rest is ignored."""
_WORDS = 12
"""Maximum number of words in a query."""
_PHRASE = 4
"""Maximum number of words of a synonym or of a kind."""
_STEM = 5
"""Minimum length of a stem by which a word counts as known; fewer letters begin many other words (mice, Mičetić)."""
_CANDIDATES = 40
_CORRECTIONS = 4
"""Maximum number of corrections for a word."""

Phrase = tuple[str, ...]
Terms = tuple[tuple[Phrase, ...], ...]
"""For each word or phrase of a text the phrases that it may stand for, itself first."""


class WordForm(Enum):
    """Ways in which a word of the index may differ from one of a query."""

    WHOLE = "not at all"
    BEGINNING = "by more letters at the end"
    STEM = "by its ending"

    def of(self, word: str) -> str:
        """Return a folded word in the syntax of FTS5.

        >>> [form.of("tests") for form in WordForm]
        ['"tests"', '"tests"*', '"test"*']
        """
        return f'"{stem(word) if self is WordForm.STEM else word}"{"" if self is WordForm.WHOLE else "*"}'

    def of_synonym(self, word: str) -> str:
        """Return a word of a synonym likewise; a short one has no other form than with an s.

        >>> WordForm.STEM.of_synonym("mice"), WordForm.BEGINNING.of_synonym("pseudonymisation")
        ('("mice" OR "mices")', '"pseudonymisation"*')
        """
        if self is WordForm.WHOLE or len(stem(word)) >= _STEM:
            return self.of(word)
        return f'("{word}" OR "{word}s")'


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A reading of the text of a search."""

    text: str
    """Text of the query, cut to :data:`LENGTH`."""
    terms: Terms = ()
    """Terms that must match."""
    corrected: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Mapping of misspelt word to corrections."""
    any_word: bool = False
    """True if not all words of the text need match."""
    least: int = 0
    """Number of terms that must match; 0 if all must."""
    kinds: tuple[str, ...] = ()
    """Names of the kinds that the text asks for besides ``terms``; empty if it asks for no kind."""
    written: Terms = ()
    """The terms of the whole text, with the words that stand for ``kinds``."""

    @property
    def is_everything(self) -> bool:
        """True if the query is empty, which matches everything."""
        return not self.text

    @property
    def beginnings(self) -> tuple[str, ...]:
        """Prefixes of matching words, for highlighting; one that is a whole word ends with a space."""
        wholes = ((place, word) for term in self.written for place, phrase in enumerate(term) for word in phrase)
        return tuple(dict.fromkeys(each for place, word in wholes for each in _beginnings(word, is_synonym=place > 0)))

    @property
    def whole(self) -> SearchQuery:
        """Query for the same text without kinds."""
        return replace(self, terms=self.written, kinds=())

    def expression(self, form: WordForm, columns: str | None = None, *, needs_all: bool = True) -> str:
        """Return the query in FTS5 syntax, for some columns or all; empty if it has no words.

        >>> query = SearchQuery("data form", ((("data",),), (("form",), ("file", "type"))))
        >>> query.expression(WordForm.WHOLE, "name text")
        '{name text} : ((("data")) AND (("form") OR ("file" AND "type")))'
        """
        joined = (" AND " if needs_all else " OR ").join(f"({each})" for each in self.expressions(form))
        return f"{{{columns}}} : ({joined})" if joined and columns else joined

    def expressions(self, form: WordForm) -> list[str]:
        """Return an expression for each of the terms."""
        return [
            " OR ".join(
                f"({' AND '.join(map(form.of_synonym if place else form.of, phrase))})"
                for place, phrase in enumerate(term)
            )
            for term in self.terms
        ]


def _beginnings(word: str, *, is_synonym: bool) -> tuple[str, ...]:
    """Return what the forms of a folded word begin with, as :class:`WordForm` has them.

    >>> _beginnings("mice", is_synonym=False), _beginnings("mice", is_synonym=True)
    (('mice',), ('mice ', 'mices '))
    """
    is_whole = is_synonym and len(stem(word)) < _STEM
    return (f"{word} ", f"{word}s ") if is_whole else (stem(word),)


def readings(index: sqlite3.Connection, text: str) -> Iterator[SearchQuery]:
    """Yield the readings of a text; the first that finds something is the right one.

    Words for a kind are read as such first, unless the text is in quotation marks or a name of a thing; where nothing
    of that kind and nothing with all words is found, they are left out. Words that are not a prefix of any indexed word
    are replaced by similar indexed words, but not in URLs and known identifiers. In the last readings, which exist if
    half of the words are right, words that stand nowhere are left out, and then half of them are enough.
    """
    text = plain(text[:LENGTH])
    found = list(dict.fromkeys(words(text)))[:_WORDS]
    said = telling(found)
    if "://" in text:
        words_of_url: Terms = tuple(((word,),) for word in found)
        yield SearchQuery(text, words_of_url, written=words_of_url)
        return
    kinds_known = _known(index, text)
    corrected: Mapping[str, tuple[str, ...]] = {} if kinds_known else _corrections(index, said)
    written = _terms(index, said, corrected)
    rests = list[Terms]()
    if not text.startswith('"') and kinds_known <= MINOR:
        for kinds, start, end in _words_for_kinds([corrected.get(word, (word,))[0] for word in said]):
            rests.append(_terms(index, [*said[:start], *said[end:]], corrected))
            yield SearchQuery(text, rests[-1], corrected, kinds=kinds, written=written)
    yield SearchQuery(text, written, corrected, written=written)
    if len(text.split()) < 2:
        return
    for rest in filter(None, rests):
        yield SearchQuery(text, rest, corrected, any_word=True, written=written)
    written = _terms(index, said, {})
    used = tuple(term for term in written if any(_is_used(index, *phrase) for phrase in term))
    if 2 * len(used) >= len(written):
        yield SearchQuery(text, used, any_word=True, written=written)
        yield SearchQuery(text, written, any_word=True, least=ceil(len(written) / 2), written=written)


def _corrections(index: sqlite3.Connection, said: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the misspelt words among some, with their corrections."""
    unknown = (word for word in said if word.isalpha() and not _meanings(index, [word]) and not _has_form(index, word))
    similar = {word: _similar(index, word) for word in unknown}
    return {word: found for word, found in similar.items() if found}


def _words_for_kinds(said: Sequence[str]) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Yield kinds with the start and the end of the words that stand for them; the longest and last first."""
    stems = tuple(map(stem, said))
    places = [(end - start, end) for end in range(len(said) + 1) for start in range(max(0, end - _PHRASE), end)]
    for length, end in sorted(places, reverse=True):
        phrase = stems[end - length : end]
        if kinds := kinds_by_words().get(phrase) or (len(said) > length and kinds_by_activities().get(phrase)):
            yield kinds, end - length, end


def _terms(index: sqlite3.Connection, said: Sequence[str], corrected: Mapping[str, tuple[str, ...]]) -> Terms:
    """Return words as terms: each the longest phrase that has synonyms, or a word."""
    terms, start = list[tuple[Phrase, ...]](), 0
    while start < len(said):
        for end in range(min(len(said), start + _PHRASE), start, -1):
            phrase = tuple(said[start:end])
            meant = _meanings(index, phrase)
            if meant or end == start + 1:
                own = [(word,) for word in corrected.get(phrase[0], phrase)] if len(phrase) == 1 else [phrase]
                terms.append((*own, *meant))
                start = end
                break
    return tuple(terms)


def _meanings(index: sqlite3.Connection, phrase: Sequence[str]) -> list[Phrase]:
    """Return the synonyms of a phrase; of two words also both as one word, if that is a word of the index."""
    for written in stems(phrase):
        rows = index.execute("SELECT meant FROM synonym WHERE word = ?", (written,)).fetchall()
        if rows:
            return [tuple(meant.split(" ")) for (meant,) in rows]
    if len(phrase) != 2:
        return []
    joined = dict.fromkeys(("".join(phrase), "".join(map(stem, phrase))))
    return [(word,) for word in joined if _is_word(index, word)]


def _known(index: sqlite3.Connection, text: str) -> set[str]:
    """Return the kinds of the things that have a text as a name, an identifier or an address."""
    known = "SELECT DISTINCT kind FROM known_as JOIN thing ON id = thing WHERE key IN (SELECT value FROM json_each(?))"
    return {kind for (kind,) in index.execute(known, (json.dumps(sorted(keys(text))),))}


def _has_form(index: sqlite3.Connection, word: str) -> bool:
    """Return whether a word begins an indexed word, or an indexed word has another ending.

    With a short stem it does if the word without an ending is indexed.
    """
    if len(stem(word)) >= _STEM:
        return _is_used(index, word) or _is_used(index, stem(word))
    return _is_used(index, word) or (stem(word) != word and _is_word(index, stem(word)))


def _is_word(index: sqlite3.Connection, word: str) -> bool:
    """Return whether a word is one that corrections are made with."""
    return index.execute("SELECT 1 FROM word WHERE word = ?", (word,)).fetchone() is not None


_USED = """
SELECT 1 WHERE EXISTS (SELECT 1 FROM words WHERE words MATCH :word)
OR EXISTS (SELECT 1 FROM sections WHERE sections MATCH :word)
"""


def _is_used(index: sqlite3.Connection, *phrase: str) -> bool:
    """Return whether each word of a phrase begins an indexed word."""
    return all(index.execute(_USED, {"word": WordForm.BEGINNING.of(word)}).fetchone() for word in phrase)


def _similar(index: sqlite3.Connection, word: str) -> tuple[str, ...]:
    """Return the corrections of a word: the indexed words with the smallest edit distance, the most frequent first."""
    if not 3 <= len(word) <= 24:
        return ()
    found = index.execute(
        "SELECT word.word, things FROM trigram JOIN word ON id = trigram.word"
        " WHERE trigram IN (SELECT value FROM json_each(?)) AND length(word.word) BETWEEN ? AND ?"
        " GROUP BY id HAVING count(*) > 1 ORDER BY count(*) DESC, things DESC, word.word LIMIT ?",
        (json.dumps(sorted(trigrams(word))), len(word) - _max_edits(word), len(word) + _max_edits(word), _CANDIDATES),
    ).fetchall()
    rated = sorted((distance(fold(word), candidate), -count, candidate) for candidate, count in found)
    least = rated[0][0] if rated else 0
    return tuple(candidate for edits, _, candidate in rated if edits == least <= _max_edits(word))[:_CORRECTIONS]


def _max_edits(word: str) -> int:
    """Return the maximum edit distance of a correction."""
    return 1 if len(word) < 6 else 2 if len(word) < 10 else 3
