"""kramdown's rules for links, attribute lists and heading identifiers, as plug-ins of markdown-it-py.

Jekyll renders with kramdown and its GFM parser. A CommonMark parser drops links that kramdown publishes, such as
``[Ontologies](#### Ontologies)`` and ``[x]((https://…))``. The functions follow kramdown 2
(``parser/kramdown/link.rb``, ``span_extensions``) and kramdown-parser-gfm 1.1 (``generate_gfm_header_id``).
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference, unescapeAll
from markdown_it.rules_block import StateBlock, lheading
from markdown_it.rules_inline import StateInline

from kg.markdown.html import html_block, html_inline

_PAREN_STOP = re.compile(r"\(|\)|\s(?=['\"])")
_TITLE = re.compile(r"\s*?(?P<quote>[\"'])(?P<title>.+?)(?P=quote)\s*?\)", re.DOTALL)
_REFERENCE = re.compile(r"\s*?\[([^\]]+)?\]")
_ATTRIBUTES = re.compile(r"\{:[^}\n]*\}")
_ATTRIBUTE_LINE = re.compile(r"^[ ]{0,3}\{:[^}\n]*\}[ \t]*$")
_HEADER_ID = re.compile(r"[ \t]*\{#([A-Za-z][\w:-]*)\}[ \t]*$")
_SKIPPED = re.compile(r"\\.|(`+)(?!`).*?(?<!`)\1(?!`)|<[^<>\s][^<>]*>|<!--.*?-->", re.DOTALL)
_ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|\w+);")
_NO_WORD = re.compile(r"[^\w\- \t]")
_TYPOGRAPHY = re.compile(r"-{2,3}|\.{3}|<<|>>")


def parser() -> MarkdownIt:
    """A Markdown parser whose inline tokens carry their lines and whose links are kramdown's.

    The first token that a rule makes has ``meta["line"]``, the number of line breaks before it in its block; the last
    one has ``meta["end"]``, the number of line breaks before its end.
    """
    md = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    md.inline.ruler.at("link", _link)
    md.inline.ruler.at("image", _image)
    md.inline.ruler.at("html_inline", html_inline)
    md.block.ruler.at("html_block", html_block, {"alt": ["paragraph", "reference", "blockquote"]})
    md.block.ruler.at("lheading", _setext_heading)
    md.inline.ruler.before("link", "attributes", _attribute_list)
    md.normalizeLink = lambda url: url  # type: ignore[method-assign]
    md.validateLink = lambda url: True  # type: ignore[method-assign]
    for rule in md.inline.ruler.__rules__:
        rule.fn = _with_lines(rule.fn)
    return md


def _with_lines(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    def placed(state: StateInline, silent: bool) -> bool:
        start, known = state.pos, len(state.tokens)
        matched = rule(state, silent)
        if matched and not silent and len(state.tokens) > known:
            # pending text became a token of its own before the rule's tokens
            first = next((t for t in state.tokens[known:] if t.type != "text"), state.tokens[-1])
            first.meta.setdefault("line", state.src.count("\n", 0, start))
            state.tokens[-1].meta["end"] = state.src.count("\n", 0, state.pos)
        return matched

    return placed


def _setext_heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """One underlined line at the beginning of a block (``parse_setext_header``); CommonMark allows several lines."""
    at_boundary = start == 0 or state.isEmpty(start - 1)
    return at_boundary and lheading(state, start, min(end, start + 2), silent)


def _link(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "[" or state.linkLevel > 0 or state.src.startswith("[^", state.pos):
        return False
    return _link_or_image(state, state.pos + 1, silent, "a")


def _image(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("![", state.pos):
        return False
    return _link_or_image(state, state.pos + 2, silent, "img")


def _link_or_image(state: StateInline, start: int, silent: bool, tag: str) -> bool:
    end = _label_end(state.src, start, state.posMax)
    found = None if end < 0 else _destination(state, state.src[start:end], end + 1)
    if found is None:
        return False
    href, after = found
    if not silent and tag == "a":
        _push_link(state, href, start, end)
    elif not silent:
        token = state.push("image", "img", 0)
        token.attrs = {"src": href}
        token.content = unescapeAll(state.src[start:end])
    state.pos = after
    return True


def _push_link(state: StateInline, href: str, start: int, end: int) -> None:
    before, maximum = state.pos, state.posMax
    token = state.push("link_open", "a", 1)
    token.attrs = {"href": _ENTITY.sub(lambda found: html.unescape(found[0]), href)}
    token.meta["line"] = state.src.count("\n", 0, before)
    state.pos, state.posMax = start, end
    state.linkLevel += 1
    state.md.inline.tokenize(state)
    state.linkLevel -= 1
    state.pos, state.posMax = before, maximum
    state.push("link_close", "a", -1)


def _label_end(text: str, start: int, maximum: int) -> int:
    """Position of the bracket that closes the label, or -1; escapes, code and tags are passed over."""
    depth, pos = 1, start
    while pos < maximum:
        if skipped := _SKIPPED.match(text, pos, maximum):
            pos = skipped.end()
            continue
        depth += {"[": 1, "]": -1}.get(text[pos], 0)
        if depth == 0:
            return pos
        pos += 1
    return -1


def _destination(state: StateInline, label: str, pos: int) -> tuple[str, int] | None:
    """The destination that follows a label at ``pos``, and the position after it."""
    reference = _REFERENCE.match(state.src, pos, state.posMax)
    if reference or not state.src.startswith("(", pos):
        name = (reference and reference[1]) or label
        known = state.env.get("references", {}).get(normalizeReference(name))
        after = reference.end() if reference else pos
        return (known["href"], after) if known else None
    return _in_parentheses(state.src, pos, state.posMax)


def _in_parentheses(text: str, pos: int, maximum: int) -> tuple[str, int] | None:
    angle = re.compile(r"\(<(.*?)>").match(text, pos, maximum)
    if angle:
        href, after, depth = angle[1], angle.end(), 1
        if text.startswith(")", after):
            return href, after + 1
    else:
        after, depth = _balanced(text, pos, maximum)
        href = text[pos + 1 : after - 1].strip()
        if depth == 0:
            return href, after
    title = _TITLE.match(text, after, maximum)
    return (href, title.end()) if title else None


def _balanced(text: str, pos: int, maximum: int) -> tuple[int, int]:
    """Where kramdown stops to look for the end of a destination, and how many brackets are open there."""
    depth = 0
    for stop in _PAREN_STOP.finditer(text, pos, maximum):
        if stop[0] not in "()":
            return stop.end(), depth
        depth += 1 if stop[0] == "(" else -1
        pos = stop.end()
        if depth == 0:
            break
    return pos, depth


def _attribute_list(state: StateInline, silent: bool) -> bool:
    """Take a span's attribute list, as in ``{:target="_blank"}``, out of the text (kramdown, "Span IALs")."""
    found = _ATTRIBUTES.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "{" else None
    if not found:
        return False
    state.pos = found.end()
    return True


def without_attribute_lines(text: str) -> str:
    """Blank the lines that hold only a block's attribute list, so that every other line keeps its number."""
    if "{:" not in text:
        return text
    return "\n".join("" if _ATTRIBUTE_LINE.match(line) else line for line in text.split("\n"))


def split_header_id(text: str) -> tuple[str, str]:
    """A heading's text and the identifier written behind it.

    >>> split_header_id("Data formats {#formats}")
    ('Data formats', 'formats')
    """
    found = _HEADER_ID.search(text)
    return (text[: found.start()], found[1]) if found else (text, "")


class Anchors:
    """Makes heading identifiers as kramdown-parser-gfm does, counting equal ones within a page.

    >>> anchors = Anchors()
    >>> anchors.next("Type of data/experiments/methods"), anchors.next("Data"), anchors.next("Data")
    ('type-of-dataexperimentsmethods', 'data', 'data-1')
    """

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def next(self, text: str) -> str:
        """The identifier of the page's next heading with this text."""
        plain = _NO_WORD.sub("", _TYPOGRAPHY.sub("", text).lower())
        anchor = plain.replace(" ", "-").replace("\t", "-")
        count = self._seen[anchor]
        self._seen[anchor] += 1
        return f"{anchor}-{count}" if count else anchor
