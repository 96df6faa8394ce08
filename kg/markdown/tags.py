"""Tokenizer for HTML: tags and the texts between them, by the rules of kramdown (``parser/html.rb``)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_NAME = r"[^\W\d][\w:.-]*"
TAG = re.compile(rf"<({_NAME})((?:\s+{_NAME}(?:\s*=\s*(?:\w+|\"[^\"]*\"|'[^']*'))?)*)\s*(/)?>")
"""An opening tag; the groups are its name, its attributes, and the slash of a self-closing tag."""
CLOSING = re.compile(rf"</({_NAME})\s*>")
_HREF = re.compile(r"\shref\s*=\s*(?:(\w+)|\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_ID = re.compile(r"\sid\s*=\s*(?:([\w:.-]+)|\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_ALT = re.compile(r"\salt\s*=\s*(?:(\w+)|\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_OPAQUE = ("script", "style")
"""Elements whose content is skipped, being neither text nor HTML."""


@dataclass(frozen=True, slots=True)
class Tag:
    """An HTML tag."""

    name: str
    """Name of the element, in lower case."""
    is_closing: bool = False
    href: str | None = None
    id: str = field(default="", repr=False)
    alt: str = field(default="", repr=False)
    """Text in place of a picture."""
    is_empty: bool = field(default=False, repr=False)
    """Whether the tag closes itself, as ``<a/>`` does."""


def pieces(text: str) -> Iterator[tuple[int, str | Tag]]:
    """Yield the tags of a piece of HTML and the texts between them, each with its offset; comments are left out.

    >>> [piece for _, piece in pieces("a <!-- b --><a href='c&amp;d'>e < f</a>")]
    ['a ', Tag(name='a', is_closing=False, href='c&d'), 'e ', '< f', Tag(name='a', is_closing=True, href=None)]
    """
    ends = {"<!--": ("-->", text.rfind("-->")), "<?": ("?>", text.rfind("?>"))}
    pos = 0
    while pos < len(text):
        known = next((ends[begin] for begin in ends if text.startswith(begin, pos)), None)
        if known and pos < known[1]:
            pos = text.index(known[0], pos) + len(known[0])
        elif found := TAG.match(text, pos) or CLOSING.match(text, pos):
            tag = _tag(found)
            yield pos, tag
            pos = _content_end(text, tag, found.end())
        else:
            end = text.find("<", pos + 1)
            yield pos, html.unescape(text[pos : end if end > 0 else None])
            pos = end if end > 0 else len(text)


def identifier(attributes: str) -> str:
    """Return the ``id`` among the attributes of a tag; empty where there is none.

    >>> identifier(" class='b' id='a'")
    'a'
    """
    found = _ID.search(attributes)
    return html.unescape(found[found.lastindex or 0]) if found else ""


def _tag(found: re.Match[str]) -> Tag:
    if found.re is CLOSING:
        return Tag(found[1].lower(), is_closing=True)
    href, alt = _HREF.search(found[2]), _ALT.search(found[2])
    return Tag(
        found[1].lower(),
        href=html.unescape(href[href.lastindex or 0]) if href else None,
        id=identifier(found[2]),
        alt=html.unescape(alt[alt.lastindex or 0]) if alt else "",
        is_empty=bool(found[3]),
    )


def _content_end(text: str, tag: Tag, pos: int) -> int:
    """Return the offset where reading continues after a tag, past the content of an opaque element."""
    if tag.is_closing or tag.name not in _OPAQUE:
        return pos
    closing = re.compile(rf"</{tag.name}\s*>", re.IGNORECASE).search(text, pos)
    return closing.start() if closing else len(text)
