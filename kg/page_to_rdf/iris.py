"""IRIs of headings, kept apart from the fragments that this program adds to the IRI of a page."""

from __future__ import annotations

from urllib.parse import quote

_OWN_FRAGMENTS = frozenset({"md", "ttl", "graph", "contact"})


def heading_iri(page: str, anchor: str) -> str:
    """Return the IRI of a heading: its published anchor on the page, with a prefix where the fragment is reserved.

    >>> heading_iri("https://example.org/x", "mr-imaging"), heading_iri("https://example.org/x", "md")
    ('https://example.org/x#mr-imaging', 'https://example.org/x#heading-md')
    """
    is_ours = anchor in _OWN_FRAGMENTS or anchor.startswith("m-")
    return f"{page}#{'heading-' if is_ours else ''}{quote(anchor, safe='-._~!$&()*+,;=:@/?')}"
