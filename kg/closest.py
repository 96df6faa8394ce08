"""Suggestions for misspelt names."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

_NEIGHBOURS = 250
"""Names compared before and after the sorted position of the misspelt one: a site may have ten thousand names."""
_LONGEST = 200
"""Characters of the longest word that is compared."""
_UNSURE = 0.6
"""Least likeness of a name that a message asks about, from 0 to 1."""


def closest(word: str, names: Sequence[str], cutoff: float = 0.8) -> str | None:
    """Return the most similar of sorted names, or ``None``; in a long list only alphabetical neighbours are compared.

    A long word has none, since comparing words takes quadratic time.

    >>> closest("sequencin", ["imaging", "proteomics", "sequencing"]), closest("law", ["imaging"])
    ('sequencing', None)
    """
    if len(word) > _LONGEST:
        return None
    if len(names) > 2 * _NEIGHBOURS:
        place = bisect_left(names, word)
        names = names[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS]
    return next(iter(get_close_matches(word, names, n=1, cutoff=cutoff)), None)


def did_you_mean(word: str, names: Sequence[str]) -> str:
    """Return the end of a message about an unknown name: the most similar name, or all names if none is.

    >>> did_you_mean("bild", ["check", "build"]), did_you_mean("zzz", ["check", "build"])
    ("did you mean 'build'?", 'there are build, check')
    """
    near = closest(word, sorted(names), _UNSURE)
    return f"did you mean {near!r}?" if near else f"there are {', '.join(sorted(names))}"


def path_like(path: Path) -> Path | None:
    """Return the file or folder that a path which is not there may mean, or ``None``.

    The first part of the path that is missing is replaced by the most similar name of its folder.
    """
    missing = next((part for part in reversed((path, *path.parents)) if not part.exists()), path)
    try:
        names = sorted(each.name for each in missing.parent.iterdir())
    except OSError:
        return None
    near = closest(missing.name, names)
    meant = missing.with_name(near) / path.relative_to(missing) if near else path
    return meant if meant.exists() else None


def is_among(word: str, names: Sequence[str]) -> bool:
    """Return whether a word is one of sorted names.

    >>> is_among("b", ["a", "b"]), is_among("c", ["a", "b"])
    (True, False)
    """
    place = bisect_left(names, word)
    return place < len(names) and names[place] == word
