"""Rules of kramdown for links, attribute lists and heading identifiers, as plug-ins of markdown-it-py.

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
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from kg.markdown import definitions, headings, rows
from kg.markdown.html import html_block, html_inline
from kg.markdown.notes import MARK
from kg.markdown.rows import is_over_bar
from kg.markdown.scan import Scan, scan

_BLANKS = re.compile(r"\s*")
_REFERENCE = re.compile(r"\s*?\[([^\]]+)?\]")
_ATTRIBUTES = re.compile(r"\{:[^{}\n]*\}")
_BOX = re.compile(r"\[[ xX]\][ \t]+")
_LINE_END = re.compile(r"[ \t]*(?:\n|\Z)")
_EXTENSION = re.compile(r"\{::(comment|nomarkdown)(?:\s[^{}]*)?\}")
_HEADER_ID = re.compile(r"(?:\A|[ \t])\{#([^\W\d][\w:.-]*)\}[ \t]*$")
_LONGEST_LABEL = 999
"""Characters of a reference's label, at most, as in CommonMark."""
_ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|\w+);")
_NO_WORD = re.compile(r"[^\w\- \t]")
_BEFORE_LETTERS = re.compile(r"^[^a-zA-Z]+", re.MULTILINE)
_NO_ASCII_WORD = re.compile(r"[^a-zA-Z0-9 -]")
_DELIMITERS = re.compile(r"[*_~]+")
_TYPOGRAPHY = re.compile(r"-{2,3}|\.{3}|<<|>>")


def parser() -> MarkdownIt:
    """Return a Markdown parser that follows kramdown and records the lines of inline tokens.

    The first token that an inline rule adds has ``meta["line"]``, its 0-based line within the block; the last one has
    ``meta["end"]``, the line where it ends.
    """
    md = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    md.inline.ruler.at("link", _link)
    md.inline.ruler.at("image", _image)
    md.inline.ruler.at("html_inline", html_inline)
    md.block.ruler.at("html_block", html_block, {"alt": ["paragraph", "reference", "blockquote"]})
    definitions.add_rules(md)
    headings.add_rules(md)
    rows.add_rules(md)
    md.core.ruler.before("inline", "boxes of tasks", _boxes)
    md.inline.ruler.before("link", "extension", _extension)
    md.inline.ruler.before("link", "attributes", _attribute_list)
    md.inline.ruler.before("link", "note", _note_mark)
    md.inline.ruler.before("link", "maths", _maths)
    md.normalizeLink = lambda url: url  # type: ignore[method-assign]
    md.validateLink = lambda url: True  # type: ignore[method-assign]
    for rule in md.inline.ruler.__rules__:
        rule.fn = _with_lines(rule.fn)
    return md


def _boxes(state: StateCore) -> None:
    """Drop the box to tick with which an item of a list begins, as in ``- [x] Done``."""
    for item, _, text in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        found = _BOX.match(text.content) if item.type == "list_item_open" and text.type == "inline" else None
        if found:
            text.content = text.content[found.end() :]


