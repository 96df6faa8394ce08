"""ORCID iDs of people."""

from __future__ import annotations

import re

from stdnum.iso7064 import mod_11_2

BASE = "https://orcid.org/"

_WRITTEN = re.compile(
    r"(?:(?:https?://)?(?:www\.)?orcid\.org/+|orcid:\s*)?(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dX])/?",
    re.IGNORECASE | re.ASCII,
)


def orcid(text: str) -> str | None:
    """Return the IRI of an ORCID iD in any notation, or ``None`` if the check digit is wrong or it is something else.

    >>> orcid("https://orcid.org/0000-0002-1825-0097 "), orcid("0000-0002-1694-233x")
    ('https://orcid.org/0000-0002-1825-0097', 'https://orcid.org/0000-0002-1694-233X')
    >>> print(orcid("0000-0002-1825-0098"), orcid("ORCID id"))
    None None
    """
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        return None
    groups = [group.upper() for group in match.groups()]
    return BASE + "-".join(groups) if mod_11_2.is_valid("".join(groups)) else None
