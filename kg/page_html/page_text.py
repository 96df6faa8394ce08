"""Render pages as sanitised HTML with their mentions marked.

The element of a mention, a link, a tagged tool or a name in the text, has the mention's fragment as its id and is
followed by the role, which links to the thing. The HTML loads no other resources: images become links; scripts, styles
and e-mail addresses are removed.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, bisect_right
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape, unescape
from itertools import accumulate
from urllib.parse import quote, urljoin

import nh3
from rdflib import RDF, Graph, URIRef

from kg.iri import web_iri
from kg.markdown.html_text import LINE_ID
from kg.page import MARK, Page, marked, without_marks
from kg.page_to_rdf import page_iri
from kg.page_to_rdf.mentions import MentionIris
from kg.page_to_rdf.statements import without_addresses
from kg.roles import roles
from kg.site import Site
from kg.vocab import RDFS, RDM

_TAGS = frozenset(
    "a abbr b blockquote br caption code dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img kbd "
    "li ol p pre s small span strong sub summary sup table tbody td tfoot th thead tr u ul".split()
)
_ATTRIBUTES = {"*": {"id", "lang", "title"}, "a": {"href"}, "img": {"src", "alt"}, "td": {"colspan", "rowspan"}}
_SCHEMES = frozenset({"http", "https", "mailto"})
_TAG = re.compile(r'(<(?:[^<>"]|"[^"]*")*>)')
_BLOCK = re.compile(rf'\bid="{LINE_ID}(\d+)"')
_ATTRIBUTE = re.compile(r'\b(href|src|alt)="([^"]*)"')
_OPENED_OR_CLOSED = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_DEEPEST = 500
"""Maximum nesting of elements, since HTML parsers take quadratic time for nested elements."""
_SIGN = r"(?:&#?\w+;|[^\w\s<])?+"
"""A sign of a name in HTML; possessive, since backtracking over many optional signs takes exponential time."""
_MOST_NAMED = 200
"""Maximum number of mentions without a link that are marked in one block."""
_THINGS = "../../"
"""Relative path from a page, which is ``/id/<site>/page/<identifier>``, to ``/id/``."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mention to mark in the text."""

    fragment: str
    line: int
    label: str
    link: str | None
    """URL as written; ``None`` for a mention without a link."""
    role: str
    """Name of the role; empty if there is none."""
    target: str | None
    tool: str | None = None
    """Id of the tool, as written, where the page names it by a tag."""
    because: str = ""
    """Reason of the role (``rdm:because``)."""


class PageTexts:
    """Renders the texts of a site's pages."""

    def __init__(self, site: Site) -> None:
        self._names = {tool.id: tool.name for tool in site.directory.tools.values()}
        self._site = site

    def html(self, page: Page, mentions: Iterable[Mark]) -> str:
        """Return the text of a page as sanitised HTML with its mentions marked.

        Text whose elements are nested too deeply is reduced to plain paragraphs.
        """
        text = page.html
        if _depth(text) > _DEEPEST:
            text = "".join(f'<p id="{LINE_ID}{block.line}">{escape(block.text)}</p>\n' for block in page.blocks)
        clean = nh3.clean(
            text, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None, strip_comments=True
        )
        tools = {
            number: (name, self._names.get(name) or name)
            for number, (kind, name) in enumerate(page.tags)
            if kind == "tool"
        }
        address = self._site.page_url(page.path, page.front) or ""
        return _Marking(mentions, address, tools, MentionIris(page_iri(page, self._site))).of(clean)


def marks(graph: Graph, page: str) -> Iterator[Mark]:
    """Yield the mentions in a page's graph, sorted by line; ``page`` is the page's IRI."""
    found = []
    for mention in graph.subjects(RDF.type, URIRef(RDM.Mention)):
        facts = {str(prop): str(value) for prop, value in graph.predicate_objects(mention)}
        found.append(
            Mark(
                fragment=str(mention).removeprefix(f"{page}#"),
                line=int(facts[RDM.sourceLine]),
                label=facts[RDFS.label],
                link=facts.get(RDM.linkAsWritten),
                role=facts.get(RDM.role, "").rpartition("/")[2],
                target=facts.get(RDM.target),
                tool=facts.get(RDM.toolTag),
                because=facts.get(RDM.because, ""),
            )
        )
    yield from sorted(found, key=lambda mark: (mark.line, mark.fragment))


def _depth(html: str) -> int:
    """Return the maximum nesting of elements."""
    steps = ((-1 if closing else 1) for closing, tag in _OPENED_OR_CLOSED.findall(html) if tag.lower() not in _VOID)
    return max(accumulate(steps), default=0)


