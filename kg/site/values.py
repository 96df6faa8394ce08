"""Language tags in the settings of a site."""

from __future__ import annotations

import re

_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


def language_tag(text: str) -> str | None:
    """Return the language tag in a setting of Jekyll, or ``None`` if it has none.

    >>> language_tag("en"), language_tag("en_US.UTF-8"), language_tag("en us"), language_tag("日本")
    ('en', 'en-US', None, None)
    """
    tag = text.strip().partition(".")[0].partition("@")[0].replace("_", "-")
    return tag if _TAG.fullmatch(tag) else None
