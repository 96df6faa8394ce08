"""The links to source files that jekyll-relative-links turns into links to what is published of them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote_plus

from kg.page import Page
from kg.site import Site, jekyll
from kg.site.yaml_types import typed

_PLUGIN = "jekyll-relative-links"
_TITLE = r'(?:\s++"(?:[^"\\]|\\.)*+")?'
_TOKEN = re.compile(
    rf"(?P<end>\n)|\]\((?P<inline>[^()<>\[\]\s#]++)(?P<fragment>#[^()\[\]\s]*+)?{_TITLE}\)|(?P<opening>\[)", re.DOTALL
)
_DEFINITION = re.compile(
    rf"^[ \t]*+\[[^\]\n]*+\]: (?P<path>[^<>\s#]++)(?P<fragment>#\S*+)?{_TITLE}[ \t]*+$", re.MULTILINE | re.DOTALL
)
_REMEMBERED = 16
"""Number of texts whose destinations are kept: rules ask for those of one page after the other."""


class RelativeLinks:
    """The plug-in at a site: it knows Markdown by a pattern, and changes the destinations that it finds."""

    def __init__(self, site: Site, is_published: Callable[[str], bool]) -> None:
        """Take a site, and a function that returns whether it publishes the file at a path."""
        self._site, self._is_published = site, is_published

    @cached_property
    def is_active(self) -> bool:
        """Whether the site has the plug-in, and its settings do not turn it off."""
        return self._site.has_of_github(_PLUGIN) and self._setting("enabled") is not False

    def source(self, page: Page, href: str) -> str | None:
        """Return the path of the site's file that the plug-in finds for a destination on a page, ``None`` for none.

        Of equal destinations on one page it may change one and not another; they count as changed.
        """
        if not self.is_active or not self._reads(page.path) or href not in destinations(page.body):
            return None
        config = self._site.config
        folder = "" if href.startswith("/") else posixpath.dirname(jekyll.within(page.path, config))
        inner = posixpath.normpath(posixpath.join("/", folder, unquote_plus(href.partition("#")[0]).lstrip("/")))[1:]
        above = jekyll.collections_folder(config)
        ways = [inner, f"{above}/{inner}"] if above else [inner]
        return next((way for way in ways if jekyll.within(way, config) == inner and self._is_published(way)), None)

    def _reads(self, path: str) -> bool:
        """Return whether the plug-in looks at the links of a page."""
        excluded, inner = self._setting("exclude"), jekyll.within(path, self._site.config)
        patterns = [each for each in excluded if isinstance(each, str)] if isinstance(excluded, list) else []
        is_document = jekyll.collection_of(path, self._site.config) is not None
        is_wanted = not is_document or self._setting("collections") is True
        is_markdown = PurePosixPath(path).suffix.lower() in jekyll.MARKDOWN
        return is_markdown and is_wanted and not any(jekyll.is_matched(pattern, inner) for pattern in patterns)

    def _setting(self, key: str) -> Any:
        settings = self._site.config.get("relative_links")
        return typed(settings.get(key)) if isinstance(settings, dict) else None


@lru_cache(_REMEMBERED)
def destinations(text: str) -> frozenset[str]:
    r"""Return the destinations in a Markdown text that the plug-in takes for such.

    It sees no HTML, no label of several lines, no title in single quotes, and no blanks or brackets around an address.

    >>> sorted(destinations('[a](b.md) [c](d.md#e "f") <a href="g.md">g</a> [h](i.md \'j\') [k]( l.md ) [m\nn](o.md)'))
    ['b.md', 'd.md#e']
    >>> sorted(destinations("[a]: b.md\n[c]: <d.md>"))
    ['b.md']
    """
    defined = {found["path"] + (found["fragment"] or "") for found in _DEFINITION.finditer(text)}
    return frozenset(defined.union(_inline(text)))


def _inline(text: str) -> Iterator[str]:
    is_opened = False
    for found in _TOKEN.finditer(text):
        if found["inline"] and is_opened:
            yield found["inline"] + (found["fragment"] or "")
        is_opened = found["opening"] is not None
