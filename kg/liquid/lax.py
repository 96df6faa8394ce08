"""Markup of tags and values as Ruby's Liquid reads it in Jekyll's lenient mode, in the stricter syntax of the library.

The patterns are those of Ruby's Liquid (``liquid.rb``, ``variable.rb``, ``tags/if.rb``, ``tags/for.rb``): what they do
not match is ignored. A name within a path becomes a text in brackets, and a variable gets another name, where it is a
keyword of the library.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_STRING = r"\"[^\"]*\"|'[^']*'"
_FRAGMENT = rf"(?:{_STRING}|(?:[^\s,|'\"]|{_STRING})++)"
_IS_FRAGMENT = re.compile(_FRAGMENT)
_SEGMENT = re.compile(r"\[[^\]]+\]|[\w-]+\??")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_RANGE = re.compile(r"\(\s*(\S+?)\s*\.\.\s*(\S+?)\s*\)")
_KEYWORDS = frozenset("and as cols contains continue else for if in limit not offset or required reversed with".split())
_LITERALS = ("nil", "null", "true", "false", "blank", "empty")
_FILTERS = re.compile(rf"(?:\s++|{_FRAGMENT}|,)++")
_WORD = re.compile(r"\w+")
_ARGUMENT = re.compile(rf"[:,]\s*((?:\w+\s*:\s*)?{_FRAGMENT})")
_NAMED = re.compile(rf"(\w[\w-]*)\s*:\s*({_FRAGMENT})")
_LOOP = re.compile(rf"([\w-]+)\s+in\s+(\(\s*\S+?\s*\.\.\s*\S+?\s*\)|{_FRAGMENT})\s*(reversed)?")
_LOOP_OPTIONS = ("limit", "offset", "cols")
_ASSIGNMENT = re.compile(r"([\w.\[\]()-]+)\s*=\s*(.*)", re.DOTALL)
_OPERAND = re.compile(rf"{_STRING}|[=!<>]+|(?:[^\s,|'\"=!<>]|{_STRING})++|[,|]")
_OPERATORS = ("==", "!=", "<>", "<", ">", "<=", ">=", "contains")
_ALTERNATIVE = re.compile(rf"({_FRAGMENT})(?:(?:\s+or\s+|\s*,\s*)(?={_FRAGMENT}))?")


def strict(tag: str, markup: str) -> str:
    """Return the markup of a tag in strict syntax; the tag of a value that is written out is ``""``.

    Markup that Ruby's Liquid cannot read either is returned as it is.

    >>> strict("for", "p in site.pages | sorted"), strict("", "page.required | upcase extra")
    ('p in site["pages"]', 'page["required"] | upcase')
    """
    return _REWRITTEN[tag](markup) if tag in _REWRITTEN else markup


def value(markup: str) -> str:
    """Return a text, number, range, literal or the path of a variable in strict syntax.

    >>> value("page.tags[0]"), value("(1..page.size)"), value("'a'")
    ('page["tags"][0]', '(1..page["size"])', "'a'")
    """
    if markup[:1] in ("'", '"') and markup[-1:] == markup[:1]:
        return markup
    if markup in _LITERALS or _NUMBER.fullmatch(markup):
        return markup
    if bounds := _RANGE.fullmatch(markup):
        return f"({value(bounds[1])}..{value(bounds[2])})"
    root, *segments = _SEGMENT.findall(markup) or ["nil"]
    return "".join([_segment(root) if root.startswith("[") else variable_name(root), *map(_segment, segments)])


def variable_name(variable: str) -> str:
    """Return the name of a variable that is no keyword of the library.

    >>> variable_name("page"), variable_name("limit")
    ('page', 'limit_')
    """
    return f"{variable}_" if variable in _KEYWORDS else variable


def _segment(written: str) -> str:
    return f"[{value(written[1:-1].strip())}]" if written.startswith("[") else f'["{written}"]'


def _output(markup: str) -> str:
    found = _IS_FRAGMENT.search(markup)
    if found is None:
        return "nil"
    filters = _FILTERS.findall(markup[found.end() :].partition("|")[2])
    return " | ".join([value(found[0]), *filter(None, map(_filter, filters))])


def _filter(markup: str) -> str:
    found = _WORD.search(markup)
    given = ", ".join(map(_argument, _ARGUMENT.findall(markup)))
    return "" if found is None else f"{found[0]}: {given}" if given else found[0]


def _argument(markup: str) -> str:
    named = _NAMED.fullmatch(markup)
    return f"{named[1]}: {value(named[2])}" if named else value(markup)


def _assign(markup: str) -> str:
    found = _ASSIGNMENT.search(markup)
    return f"{variable_name(found[1])} = {_output(found[2])}" if found else markup


def _capture(markup: str) -> str:
    found = _SEGMENT.search(markup)
    return variable_name(found[0]) if found else markup


def _loop(markup: str) -> str:
    found = _LOOP.match(markup)
    if found is None:
        return markup
    options = [f" {key}: {_limit(given)}" for key, given in _NAMED.findall(markup) if key in _LOOP_OPTIONS]
    return f"{variable_name(found[1])} in {value(found[2])}{' reversed' if found[3] else ''}{''.join(options)}"


def _limit(written: str) -> str:
    return written if written == "continue" else value(written)


def _condition(markup: str) -> str:
    terms: list[list[str]] = [[]]
    for word in _OPERAND.findall(markup):
        if word in ("and", "or") and terms[-1]:
            terms += [[word], []]
        else:
            terms[-1].append(word)
    return " ".join(term[0] if term in (["and"], ["or"]) else _comparison(term) for term in terms)


def _comparison(words: list[str]) -> str:
    """Return a comparison in strict syntax; what follows it is ignored, and so is what follows a value and a sign."""
    if len(words) < 2 or words[1] in (",", "|"):
        return value(words[0]) if words else ""
    if words[1] not in _OPERATORS:
        return " ".join(words)
    left, operator, right = words[0], words[1], words[2] if len(words) > 2 else "nil"
    if "blank" in (left, right) and operator in ("==", "!=", "<>"):
        return "false" if operator == "==" else "true"  # nothing is blank in Jekyll
    return f"{value(left)} {operator} {value(right)}"


def _when(markup: str) -> str:
    return ", ".join(map(value, _alternatives(markup))) or markup


def _alternatives(markup: str) -> Iterator[str]:
    found = _ALTERNATIVE.search(markup)
    while found:
        yield found[1]
        found = _ALTERNATIVE.match(markup, found.end()) if found.end() > found.end(1) else None


def _case(markup: str) -> str:
    found = _IS_FRAGMENT.search(markup)
    return value(found[0]) if found else markup


_REWRITTEN: dict[str, Callable[[str], str]] = {
    "": _output,
    "echo": _output,
    "assign": _assign,
    "capture": _capture,
    "for": _loop,
    "tablerow": _loop,
    "if": _condition,
    "unless": _condition,
    "elsif": _condition,
    "case": _case,
    "when": _when,
}
