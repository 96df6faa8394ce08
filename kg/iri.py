"""The grammar of IRIs (RFC 3987) and of local names in Turtle and SPARQL, without an RDF library.

Oxigraph rejects a whole document for one IRI that is not valid by the RFC. RDFLib cannot be used to validate IRIs,
since it accepts nearly any text.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import quote, unquote, urlsplit

PN_CHARS_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
"""Letters in names of Turtle and SPARQL, for a character class of a regular expression."""
PN_CHARS = PN_CHARS_BASE + "_0-9\u00b7\u0300-\u036f\u203f-\u2040"
"""Characters in such names except the hyphen, which must be the first in a character class."""
_IN_LOCAL = f"[-:{PN_CHARS}]|%[0-9A-Fa-f]{{2}}"
_LOCAL_NAME = rf"(?![-\u00b7\u0300-\u036f\u203f-\u2040])(?:{_IN_LOCAL})+(?:\.+(?:{_IN_LOCAL})+)*"

_PLANES = "".join(f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 14))
_UCSCHAR = f"\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef{_PLANES}\U000e1000-\U000efffd"
_PRIVATE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
_DELIMITERS = "!$&'()*+,;="
AT = r"(?:@|\uff20|%40|&#64;|&commat;)"
"""The sign of an e-mail address, as written or encoded, for a regular expression."""
EMAIL = re.compile(
    rf"(?:mailto:)?(?P<local>[\w.+'-]{{1,64}}){AT}(?P<host>[\w-]+(?:\.[\w-]+)+|localhost\b|\[[\d.:a-fA-F]+\])",
    re.IGNORECASE,
)
_WEB = re.compile(r"https?://[^/?#@:]", re.IGNORECASE)
_WHOLE = re.compile(r"https?://(?:[\w-]+(?:\.[\w-]+)*\.?|\[[0-9A-Fa-f:.]+\])(?::\d+)?(?=[/?#]|\Z)", re.IGNORECASE)
_NEVER_WRITTEN = re.compile(r"""[\s<>"{}|\\^`]""")


def is_iri(text: str) -> bool:
    """Return whether the text is an absolute IRI (RFC 3987, section 2.2), with or without a fragment.

    >>> is_iri("urn:x"), is_iri("https://example.org/blå#b"), is_iri("page"), is_iri("http://a b")
    (True, True, False, False)
    >>> is_iri("http://x/%zz"), is_iri("http://[half"), is_iri("http://[::1]/")
    (False, False, True)
    """
    return _parsed(text) is not None


def is_web_address(text: str) -> bool:
    """Return whether the text is an IRI with the scheme http or https and a host, without a user name or password.

    >>> is_web_address("https://example.org/a"), is_web_address("http:///a"), is_web_address("urn:x")
    (True, False, False)
    >>> is_web_address("https://user:secret@example.org/")
    False
    """
    found = _parsed(text)
    is_web = found is not None and found["scheme"].lower() in ("http", "https")
    return found is not None and is_web and bool(found["host"]) and found["userinfo"] is None


def is_endpoint(text: str) -> bool:
    """Return whether the text is the web address of a SPARQL endpoint: a URL in ASCII without user and fragment.

    >>> [is_endpoint(url) for url in ("https://x.org/sparql", "https://me@x.org/", "http://x.org:0/", "file:///x")]
    [True, False, False, False]
    """
    try:
        has_port = urlsplit(text).port != 0
    except ValueError:
        return False
    return is_web_address(text) and has_port and text.isascii() and not {"@", "#"} & set(text)


def shown(url: str) -> str:
    """Return an address as messages show it: without what is before an ``@`` or in the query, which may be a secret.

    >>> shown("https://me:secret@x.org/a?key=secret"), shown("https://x.org/a")
    ('https://…@x.org/a?…', 'https://x.org/a')
    """
    scheme, slashes, rest = url.partition("//")
    address, mark, _ = re.sub(".*@", "…@", rest or scheme, flags=re.DOTALL).partition("?")
    return (scheme + slashes if slashes else "") + address + (mark and "?…")


def is_local_name(text: str) -> bool:
    """Return whether the text is a local name in Turtle and SPARQL (``PN_LOCAL`` without escapes).

    >>> is_local_name("title"), is_local_name("e1byny"), is_local_name("a/b"), is_local_name(""), is_local_name("a.")
    (True, True, False, False, False)
    """
    return re.fullmatch(_LOCAL_NAME, text) is not None


