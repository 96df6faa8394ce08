"""ROR ids of organisations."""

from __future__ import annotations

import re

BASE = "https://ror.org/"

_WRITTEN = re.compile(r"(?:(?:https?://)?(?:www\.)?ror\.org/+|ror:\s*)?(0[a-z0-9]{6}\d\d)/?", re.IGNORECASE | re.ASCII)
_CROCKFORD = {digit: value for value, digit in enumerate("0123456789abcdefghjkmnpqrstvwxyz")}


def ror(text: str) -> str | None:
    """Return the IRI of a ROR id in any notation; ``None`` if its check digits are wrong or the text is something else.

    The last two digits are a checksum by ISO 7064 MOD 97-10 of the first seven characters, a number in Crockford's
    base 32.

    >>> ror("https://ror.org/03zga2b32"), ror("ror.org/01XTTHB56/")
    ('https://ror.org/03zga2b32', 'https://ror.org/01xtthb56')
    >>> print(ror("https://ror.org/03zga2b33"), ror("03zgai232"))
    None None
    """
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        return None
    identifier = match[1].lower()
    return BASE + identifier if _check_digits(identifier[:-2]) == identifier[-2:] else None


def _check_digits(body: str) -> str:
    """Return the two check digits of a ROR id's first characters; empty if one is not in the alphabet."""
    number = 0
    for character in body:
        if character not in _CROCKFORD:
            return ""
        number = number * 32 + _CROCKFORD[character]
    return f"{98 - (number * 100) % 97:02d}"
