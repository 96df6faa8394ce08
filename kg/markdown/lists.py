"""Items of lists that stand too far left for the item that kramdown reads them in (``parser/kramdown/list.rb``)."""

from __future__ import annotations

import re

_ITEM = re.compile(r"( *)(?:[-*+]|\d+\.)[ \t]+(?=\S)")
_DEEP_ITEM = re.compile(r"^ {4,}(?:[-*+]|\d+\.)[ \t]", re.MULTILINE)
_FENCE = re.compile(r" *(?:```|~~~)")


def with_lazy_items(text: str) -> str:
    r"""Indent the items that continue another item, as a line of a paragraph does, though they begin before its text.

    >>> print(with_lazy_items("  3. a\n      * b\n    * c\n  4. d"))
      3. a
          * b
             * c
      4. d
    """
    if not _DEEP_ITEM.search(text):
        return text
    lines, open_items, in_code, is_after_blank = text.split("\n"), list[int](), False, True
    for n, line in enumerate(lines):
        if _FENCE.match(line):
            in_code = not in_code
        elif in_code or not line.strip():
            is_after_blank = not in_code
            continue
        elif item := _ITEM.match(line):
            moved = _moved(len(item[1]), open_items, is_after_blank=is_after_blank)
            open_items = [content for content in open_items if content <= moved]
            if moved - (open_items[-1] if open_items else 0) < 4:
                open_items.append(moved + item.end() - len(item[1]))
            lines[n] = " " * (moved - len(item[1])) + line
        elif is_after_blank:
            open_items = [content for content in open_items if line.startswith(" " * content)]
        is_after_blank = False
    return "\n".join(lines)


def _moved(indent: int, open_items: list[int], *, is_after_blank: bool) -> int:
    """Return the indentation of an item as kramdown reads it, given where the texts of the open items begin."""
    above = 0
    for content in open_items:
        if indent < content:
            if indent - above < 4 or is_after_blank:
                break
            indent += content - above
        above = content
    return indent
