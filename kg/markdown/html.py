"""Rules of kramdown for HTML in Markdown, as plug-ins of markdown-it-py (``parser/kramdown/html.rb`` and ``html.rb``).

kramdown does not parse Markdown between the tags of a block-level element, even after a blank line, where CommonMark
resumes parsing; nor does it within elements such as ``<code>`` inside a line.
"""

from __future__ import annotations

import re
from collections import Counter

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from kg.markdown.scan import MARKDOWN, Scan, scan
from kg.markdown.tags import CLOSING, TAG

_SPAN_ELEMENTS = frozenset(
    "a abbr acronym b big bdo br button cite code del dfn em i img input ins kbd label mark option q rb rbc rp rt rtc "
    "ruby samp select small span strike strong sub sup tt u var".split()
)
_READ_WITHIN = frozenset(
    "a abbr acronym b bdo big button cite caption del dfn dt em h1 h2 h3 h4 h5 h6 i ins label legend optgroup p q rb "
    "rbc rp rt rtc ruby select small span strong sub sup th tt address applet article aside blockquote body dd details "
    "div dl fieldset figure figcaption footer form header hgroup iframe li main map menu nav noscript object section "
    "summary td".split()
)
"""Elements whose content is parsed as Markdown inside a line."""
_BLOCK_ELEMENTS = frozenset(
    "address article aside applet body blockquote caption col colgroup dd div dl dt fieldset figcaption footer form h1 "
    "h2 h3 h4 h5 h6 header hgroup hr html head iframe legend menu li main map nav ol optgroup p pre section summary "
    "table tbody td th thead tfoot tr ul".split()
)
"""Elements whose tags are text inside a line."""
_WITHOUT_BODY = frozenset("area base br col command embed hr img input keygen link meta param source track wbr".split())


def html_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse a comment or a block-level element with its content; text after it on its last line is a paragraph."""
    begin = state.bMarks[start] + state.tShift[start]
    if state.is_code_block(start) or not state.src.startswith("<", begin):
        return False
    limit = state.eMarks[end - 1]
    stop = _end(scan(state.src, state.env), begin, limit)
    if stop is None:
        return False
    if silent:
        return True
    last = start
    while last < end - 1 and state.eMarks[last] < stop:
        last += 1
    token = state.push("html_block", "", 0)
    token.map = [start, last + 1]
    token.content = state.src[begin:stop]
    state.line = last + 1
    if rest := state.src[stop : state.eMarks[last]].strip():
        _paragraph(state, rest, last)
    return True


def _end(known: Scan, begin: int, limit: int) -> int | None:
    """Return the end of the HTML block that starts at ``begin``; ``None`` where there is no block."""
    text = known.text
    if text.startswith("<!--", begin):
        close = known.comment_end(begin)
        return close if close is not None and close <= limit else None
    tag = TAG.match(text, begin, limit)
    if tag is None:
        closing = CLOSING.match(text, begin, limit)
        return closing.end() if closing and closing[1].lower() not in _SPAN_ELEMENTS else None
    name = tag[1].lower()
    if name in _SPAN_ELEMENTS:
        return None
    if tag[3] or name in _WITHOUT_BODY or MARKDOWN.search(tag[2]):
        return tag.end()
    within = known.markdown_tag(tag.end())
    if within is None or within[1] > limit:
        return _closed(text, name, tag.end(), limit) or limit
    return _closed(text, name, tag.end(), within[0]) or within[1]


def _closed(text: str, name: str, pos: int, limit: int) -> int | None:
    """Return the end of an element; ``None`` for an unclosed one, which kramdown closes at the end of its parent."""
    depth, last_comment = 1, text.rfind("-->", pos, limit)
    begins = re.compile(rf"<!--|<(/?){re.escape(name)}\b", re.IGNORECASE)
    while found := begins.search(text, pos, limit):
        pos = found.end()
        if found[1] is None:
            pos = text.find("-->", pos, limit) + 3 if pos <= last_comment else pos
            continue
        stop = text.find(">", pos, limit)
        if stop < 0:
            break
        if stop == pos or text[stop - 1] != "/":
            depth += -1 if found[1] else 1
        pos = stop + 1
        if depth == 0:
            return pos
    return None


def _paragraph(state: StateBlock, text: str, line: int) -> None:
    state.push("paragraph_open", "p", 1).map = [line, line + 1]
    token = state.push("inline", "", 0)
    token.content, token.map, token.children = text, [line, line + 1], []
    state.push("paragraph_close", "p", -1)


def html_inline(state: StateInline, silent: bool) -> bool:
    """Parse a comment or a tag inside a line; an element whose content is not Markdown becomes one token."""
    if not state.src.startswith("<", state.pos):
        return False
    stop = _end_inline(scan(state.src, state.env), state.pos, state.posMax)
    if stop is None or _is_text(state, silent=silent):
        return False
    if not silent:
        state.push("html_inline", "", 0).content = state.src[state.pos : stop]
    state.pos = stop
    return True


def _is_text(state: StateInline, *, silent: bool) -> bool:
    """Return whether the tag at the current position is published as text, as is the one that closes it."""
    found = TAG.match(state.src, state.pos) or CLOSING.match(state.src, state.pos)
    name = found[1].lower() if found else ""
    if found is None or name not in _BLOCK_ELEMENTS:
        return False
    text, opened = state.env.get("tags as text", ("", Counter[str]()))
    opened = opened if text is state.src else Counter[str]()
    is_text = found.re is TAG or opened[name] > 0
    if is_text and not silent:
        opened[name] += 1 if found.re is TAG else -1
        state.env["tags as text"] = (state.src, opened)
    return is_text


def _end_inline(known: Scan, begin: int, limit: int) -> int | None:
    text = known.text
    if text.startswith("<!--", begin):
        close = known.comment_end(begin)
        return close if close is not None and close <= limit else None
    if closing := CLOSING.match(text, begin, limit):
        return closing.end()
    tag = TAG.match(text, begin, limit)
    if tag is None:
        return None
    name = tag[1].lower()
    if tag[3] or name in _WITHOUT_BODY or name in _READ_WITHIN:
        return tag.end()
    return _closed(text, name, tag.end(), limit) or limit