def _with_lines(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    def placed(state: StateInline, silent: bool) -> bool:
        start, known = state.pos, len(state.tokens)
        matched = rule(state, silent)
        if matched and not silent and len(state.tokens) > known:
            # markdown-it-py flushes pending text as a token of its own before the rule's tokens
            first = next((t for t in state.tokens[known:] if t.type != "text"), state.tokens[-1])
            lines = scan(state.src, state.env)
            first.meta.setdefault("line", lines.line(start))
            state.tokens[-1].meta["end"] = lines.line(state.pos)
        return matched

    return placed


def _link(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "[" or state.linkLevel > 0 or state.src.startswith("[^", state.pos):
        return False
    return _link_or_image(state, state.pos + 1, silent, "a")


def _image(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("![", state.pos):
        return False
    return _link_or_image(state, state.pos + 2, silent, "img")


def _link_or_image(state: StateInline, start: int, silent: bool, tag: str) -> bool:
    end = scan(state.src, state.env).label_end(start)
    found = _destination(state, start, end) if 0 <= end < state.posMax else None
    if found is None:
        return False
    href, after = found
    if is_over_bar(state, after):
        return False
    if not silent and tag == "a":
        _push_link(state, href, start, end)
    elif not silent:
        token = state.push("image", "img", 0)
        token.attrs = {"src": href}
        token.content = unescapeAll(state.src[start:end])
        token.children = [Token("text", "", 0, content=token.content)]
    state.pos = after
    return True


def _push_link(state: StateInline, href: str, start: int, end: int) -> None:
    before, maximum = state.pos, state.posMax
    token = state.push("link_open", "a", 1)
    token.attrs = {"href": _ENTITY.sub(lambda found: html.unescape(found[0]), href)}
    token.meta["line"] = scan(state.src, state.env).line(before)
    state.pos, state.posMax = start, end
    state.linkLevel += 1
    state.md.inline.tokenize(state)
    state.linkLevel -= 1
    state.pos, state.posMax = before, maximum
    state.push("link_close", "a", -1)


def _destination(state: StateInline, start: int, end: int) -> tuple[str, int] | None:
    """Return the destination that follows the label from ``start`` to ``end``, and the position after it."""
    pos = end + 1
    reference = _REFERENCE.match(state.src, pos, state.posMax)
    if reference or not state.src.startswith("(", pos):
        references, after = state.env.get("references"), reference.end() if reference else pos
        begin, stop = reference.span(1) if reference and reference[1] else (start, end)
        if not references or stop - begin > _LONGEST_LABEL:
            return None
        known = references.get(normalizeReference(state.src[begin:stop]))
        return (known["href"], after) if known else None
    found = _in_parentheses(scan(state.src, state.env), pos)
    return found if found and found[1] <= state.posMax else None


def _in_parentheses(text: Scan, pos: int) -> tuple[str, int] | None:
    if text.text.startswith("<", pos + 1) and (angle := text.closing_angle(pos)):
        begin, end, after = pos + 2, angle, angle + 1
        if text.text.startswith(")", after):
            return text.text[begin:end], after + 1
        quote = _quote(text.text, after)
    elif after := text.parentheses_end(pos) or 0:
        return text.text[pos + 1 : after - 1].strip(), after
    else:
        quote = text.quote(pos)
        begin, end = pos + 1, quote or 0
    closing = None if quote is None else text.title_end(quote)
    return (text.text[begin:end].strip(), closing) if closing else None


def _quote(text: str, pos: int) -> int | None:
    """Return the position of a quotation mark that follows after optional white space, or ``None``."""
    found = _BLANKS.match(text, pos)
    after = found.end() if found else pos
    return after if text[after : after + 1] in ("'", '"') else None


def _extension(state: StateInline, silent: bool) -> bool:
    """Parse a span extension, a comment or text without Markdown between ``{::…}`` and ``{:/}``."""
    found = _EXTENSION.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "{" else None
    if not found:
        return False
    stop = scan(state.src, state.env).extension_stop(found[1], found.end())
    if stop is None or stop[1] > state.posMax:
        return False
    if not silent and found[1] == "nomarkdown":
        state.push("html_inline", "", 0).content = state.src[found.end() : stop[0]]
    state.pos = stop[1]
    return True


def _maths(state: StateInline, silent: bool) -> bool:
    """Parse a formula between ``$$``, whose content is not Markdown."""
    if not state.src.startswith("$$", state.pos):
        return False
    end = state.src.find("$$", state.pos + 2, state.posMax)
    if end < 0:
        return False
    if not silent:
        state.push("code_inline", "", 0).content = state.src[state.pos : end + 2]
    state.pos = end + 2
    return True


def _attribute_list(state: StateInline, silent: bool) -> bool:
    """Drop the attribute list of a span or of the block, as in ``{:target="_blank"}``; behind text it is text."""
    found = _ATTRIBUTES.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "{" else None
    is_of_span = not state.pending and _is_span_end(state.tokens)
    if not found or not (silent or is_of_span or _is_of_block(state.src, found)):
        return False
    if not silent and is_of_span:
        token = state.push("attributes", "", 0)
        token.content, token.hidden = found[0][2:-1], True
    state.pos = found.end()
    return True


def _is_of_block(text: str, found: re.Match[str]) -> bool:
    """Return whether an attribute list stands first in a text, as in the item of a list, or alone in its line."""
    start = found.start()
    while start > 0 and text[start - 1] in " \t":
        start -= 1
    return start == 0 or (text[start - 1] == "\n" and _LINE_END.match(text, found.end()) is not None)


def _is_span_end(tokens: list[Token]) -> bool:
    """Return whether an attribute list after these tokens belongs to a span element, and not to plain text."""
    last = tokens[-1] if tokens else None
    is_text = last is not None and last.type in ("text", "softbreak")
    return last is not None and (not is_text or _DELIMITERS.fullmatch(last.content) is not None)


def _note_mark(state: StateInline, silent: bool) -> bool:
    """Drop the mark of a published footnote."""
    found = MARK.match(state.src, state.pos, state.posMax) if state.src.startswith("[^", state.pos) else None
    if found is None or found[1] not in state.env.get("notes", ()):
        return False
    state.pos = found.end()
    return True


def split_header_id(text: str) -> tuple[str, str]:
    """Return a heading's text and the identifier written after it, or ``""``.

    >>> split_header_id("Data formats {#formats}")
    ('Data formats', 'formats')
    """
    found = _HEADER_ID.search(text)
    return (text[: found.start()].rstrip(), found[1]) if found else (text, "")


def heading_id(token: Token, lines: list[str], anchors: Anchors) -> str:
    """Return the identifier of a heading, given its inline token: the one that ``lines`` give it, else a generated one.

    It is generated from the text with its white space unchanged.
    """
    shown = ("text", "code_inline", "text_special")
    text, written = split_header_id("".join(child.content for child in token.children or () if child.type in shown))
    return written or definitions.identifier(lines, *(token.map or (0, 0))) or anchors.next(text)


class Anchors:
    """Generates heading identifiers as kramdown-parser-gfm does, numbering equal ones within a page.

    >>> anchors = Anchors()
    >>> anchors.next("Type of data/experiments/methods"), anchors.next("Data"), anchors.next("Data")
    ('type-of-dataexperimentsmethods', 'data', 'data-1')
    """

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def next(self, text: str) -> str:
        """Return the identifier of the page's next heading with this text."""
        anchor = self._plain(_TYPOGRAPHY.sub("", text))
        count = self._seen[anchor]
        self._seen[anchor] += 1
        return f"{anchor}-{count}" if count else anchor

    def _plain(self, text: str) -> str:
        return _NO_WORD.sub("", text.lower()).replace(" ", "-").replace("\t", "-")


class AnchorsWithinHtml(Anchors):
    """Generates the identifiers of headings within HTML, as kramdown does without its GFM parser.

    >>> anchors = AnchorsWithinHtml()
    >>> anchors.next("1. Preparing data"), anchors.next("2."), anchors.next("3.")
    ('preparing-data', 'section', 'section-1')
    """

    def _plain(self, text: str) -> str:
        letters = _NO_ASCII_WORD.sub("", _BEFORE_LETTERS.sub("", text))
        return letters.replace(" ", "-").lower() or "section"
