"""Rules of kramdown for HTML in Markdown, as plug-ins of markdown-it-py (``parser/kramdown/html.rb`` and ``html.rb``).

kramdown does not parse Markdown between the tags of a block-level element, even after a blank line, where CommonMark
resumes parsing; nor does it within elements such as ``<code>`` inside a line.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from kg.markdown.scan import MARKDOWN, Scan, scan
from kg.markdown.tags import CLOSING, TAG, Tag, identifier, pieces

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
_TEXT = re.compile(r"\s*(?=\S)")
_HEADING = re.compile(r"<(h[1-6])\b([^>]*)>(.*?)(?:</h[1-6]\s*>)?\Z", re.IGNORECASE | re.DOTALL)
_BLOCK_ELEMENTS = frozenset(
    "address article aside applet body blockquote caption col colgroup dd div dl dt fieldset figcaption footer form h1 "
    "h2 h3 h4 h5 h6 header hgroup hr html head iframe legend menu li main map nav ol optgroup p pre section summary "
    "table tbody td th thead tfoot tr ul".split()
)
"""Elements whose tags are text inside a line."""
_BOXES, _LEFT, _LINE = "open elements", "elements that a line closes", "tags of a line"
"""Keys of the environment of a text: element → how many blocks of HTML left it open; text behind a block → the same of
those that it closes; a :class:`_Line`."""
OPENED = "opened"
"""Key of the number of elements of HTML that a token opens and leaves open; below 0, of those that it closes."""
_WITHOUT_BODY = frozenset("area base br col command embed hr img input keygen link meta param source track wbr".split())


def html_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse a comment or a block-level element with its content; text after it on its last line is a paragraph.

    A comment neither ends the text above it nor begins behind spaces.
    """
    begin = state.bMarks[start] + state.tShift[start]
    if state.is_code_block(start) or not state.src.startswith("<", begin):
        return False
    if state.src.startswith("<!--", begin) and (silent or state.sCount[start] != state.blkIndent):
        return False
    limit = state.eMarks[end - 1]
    boxes: Counter[str] = state.env.setdefault(_BOXES, Counter())
    stop = _end(scan(state.src, state.env), begin, limit, boxes)
    if stop is None:
        return False
    if silent:
        return True
    last = start
    while stop is not None:
        opened = _count(state.src[begin:stop], boxes)
        last, begin = _push(state, last, end, begin, stop), stop
        state.tokens[-1].meta[OPENED] = opened
        found = _TEXT.match(state.src, begin, state.eMarks[last])
        begin = found.end() if found else state.eMarks[last]
        is_next = found and state.src.startswith("<", begin)
        stop = _end(scan(state.src, state.env), begin, limit, boxes) if is_next else None
    state.line = last + 1
    if rest := state.src[begin : state.eMarks[last]].strip():
        closed = state.env.setdefault(_LEFT, {})[rest] = _closed_by(rest, boxes)
        _paragraph(state, rest, last)
        state.tokens[-1].meta[OPENED] = -closed.total()
    return True


def _count(block: str, boxes: Counter[str]) -> int:
    """Count the elements that a block of HTML opens and leaves open, or closes; return how many more are open."""
    tags = [piece for _, piece in pieces(block) if isinstance(piece, Tag) and piece.name not in _WITHOUT_BODY]
    opened = 0
    for tag in tags:
        if not tag.is_empty:
            known = boxes[tag.name]
            boxes[tag.name] = max(0, known + (-1 if tag.is_closing else 1))
            opened += boxes[tag.name] - known
    is_whole = len(tags) > 1 and not tags[0].is_closing and tags[-1].is_closing and tags[0].name == tags[-1].name
    return 0 if is_whole else opened


def _closed_by(text: str, boxes: Counter[str]) -> Counter[str]:
    """Return how many of the open elements a text closes, and count them no longer."""
    closed = Counter(found[1].lower() for found in CLOSING.finditer(text)) & boxes
    boxes.subtract(closed)
    return closed


