"""Fold, compare and highlight words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence

_WORD = re.compile(r"[^\W_]+")
_ENDING = re.compile(
    r"(?<=\w{4})(?:i[sz](?:ations?|ing|e[drs]?)|i?ty|ities|ie[sd]|i?ers?|ings?|ions?|i[cv]e?s?|e[sdn]?|s|y)$"
)
"""Endings of English words, and of the plural in Norwegian, after four letters or more."""
_DEFINITE = re.compile(r"(?<=\w{4})(?:ene?|et|er)$")
"""Endings of definite nouns, and of the plural, in Norwegian."""
_DOUBLED = re.compile(r"\b([^\W\d_][\w-]*)(?: \1\b(?!-))+", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")

UNSAID = frozenset(
    "a about an and any are as at be by can could do does for from how i in is it may me my of on or our shall should "
    "the their there this to use using we what when where which who why will with you your "
    "av de den det en er et for fra har hva hvem hvor hvordan hvilke i jeg kan med og om på som skal til vi "
    "find give have list need show".split()
)
"""Words that questions are made of, in English and Norwegian."""


def plain(text: str) -> str:
    """Return a text on one line, without control characters.

    >>> plain(" two\\n words\\0 ")
    'two words'
    """
    return " ".join(_CONTROL.sub(" ", text).split())


def fold(text: str) -> str:
    """Return a text in lower case, without accents, and with white space collapsed.

    >>> fold(" Café  DICOM")
    'cafe dicom'
    """
    folded = plain(text).casefold()
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFKD", folded)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def words(text: str) -> list[str]:
    """Return the folded words of a text, in order.

    >>> words("FAIRsharing.b7z8by, the «DICOM» record")
    ['fairsharing', 'b7z8by', 'the', 'dicom', 'record']
    """
    return _WORD.findall(fold(text))


def telling(said: Sequence[str]) -> list[str]:
    """Return the words of a question that say what it is about; all of them if none does.

    >>> telling("Where can I deposit MRI".split()), telling(["to"])
    (['deposit', 'MRI'], ['to'])
    """
    return [word for word in said if fold(word) not in UNSAID] or list(said)


def stem(word: str) -> str:
    """Return the beginning that the forms of a folded word have in common; at least four letters.

    >>> stem("repositories") == stem("repository"), stem("pseudonymisation"), stem("microscope"), stem("data")
    (True, 'pseudonym', 'microscop', 'data')
    """
    return _ENDING.sub("", word)


def stems(phrase: Sequence[str]) -> list[str]:
    """Return what the words that say something in a folded phrase begin with, and that without a Norwegian ending.

    >>> stems(["universitetet", "i", "bergen"]), stems(["research", "data"])
    (['universitetet berg', 'universitet berg'], ['research data'])
    """
    said = telling(phrase)
    ways = (map(stem, said), (stem(_DEFINITE.sub("", word)) for word in said))
    return list(dict.fromkeys(map(" ".join, ways)))


def trigrams(word: str) -> set[str]:
    """Return the trigrams of a word, padded with spaces.

    >>> sorted(trigrams("sam"))
    ['  s', ' sa', 'am ', 'sam']
    """
    padded = f"  {word} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


def distance(one: str, other: str) -> int:
    """Return the edit distance of two words; swapping adjacent letters counts as one edit (Damerau-Levenshtein).

    >>> distance("ontolgy", "ontology"), distance("mikroscopy", "microscopy"), distance("gneome", "genome")
    (1, 1, 1)
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, wanted in enumerate(other, 1):
            cost = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        before, last = last, now
    return last[-1]


def marked(text: str, wanted: Collection[str]) -> list[tuple[str, bool]]:
    """Split a text into pairs of a piece and whether it is a word with one of the ``wanted`` prefixes.

    A prefix that ends with a space is a whole word.

    >>> marked("Data formats, open", ["form", "dat "])
    [('Data ', False), ('formats', True), (', open', False)]
    """
    pieces: list[tuple[str, bool]] = []
    end = 0
    for start, stop in _places(text, wanted):
        pieces += [(text[end:start], False)] if start > end else []
        pieces.append((text[start:stop], True))
        end = stop
    return pieces + ([(text[end:], False)] if end < len(text) else [])


def says_more(text: str, heading: str) -> bool:
    """Return whether a text has a word that its heading has not.

    >>> says_more("zenodo.", "Zenodo"), says_more("Disease Ontology (DOID)", "Disease Ontology")
    (False, True)
    """
    return not set(words(text)) <= set(words(heading))


def without_heading(text: str, heading: str) -> str:
    """Return a text without the last part of its heading at the beginning, unless a sentence goes on after it.

    >>> without_heading("OME-tiff Open format", "Formats / OME-tiff"), without_heading("Galaxy is open", "Galaxy")
    ('Open format', 'Galaxy is open')
    """
    last = heading.rpartition(" / ")[2]
    rest = text.removeprefix(last).lstrip()
    return rest if rest[:1].isupper() else text


def texts_about(name: str, labels: Sequence[str], description: str, text: str) -> list[str]:
    """Return what an excerpt about a thing may be from, the description first.

    Of its other names, those that differ by more than case and accents from the name and from each other are the last.

    >>> texts_about("EMBL", ["Embl", "European Laboratory"], "", "In Heidelberg\\nWe used it")
    ['', 'In Heidelberg', 'We used it', 'European Laboratory']
    """
    distinct = {fold(label): label for label in reversed(labels)}
    others = (label for key, label in reversed(distinct.items()) if key != fold(name))
    return [description, *text.split("\n"), ", ".join(others)]


def snippet(text: str, wanted: Collection[str], length: int = 220) -> str:
    """Return about ``length`` characters around the first wanted word, cut between words; empty if there is none.

    A word that stands twice, as where a list goes on with the word that ended an item, is shown once.

    >>> snippet("one two three four four five six", ["four"], 17)
    '… three four …'
    """
    found = next(_places(text, wanted), None)
    if found is None:
        return ""
    begin = text.rfind(" ", 0, max(0, found[0] - length // 3) + 1) + 1 if found[0] > length // 3 else 0
    stop = len(text) if begin + length >= len(text) else max(text.rfind(" ", 0, begin + length), found[1])
    shown = _DOUBLED.sub(r"\1", text[begin:stop])
    return ("… " if begin else "") + shown + (" …" if stop < len(text) else "")


def _places(text: str, wanted: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield the start and end offsets of the wanted words, in order."""
    beginnings = tuple(wanted)
    return (found.span() for found in _WORD.finditer(text) if f"{fold(found[0])} ".startswith(beginnings))
