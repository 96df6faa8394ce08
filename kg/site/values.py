"""What a setting can be: a language's tag, an address on the web."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_NEVER_IN_AN_IRI = re.compile(r"[\x00-\x20<>\"{}|\\^`]")


def language_tag(text: str) -> str | None:
    """The language tag that a setting of Jekyll means, ``None`` where it means none.

    >>> language_tag("en"), language_tag("en_US.UTF-8"), language_tag("en us"), language_tag("日本")
    ('en', 'en-US', None, None)
    """
    tag = text.strip().partition(".")[0].partition("@")[0].replace("_", "-")
    return tag if _TAG.fullmatch(tag) else None


def is_web_address(text: str) -> bool:
    """Whether a text is an absolute IRI of the web.

    >>> is_web_address("https://example.org/a"), is_web_address("example.org"), is_web_address("http://[half")
    (True, False, False)
    """
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not _NEVER_IN_AN_IRI.search(text)
