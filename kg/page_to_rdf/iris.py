"""IRIs that every RDF parser takes: one that a strict parser refuses would make the whole graph unreadable."""

from __future__ import annotations

import re
from urllib.parse import quote

_OWN_FRAGMENTS = frozenset({"md", "ttl", "graph", "contact"})
_RESERVED = "%:/?#[]@!$&'()*+,;="
_CHARACTER = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"
_AUTHORITY = r"(?:[A-Za-z0-9._~!$&'()*+,;=:%-]*@)?(?:[A-Za-z0-9._~!$&'()*+,;=%-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?"
_IRI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.-]*:(?://{_AUTHORITY}(?:/{_CHARACTER}*)?|(?!//){_CHARACTER}+)"
    rf"(?:\?(?:{_CHARACTER}|\?)*)?(?:#(?:{_CHARACTER}|\?)*)?"
)
_WEB = re.compile(r"https?://[^/?#@:]", re.IGNORECASE)


def absolute_iri(text: str) -> str | None:
    """The text as an absolute IRI (RFC 3986, what is not ASCII percent-encoded), ``None`` where it cannot be one.

    >>> absolute_iri("https://example.org/blå"), absolute_iri("urn:uuid:x"), absolute_iri("page")
    ('https://example.org/bl%C3%A5', 'urn:uuid:x', None)
    >>> absolute_iri("https://example.org:port/"), absolute_iri("https://example.org/%zz"), absolute_iri("http://[half")
    (None, None, None)
    """
    iri = quote(text, safe=_RESERVED, errors="replace")
    return iri if _IRI.fullmatch(iri) else None


def web_iri(text: str) -> str | None:
    """The same for an address of the web, with a host; brackets and a second ``#`` count as mistyped and are encoded.

    >>> web_iri("HTTPS://Example.org/a[0]#b#c"), web_iri("mailto:x"), web_iri("https:///path")
    ('HTTPS://Example.org/a%5B0%5D#b%23c', None, None)
    """
    if not _WEB.match(text):
        return None
    address, mark, fragment = text.partition("#")
    host, slash, path = address[8:].partition("/")
    encoded = address[:8] + host + slash + path.replace("[", "%5B").replace("]", "%5D")
    return absolute_iri(encoded + mark + fragment.replace("#", "%23").replace("[", "%5B").replace("]", "%5D"))


def heading_iri(page: str, anchor: str) -> str:
    """The IRI of a heading: its published address on the page, unless that fragment is one of ours.

    >>> heading_iri("https://example.org/x", "mr-imaging"), heading_iri("https://example.org/x", "md")
    ('https://example.org/x#mr-imaging', 'https://example.org/x#heading-md')
    """
    is_ours = anchor in _OWN_FRAGMENTS or anchor.startswith("m-")
    return f"{page}#{'heading-' if is_ours else ''}{quote(anchor, safe='-._~!$&()*+,;=:@/?')}"