class _Marking:
    """Marks mentions in sanitised HTML, in one pass over its tags."""

    def __init__(
        self, mentions: Iterable[Mark], address: str, tools: Mapping[int, tuple[str, str]], iris: MentionIris
    ) -> None:
        """Prepare to mark mentions.

        ``tools`` maps the number of a tag to id and name of its tool; ``iris`` names the mentions in page order.
        """
        self._address = address
        """URL of the published page, the base of its relative links."""
        self._tools, self._iris = tools, iris
        self._links = defaultdict[str, deque[Mark]](deque)
        self._tagged = dict[str, Mark]()
        self._named = list[Mark]()
        for mark in mentions:
            if mark.tool is not None:
                self._tagged[mark.fragment] = mark
            elif mark.link is None:
                self._named.append(mark)
            else:
                self._links[mark.link].append(mark)

    def of(self, html: str) -> str:
        """Return the HTML with mentions marked, images replaced by links, and absolute links."""
        pieces = _TAG.split(html)
        starts = sorted({int(found[1]) for piece in pieces[1::2] if (found := _BLOCK.search(piece))})
        written, open_links, named = list[str](), list[str](), list[Mark]()
        for piece in pieces:
            if not piece.startswith("<"):
                written.append(self._text(without_addresses(piece), named, within_link=bool(open_links)))
                continue
            piece = without_marks(piece)
            if piece.startswith("<a"):
                opening, after = self._link(piece)
                open_links.append(after)
                written.append(opening)
            elif piece == "</a>":
                written.append(piece + (open_links.pop() if open_links else ""))
            elif piece.startswith("<img"):
                written.append(self._picture(piece, within_link=bool(open_links)))
            else:
                if found := _BLOCK.search(piece):
                    named = self._named_within(int(found[1]), starts)
                written.append(piece)
        return "".join(written)

    def _named_within(self, line: int, starts: Sequence[int]) -> list[Mark]:
        """Return the mentions without a link in the block that begins at ``line``."""
        after = bisect_right(starts, line)
        end = starts[after] if after < len(starts) else sys.maxsize
        first, last = (bisect_left(self._named, each, key=lambda mark: mark.line) for each in (line, end))
        return self._named[first : min(last, first + _MOST_NAMED)]

    def _text(self, text: str, named: list[Mark], *, within_link: bool) -> str:
        """Return a text with the tools that it tags marked, and outside of a link the first place of each ``named``."""
        found = list(MARK.finditer(text))
        written = [text[: found[0].start() if found else None]]
        ends = [*(each.start() for each in found[1:]), len(text)]
        for each, end in zip(found, ends, strict=False):
            before, behind = self._tool(marked(each[0]), text[each.end() : end], within_link=within_link)
            written += [before, behind]
        written[::2] = [part if within_link else _with_names(part, named) for part in written[::2]]
        return "".join(written)

    def _tool(self, number: int, text: str, *, within_link: bool) -> tuple[str, str]:
        """Return the mark of the tool of a tag, and the rest of the text that begins with the tool's name."""
        if number not in self._tools:
            return "", text
        tool, name = self._tools[number]
        mark = self._tagged.get(self._iris.next(f"tool:{tool}", name).partition("#")[2])
        if mark is None:
            return "", text
        end = _end_of_name(name, text)
        role = _role(mark) if end and not within_link else ""
        return f'<mark id="{escape(mark.fragment)}" class="mention">{text[:end]}</mark>{role}', text[end:]

    def _link(self, tag: str) -> tuple[str, str]:
        """Return the start tag of a link, and the HTML to insert after the link."""
        href = _attributes(tag).get("href", "")
        written = "mailto:" if href.lower().startswith("mailto:") else href
        waiting = self._links.get(written)
        mark = waiting.popleft() if waiting else None
        address = "" if written == "mailto:" else self._absolute(href)
        where = f' href="{escape(address)}" rel="noreferrer"' if address else ""
        if mark is None:
            return f"<a{where}>", ""
        return f'<a id="{escape(mark.fragment)}" class="mention"{where}>', _role(mark)

    def _picture(self, tag: str, *, within_link: bool) -> str:
        attributes = _attributes(tag)
        words = escape(without_addresses(attributes.get("alt") or "") or "picture", quote=False)
        address = self._absolute(attributes.get("src", ""))
        if within_link or not address:
            return words
        return f'<a href="{escape(address)}" rel="noreferrer">[{words}]</a>'

    def _absolute(self, href: str) -> str:
        """Return the absolute URL of a link; empty if it is invalid or the page's URL is unknown."""
        if not href or href.startswith("#"):
            return href
        try:
            address = urljoin(self._address, href)
        except ValueError:
            return ""
        return web_iri(address) or ""


def _attributes(tag: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag)}


def _role(mark: Mark) -> str:
    """Return the role of a mention as a link to its thing."""
    if not mark.target:
        return ""
    words = roles()[mark.role].label if mark.role else "in the graph"
    why = f' title="{escape(mark.because)}"' if mark.because else ""
    return f'<a class="role" href="{_THINGS}?iri={quote(mark.target, safe="")}"{why}>{words}</a>'


def _end_of_name(name: str, text: str) -> int:
    """Return where the name ends that a text of HTML begins with; 0 if it begins with another text.

    Markdown may have put other signs for quotes and dashes.

    >>> _end_of_name("R&D Bench", "R&amp;D Bench, a bench"), _end_of_name('"AB"', "“AB”, a bench")
    (13, 4)
    """
    written = escape(name, quote=False)
    if text.startswith(written):  # nearly always; a pattern for each name takes long to compile
        return len(written)
    found = re.match(r"\s+".join(re.sub(r"\W", lambda _: _SIGN, word) for word in name.split()), text)
    return found.end() if found else 0


def _with_names(text: str, named: list[Mark]) -> str:
    """Mark the first occurrence of each mention without a link, and remove those from ``named``."""
    for mark in list(named):
        words = r"\s+".join(re.escape(escape(word, quote=False)) for word in mark.label.split())
        found = re.search(rf"(?<!\w){words}(?!\w)(?![^<]*</mark>)", text) if words else None
        if found:
            named.remove(mark)
            shown = f'<mark id="{escape(mark.fragment)}" class="mention">{found[0]}</mark>{_role(mark)}'
            text = text[: found.start()] + shown + text[found.end() :]
    return text
