"""Header fields of WSGI responses and requests."""

from __future__ import annotations

from collections.abc import Sequence

Fields = Sequence[tuple[str, str]]


def value(fields: Fields, name: str) -> str | None:
    """Return the value of the first field with a name, or ``None``."""
    wanted = name.lower()
    return next((text for key, text in fields if key.lower() == wanted), None)


def without(fields: Fields, name: str) -> list[tuple[str, str]]:
    """Return the fields that have another name."""
    wanted = name.lower()
    return [(key, text) for key, text in fields if key.lower() != wanted]


def varying(fields: Fields, name: str) -> list[tuple[str, str]]:
    """Return the fields with a header's name in their one line ``Vary``.

    >>> varying([("Vary", "Accept")], "Accept-Encoding")
    [('Vary', 'Accept, Accept-Encoding')]
    """
    before = value(fields, "Vary")
    return [*without(fields, "Vary"), ("Vary", f"{before}, {name}" if before else name)]


def short(text: str) -> str:
    """Return the value of a field with every run of white space as one space.

    Werkzeug's parser of Accept takes time with the square of the length of such a run.

    >>> short("a/b ,  \\t c/d")
    'a/b , c/d'
    """
    return " ".join(text.split())