def absolute_iri(text: str) -> str | None:
    """Return the text as an absolute IRI with non-ASCII characters percent-encoded; ``None`` if it is not valid.

    >>> absolute_iri("https://example.org/blå"), absolute_iri("urn:uuid:x"), absolute_iri("page")
    ('https://example.org/bl%C3%A5', 'urn:uuid:x', None)
    >>> absolute_iri("https://example.org:port/"), absolute_iri("https://example.org/%zz"), absolute_iri("http://[half")
    (None, None, None)
    """
    iri = quote(text, safe="%:/?#[]@!$&'()*+,;=", errors="replace")
    return iri if is_iri(iri) else None


def web_iri(text: str) -> str | None:
    """Return an http or https URL with a host as :func:`absolute_iri` does; ``None`` for any other text.

    Brackets and a second ``#`` are percent-encoded.

    >>> web_iri("HTTPS://Example.org/a[0]#b#c"), web_iri("mailto:x"), web_iri("https:///path")
    ('HTTPS://Example.org/a%5B0%5D#b%23c', None, None)
    """
    if not _WEB.match(text):
        return None
    address, mark, fragment = text.partition("#")
    host, slash, path = address[8:].partition("/")
    encoded = address[:8] + host + slash + path.replace("[", "%5B").replace("]", "%5D")
    return absolute_iri(encoded + mark + fragment.replace("#", "%23").replace("[", "%5B").replace("]", "%5D"))


def whole_web_address(text: str) -> str | None:
    """Return the IRI of a text that is one http or https URL and nothing else; ``None`` for any other text.

    >>> whole_web_address(" https://example.org/bl\u00e5?a=[b] "), whole_web_address("https://example.org:80")
    ('https://example.org/bl%C3%A5?a=%5Bb%5D', 'https://example.org:80')
    >>> [whole_web_address(text) for text in ("https://a.org/x y", "http://a.org, http://b.org", "<https://a.org>", "https://")]
    [None, None, None, None]
    """
    written = text.strip()
    return web_iri(written) if _WHOLE.match(written) and not _NEVER_WRITTEN.search(written) else None


def anonymous(text: str) -> str:
    """Return an identifier with a hash in place of the local part of each e-mail address in it.

    >>> anonymous("ada@example.org"), anonymous("pic")
    ('fdee430d-at-example.org', 'pic')
    """
    return EMAIL.sub(lambda found: f"{_digest(found['local'])}-at-{found['host']}", text)


def host_and_path(text: str) -> tuple[str, str] | None:
    """Return host and path of an address of the web as they tell two places apart, ``None`` for any other text.

    Scheme, ``www.``, the case of the host and a slash at the end do not; query and fragment are left out.

    >>> host_and_path("http://www.Example.org/a/?b#c"), host_and_path("//example.org"), host_and_path("/a")
    (('example.org', '/a'), ('example.org', ''), None)
    """
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return None
    if not parts.netloc or parts.scheme not in ("", "http", "https"):
        return None
    host = parts.netloc.lower().rpartition("@")[2].removeprefix("www.").removesuffix(":80").removesuffix(":443")
    return host, unquote(parts.path).rstrip("/")


def _digest(text: str) -> str:
    return hashlib.sha256(text.lower().encode()).hexdigest()[:8]


@cache
def _grammar(*, is_ascii: bool) -> re.Pattern[str]:
    """Return the grammar of IRIs, or that of those in ASCII, which is all that most processes need and made faster."""
    ucschar, private = ("", "") if is_ascii else (_UCSCHAR, _PRIVATE)
    unreserved, encoded = f"A-Za-z0-9._~{ucschar}-", "%[0-9A-Fa-f]{2}"
    segment = f"(?:[:@{_DELIMITERS}{unreserved}]|{encoded})"
    authority = (
        f"(?P<userinfo>(?:[:{_DELIMITERS}{unreserved}]|{encoded})*@)?"
        rf"(?P<host>\[(?:(?P<ipv6>[0-9A-Fa-f:.]+)|v[0-9A-Fa-f]+\.[A-Za-z0-9._~:{_DELIMITERS}-]+)\]"
        f"|(?:[{_DELIMITERS}{unreserved}]|{encoded})*)(?::[0-9]*)?"
    )
    return re.compile(
        rf"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?://{authority}(?:/{segment}*)*|(?!//)(?:{segment}|/)*)"
        rf"(?:\?(?:{segment}|[/?{private}])*)?(?:#(?:{segment}|[/?])*)?"
    )


def _parsed(text: str) -> re.Match[str] | None:
    found = _grammar(is_ascii=text.isascii()).fullmatch(text)
    return found if found and (found["ipv6"] is None or _is_ipv6(found["ipv6"])) else None


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True
