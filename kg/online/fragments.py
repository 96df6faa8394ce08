"""The fragments of an HTML document."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from html import unescape
from urllib.parse import unquote

_TAG = re.compile(
    r"""<!--.*?(?:-->|\Z)
    |   <(?P<raw>script|style)\b.*?(?:</(?P=raw)\b|\Z)
    |   <(?P<name>/?[a-z][\w:-]*)(?P<rest>(?:[^<>"']|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))*+)(?:>|\Z|(?=<))
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
"""A comment, a script or style, or a tag; what does not close ends with the document, so that reading is linear."""
_ATTRIBUTE = re.compile(r"""([^\s"'>/=]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_UNSHOWN = ("noscript", "template")
_SHELL = 200
"""Fewest characters of text in a document that has scripts and is more than the shell of an application."""
_SCRIPTED = re.compile(r"[/:!]|.*=|L\d+(-L\d+)?$|readme$|issuecomment-|top$|$", re.IGNORECASE)
"""Fragments that programs on a page read (routes, text to highlight, values, what GitHub shows), and HTML's ``top``."""


def missing(fragments: Collection[str], html: str) -> frozenset[str]:
    """Return the fragments that a document certainly does not have.

    It has one as the ``id`` of an element or the ``name`` of a link. Where the document's own links lead to it, or
    GitHub's prefix stands before it, a program makes it. The shell of an application tells nothing.

    >>> page = '<h2 id="one">One</h2><a name=two>Two</a><a href="#three">Three</a>'
    >>> sorted(missing(["one", "two", "three", "four", "/five"], page))
    ['four']
    >>> sorted(missing(["one"], '<div id="root"></div><script src="app.js"></script>'))
    []
    """
    document = _Document(html)
    return frozenset(
        fragment
        for fragment in fragments
        if not (document.is_shell or _SCRIPTED.match(fragment)) and not document.has(unquote(fragment))
    )


class _Document:
    """The names and the shown text of a document."""

    def __init__(self, html: str) -> None:
        self._names = set[str]()
        shown, unshown, end, has_script = 0, "", 0, False
        for tag in _TAG.finditer(html):
            shown += 0 if unshown else len(html[end : tag.start()].strip())
            end, name = tag.end(), (tag["name"] or "").lower()
            has_script = has_script or (tag["raw"] or "").lower() == "script"
            if unshown:
                unshown = "" if name == f"/{unshown}" else unshown
            elif name in _UNSHOWN:
                unshown = name
            self._names.update(_named(name, tag["rest"] or ""))
        self.is_shell = has_script and shown < _SHELL

    def has(self, fragment: str) -> bool:
        """Return whether the document has a fragment."""
        return fragment in self._names or f"user-content-{fragment}" in self._names


def _named(tag: str, attributes: str) -> Iterator[str]:
    for key, *values in _ATTRIBUTE.findall(attributes):
        value = unescape("".join(values)).strip()
        if key.lower() == "id" or (tag == "a" and key.lower() == "name"):
            yield value
        elif tag == "a" and key.lower() == "href" and value.startswith("#"):
            yield unquote(value[1:])
