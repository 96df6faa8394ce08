"""The IRI of a heading of a page, beside the fragments that this program gives to a page itself."""

from __future__ import annotations

import re
from urllib.parse import quote

_OWN_FRAGMENT = re.compile(r"md|ttl|graph|contact(-\d+)?|m-.*", re.DOTALL)


def heading_iri(page: str, anchor: str) -> str:
    """Return the IRI of a heading: its published address on the page, unless that fragment is one of ours.

    >>> heading_iri("https://example.org/x", "mr-imaging"), heading_iri("https://example.org/x", "md")
    ('https://example.org/x#mr-imaging', 'https://example.org/x#heading-md')
    """
    is_ours = _OWN_FRAGMENT.fullmatch(anchor)
    return f"{page}#{'heading-' if is_ours else ''}{quote(anchor, safe='-._~!$&()*+,;=:@/?')}"
