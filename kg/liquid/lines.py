"""Line numbers that survive a template: each line is between its own number, in characters that are white space.

Python and Liquid count U+001C to U+001F as white space, so whitespace control (``{%- -%}``) takes the numbers away with
the line breaks, and nothing else sees them. They do not occur in text; where they do, they are dropped.
"""

from __future__ import annotations

import re
from itertools import pairwise, zip_longest

_DIGITS, _END = "\x1c\x1d\x1e", "\x1f"
_DROP = str.maketrans("", "", _DIGITS + _END)
_NUMBER = re.compile(f"([{_DIGITS}]+){_END}")
_LITERAL_OR_TAG = re.compile(
    r"\{%-?\s*(?:raw|comment)\s*-?%\}.*?\{%-?\s*end(?:raw|comment)\s*-?%\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL
)
_STRING = re.compile(r"\"[^\"]*\"|'[^']*'")


def numbered(source: str) -> str:
    """The template with each line's 0-based number around its line breaks, except between the words of a tag.

    >>> [n for n in unnumbered(numbered("one\\n{% if x\\n %}two"))[1]]
    [0, 1, 2]
    """
    source = source.translate(_DROP)
    pieces, row, end = list[str](), 0, 0
    for found in _LITERAL_OR_TAG.finditer(source):
        text, row = _number(source[end : found.start()], row)
        tag, row = _in_tag(found[0], row)
        pieces += [text, tag]
        end = found.end()
    text, _ = _number(source[end:], row)
    return "".join([*pieces, text])


def _in_tag(tag: str, row: int) -> tuple[str, int]:
    """Number the lines of a tag's strings, and of what stands between ``raw`` and ``endraw``; only count the others."""
    if re.match(r"\{%-?\s*(?:raw|comment)\b", tag) and tag.count("%}") > 1:
        start, stop = tag.index("%}") + 2, tag.rindex("{%")
        row += tag.count("\n", 0, start)
        text, row = _number(tag[start:stop], row)
        return tag[:start] + text + tag[stop:], row + tag.count("\n", stop)
    pieces, end = list[str](), 0
    for found in _STRING.finditer(tag):
        row += tag.count("\n", end, found.start())
        text, row = _number(found[0], row)
        pieces += [tag[end : found.start()], text]
        end = found.end()
    return "".join([*pieces, tag[end:]]), row + tag.count("\n", end)


def _number(text: str, row: int) -> tuple[str, int]:
    lines = text.split("\n")
    last = row + len(lines) - 1
    numbers = [_write(row + n) for n in range(len(lines))]
    breaks = [f"{ended}\n{begun}" for ended, begun in pairwise(numbers)]
    return "".join(piece for pair in zip_longest(lines, breaks, fillvalue="") for piece in pair), last


def unnumbered(rendered: str) -> tuple[str, tuple[int, ...]]:
    """The text without numbers, and for each of its lines the 0-based line of the source.

    A line that a tag made has the number of the next line that has one: the tag's own.
    """
    lines = rendered.split("\n")
    rows = [[_read(number) for number in _NUMBER.findall(line)] for line in lines]
    last = max((row for found in rows for row in found), default=-1) + 1
    places: list[int] = []
    for found in reversed(rows):
        last = found[0] if found else last
        places.append(last)
    return rendered.translate(_DROP), tuple(reversed(places))


def _write(number: int) -> str:
    digits = _DIGITS[number % 3]
    while number := number // 3:
        digits = _DIGITS[number % 3] + digits
    return digits + _END


def _read(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number * 3 + _DIGITS.index(digit)
    return number