def _push(state: StateBlock, line: int, end: int, begin: int, stop: int) -> int:
    """Add the token of a block of HTML that starts in a line, or those of a heading; return the line where it ends."""
    last = bisect_left(state.eMarks, stop, line, end - 1)
    heading = _HEADING.match(state.src, begin, stop)
    if heading and MARKDOWN.search(heading[2]):
        opening = state.push("heading_open", heading[1].lower(), 1)
        opening.map, opening.attrs = [line, last + 1], {"id": identifier(heading[2])}
        token = state.push("inline", "", 0)
        token.content, token.map, token.children = heading[3].strip(), [line, last + 1], []
        state.push("heading_close", heading[1].lower(), -1)
    else:
        token = state.push("html_block", "", 0)
        token.map, token.content = [line, last + 1], state.src[begin:stop]
    return last


def _end(known: Scan, begin: int, limit: int, boxes: Mapping[str, int]) -> int | None:
    """Return the end of the HTML block that starts at ``begin``; ``None`` where there is no block.

    ``boxes`` are the open elements: a tag that closes none is text.
    """
    text = known.text
    if text.startswith("<!--", begin):
        close = known.comment_end(begin)
        return close if close is not None and close <= limit else None
    tag = TAG.match(text, begin, limit)
    if tag is None:
        closing = CLOSING.match(text, begin, limit)
        name = closing[1].lower() if closing else ""
        return closing.end() if closing and name not in _SPAN_ELEMENTS and boxes.get(name, 0) > 0 else None
    name = tag[1].lower()
    if name in _SPAN_ELEMENTS:
        return None
    if MARKDOWN.search(tag[2]) and re.fullmatch("h[1-6]", name):
        return known.element_end(name, tag.end(), limit) or limit
    if tag[3] or name in _WITHOUT_BODY or MARKDOWN.search(tag[2]):
        return tag.end()
    within = known.markdown_tag(tag.end())
    if within is None or within[1] > limit:
        return _closed(known, name, tag.end(), limit) or limit
    return _closed(known, name, tag.end(), within[0]) or within[1]


def _closed(known: Scan, name: str, pos: int, limit: int) -> int | None:
    """Return the end of an element; ``None`` for an unclosed one, which kramdown closes at the end of its parent."""
    text, depth = known.text, 1
    begins = re.compile(rf"<!--|<(/?){re.escape(name)}\b", re.IGNORECASE)
    while found := begins.search(text, pos, limit):
        pos = found.end()
        if found[1] is None:
            close = known.comment_end(pos)
            pos = close if close is not None and close <= limit else pos
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


class _Line:
    """The tags of a text that the rules of a line have read so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.as_text = Counter[str]()
        """Elements of which the opening tag is published as text."""
        self.open = list[str]()


def _is_text(state: StateInline, *, silent: bool) -> bool:
    """Return whether a tag at the current position is published as text.

    Such are the tags of blocks within a line, and those that close what is not open, or not the innermost.
    """
    found = TAG.match(state.src, state.pos) or CLOSING.match(state.src, state.pos)
    if found is None:
        return False
    line = state.env.get(_LINE)
    if line is None or line.text is not state.src:
        line = state.env[_LINE] = _Line(state.src)
    name = found[1].lower()
    return _opens_text(found, name, line, silent) if found.re is TAG else _closes_text(state, name, line, silent)


def _opens_text(found: re.Match[str], name: str, line: _Line, silent: bool) -> bool:
    is_text = name in _BLOCK_ELEMENTS
    if is_text and not silent:
        line.as_text[name] += 1
    elif not (silent or found[3] or name in _WITHOUT_BODY) and name in _READ_WITHIN:
        line.open.append(name)
    return is_text


def _closes_text(state: StateInline, name: str, line: _Line, silent: bool) -> bool:
    left: Counter[str] = state.env.get(_LEFT, {}).get(state.src, Counter())
    counted = next((each for each in (line.as_text, left) if each[name] > 0), None)
    if counted is not line.as_text and line.open[-1:] == [name]:
        line.open = line.open if silent else line.open[:-1]
        return False
    if counted is not None and not silent:
        counted[name] -= 1
    return counted is not left


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
    return _closed(known, name, tag.end(), limit) or limit
