"""Filters of Jekyll and of Ruby's Liquid, where the library has none or another, all of them in linear time."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import quote, quote_plus

from liquid import RenderContext, Token
from liquid.builtin.expressions import BooleanExpression, FilteredExpression, tokenize
from liquid.builtin.filters.misc import date as formatted
from liquid.exceptions import FilterArgumentError
from liquid.expression import Expression
from liquid.filter import math_filter, sequence_filter, string_filter, with_context
from liquid.stream import TokenStream
from liquid.token import TOKEN_EXPRESSION
from liquid.undefined import is_undefined

from kg.liquid.lax import strict, variable_name
from kg.liquid.lines import numbers, plain
from kg.markdown.html_text import converted

_MISSING = object()
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_URI_CHARACTERS = "-._~:/?#[]@!$&'()*+,;=%"
_SLUGS = {
    "default": re.compile(r"(?:[^\w\u0300-\u036f]|_)+"),
    "latin": re.compile(r"(?:[^\w\u0300-\u036f]|_)+"),
    "pretty": re.compile(r"[^\w\u0300-\u036f._~!$&'()+,;=@]+"),
    "ascii": re.compile(r"[^A-Za-z0-9]+"),
    "raw": re.compile(r"\s+"),
}
"""Name of a mode of ``slugify`` → characters that become one hyphen."""
_LATIN = str.maketrans(
    {"ß": "ss", "Æ": "AE", "æ": "ae", "Ø": "O", "ø": "o", "Đ": "D", "đ": "d", "Ð": "D", "ð": "d", "Þ": "Th", "þ": "th"}
    | {
        "Ł": "L",
        "ł": "l",
        "Œ": "OE",
        "œ": "oe",
        "Ħ": "H",
        "ħ": "h",
        "\u0131": "i",
        "Ŋ": "NG",
        "ŋ": "ng",
        "Ŧ": "T",
        "ŧ": "t",
    }
)
"""Latin letters that are no other letter with a mark."""
_NUMBER = re.compile(r"\s*-?(?:\d+\.?\d*|\.\d+)\s*")
_ORDINALS = {1: "st", 2: "nd", 3: "rd"}
_CJK = (
    "\u2e80-\u2fdf\u3005\u3007\u3021-\u3029\u3038-\u303b\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
)
_BLOCKS = {"<script": "</script>", "<!--": "-->", "<style": "</style>"}
_TAGS = {"<": ">"}


@sequence_filter
def uniq(items: Iterable[Any], key: object = None) -> list[object]:
    """Return the items without those that equal an earlier one.

    >>> uniq([1, "a", {"b": [2]}, "a", {"b": [2]}]), uniq([{"a": 1}, {"a": 1, "b": 2}], "a")
    ([1, 'a', {'b': [2]}], [{'a': 1}])
    """
    first = dict[object, object]()
    for item in items:
        first.setdefault(_comparable(item if key is None else _value(item, key)), item)
    return list(first.values())


def _value(item: Any, key: object) -> object:
    try:
        return item[key]
    except KeyError:
        return _MISSING


def _comparable(value: object) -> object:
    """Return a hashable value that is equal for equal values."""
    if isinstance(value, Mapping):
        return frozenset((key, _comparable(inner)) for key, inner in value.items())
    if isinstance(value, list | tuple):
        return tuple(map(_comparable, value))
    return value if isinstance(value, Hashable) else None  # the library's missing values equal nil


@string_filter
def strip_html(text: str) -> str:
    """Return a text without scripts, comments, styles and tags, as Jekyll's filter does.

    >>> strip_html("a<br>b <!-- <i> -->c<script>d</script> < e")
    'ab c < e'
    """
    return _without(_without(text, _BLOCKS), _TAGS)


def _without(text: str, closings: Mapping[str, str]) -> str:
    """Return a text without what stands between an opening and its closing."""
    last = {opening: text.rfind(closing) for opening, closing in closings.items()}
    kept, pos = list[str](), 0
    for found in re.finditer("|".join(closings), text):
        if pos <= found.start() and found.end() <= last[found[0]]:
            kept.append(text[pos : found.start()])
            pos = text.index(closings[found[0]], found.end()) + len(closings[found[0]])
    return "".join([*kept, text[pos:]])


def text(value: object) -> str:
    """Return a value as Ruby's Liquid writes it out.

    >>> text(None), text(True), text(["a", None, 1]), text(range(1, 4)), text(1e20)
    ('', 'true', 'a1', '1..3', '1.0e+20')
    """
    if isinstance(value, str):
        return value
    if value is None or is_undefined(value):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return "".join(map(text, value))
    if isinstance(value, float):
        return re.sub(r"^(-?\d+)e", r"\1.0e", str(value))
    return f"{value.start}..{value.stop - 1}" if isinstance(value, range) else str(value)


def _is_nil(value: object) -> bool:
    return value is None or is_undefined(value)


def _items(value: object) -> list[Any] | None:
    """Return the items of a list, or the values of a mapping; ``None`` for anything else."""
    if isinstance(value, Mapping):
        return None if is_undefined(value) else list(value.values())
    return list(value) if isinstance(value, list | tuple | range) else None


def _property(item: Any, key: object) -> Any:
    """Return a property of an item, by its name or by names with dots between them."""
    names = str(key).split(".")
    for name in names:
        item = _value(item, name) if isinstance(item, Mapping) else None
    return None if item is _MISSING or _is_nil(item) else item


@with_context
def relative_url(value: object, *, context: RenderContext) -> object:
    """Return an address below the site's base path; an absolute address unchanged, and nothing for nothing."""
    if _is_nil(value):
        return None
    address = _address(value)
    if _ABSOLUTE.match(address):
        return address
    base = _setting("baseurl", context).removesuffix("/")
    return _normal("".join(map(_with_slash, (base, address))))


@with_context
def absolute_url(value: object, *, context: RenderContext) -> object:
    """Return an address below the site's; an absolute address unchanged, and nothing for nothing."""
    path = relative_url(value, context=context)
    site = _setting("url", context)
    if path is None or not site or _ABSOLUTE.match(str(path)):
        return path
    return _normal(f"{site}{path}")


def _setting(name: str, context: RenderContext) -> str:
    site = context.globals["site"]
    return text(site.get(name)) if isinstance(site, Mapping) else ""


def _address(value: object) -> str:
    return plain(text(value["url"] if isinstance(value, dict) and "url" in value else value))


def _with_slash(path: str) -> str:
    return f"/{path}" if path and not path.startswith("/") else path


def _normal(address: str) -> str:
    """Return an address with what is no character of addresses in percent encoding."""
    return quote(address, safe=_URI_CHARACTERS)


def slugify(value: object, mode: object = "default") -> object:
    """Return a text in lower case with hyphens for what is no letter or digit.

    >>> slugify("Hello, World!"), slugify("a_b.c", "pretty"), slugify("Größe: Ångström", "latin"), slugify(None)
    ('hello-world', 'a_b.c', 'grosse-angstrom', None)
    """
    if _is_nil(value):
        return None
    chosen = "default" if _is_nil(mode) else str(mode)
    if chosen not in _SLUGS:
        return plain(text(value)).lower()
    written = plain(text(value))
    if chosen == "latin":
        signs = unicodedata.normalize("NFKD", written.translate(_LATIN))
        written = "".join(sign for sign in signs if not unicodedata.combining(sign))
        written = written.encode("ascii", "replace").decode()
    return re.sub("^-|-$", "", _SLUGS[chosen].sub("-", written)).lower()


@string_filter
def cgi_escape(written: str) -> str:
    """Return a text in the encoding of forms.

    >>> cgi_escape("a b&c/d")
    'a+b%26c%2Fd'
    """
    return quote_plus(plain(written), safe="*-._")


@string_filter
def uri_escape(written: str) -> str:
    """Return a text with what is no character of addresses in percent encoding.

    >>> uri_escape("a b/ü?c")
    'a%20b/%C3%BC?c'
    """
    return quote(plain(written), safe=_URI_CHARACTERS.replace("%", ""))


@string_filter
def xml_escape(written: str) -> str:
    """Return a text with the signs of XML escaped.

    >>> xml_escape('a < "b"')
    'a &lt; &quot;b&quot;'
    """
    return html.escape(written, quote=False).replace('"', "&quot;")


@string_filter
def normalize_whitespace(written: str) -> str:
    """Return a text with each run of white space as one space.

    >>> normalize_whitespace(" a\\n  b ")
    'a b'
    """
    return re.sub(r"\s+", " ", written).strip()


@string_filter
def number_of_words(written: str, mode: object = None) -> int:
    """Return the number of words; Chinese, Japanese and Korean signs are words in the modes ``cjk`` and ``auto``.

    >>> number_of_words("one two"), number_of_words("你好 a", "cjk")
    (2, 3)
    """
    signs = len(re.findall(f"[{_CJK}]", written)) if mode in ("cjk", "auto") else 0
    if mode == "cjk" or signs:
        return signs + len(re.findall(rf"[^{_CJK}\s]+", written))
    return len(written.split())


def array_to_sentence_string(items: object, connector: str = "and") -> object:
    """Return the items of a list as a part of a sentence.

    >>> array_to_sentence_string(["a", "b", "c"]), array_to_sentence_string(["a", "b"], "or")
    ('a, b, and c', 'a or b')
    """
    listed = list(map(text, _items(items) or ()))
    if len(listed) < 3:
        return f" {connector} ".join(listed)
    return f"{', '.join(listed[:-1])}, {connector} {listed[-1]}"


def jsonify(value: object) -> str:
    """Return a value as JSON.

    >>> jsonify({"a": [1, None]})
    '{"a":[1,null]}'
    """
    return json.dumps(value, default=text, ensure_ascii=False, separators=(",", ":"), check_circular=True)


def where(value: object, key: object, wanted: object) -> object:
    """Return the items whose property is, or lists, a text or number; nothing is wanted of those without it.

    >>> where([{"a": "1"}, {"a": ["1", 2]}, {}], "a", 1), where([{"a": "1"}, {}], "a", None)
    ([{'a': '1'}, {'a': ['1', 2]}], [{}])
    """
    items = _items(value)
    if items is None or _is_nil(key) or isinstance(wanted, list | dict):
        return value
    return [item for item in items if _has(_property(item, key), wanted)]


def find(value: object, key: object, wanted: object) -> object:
    """Return the first item of those that :func:`where` returns."""
    found = where(value, key, wanted)
    return next(iter(found), None) if isinstance(found, list) and _items(value) is not None else value


def _has(found: object, wanted: object) -> bool:
    if _is_nil(wanted):
        return found is None
    listed = found if isinstance(found, list | tuple) else [] if found is None else [found]
    return any(text(each) == text(wanted) for each in listed)


@with_context
def where_exp(value: object, variable: object, expression: object, *, context: RenderContext) -> object:
    """Return the items for which a condition is true."""
    items = _items(value)
    return value if items is None else list(_that_meet(items, variable, expression, context))


@with_context
def find_exp(value: object, variable: object, expression: object, *, context: RenderContext) -> object:
    """Return the first item for which a condition is true."""
    items = _items(value)
    return value if items is None else next(_that_meet(items, variable, expression, context), None)


def _that_meet(items: list[Any], variable: object, expression: object, context: RenderContext) -> Iterator[Any]:
    evaluated = _evaluated("if", BooleanExpression.parse, items, variable, expression, context)
    return (item for item, met in zip(items, evaluated, strict=True) if met)


def _evaluated(
    tag: str,
    parse: Callable[[Any, TokenStream], Expression],
    items: list[Any],
    variable: object,
    expression: object,
    context: RenderContext,
) -> Iterator[Any]:
    """Yield the value of an expression for each item."""
    written = strict(tag, text(expression))
    token = Token(TOKEN_EXPRESSION, written, -1, "")
    parsed = parse(context.env, TokenStream(tokenize(written, token)))
    for item in items:
        _spend(1 + len(written), context)
        with context.extend({variable_name(str(variable)): item}):
            yield parsed.evaluate(context)


def _spend(steps: int, context: RenderContext) -> None:
    context.env.budget.spend(steps)  # type: ignore[attr-defined]


def group_by(value: object, key: object) -> object:
    """Return the items in groups, each with the ``name`` of its value of a property, its ``items`` and ``size``.

    >>> group_by([{"a": 1, "b": 2}, {"a": 1}, {}], "a")[1]
    {'name': '', 'items': [{}], 'size': 1}
    """
    items = _items(value)
    return value if items is None else _grouped(items, (text(_property(item, key)) for item in items))


@with_context
def group_by_exp(value: object, variable: object, expression: object, *, context: RenderContext) -> object:
    """Return the items in groups by the value of an expression, as :func:`group_by` does."""
    items = _items(value)
    if items is None:
        return value
    return _grouped(items, _evaluated("", FilteredExpression.parse, items, variable, expression, context))


def _grouped(items: list[Any], names: Iterable[object]) -> list[dict[str, Any]]:
    groups = dict[object, dict[str, Any]]()
    for item, name in zip(items, names, strict=True):
        group = groups.setdefault(_comparable(name), {"name": name, "items": []})
        group["items"].append(item)
    return [{**group, "size": len(group["items"])} for group in groups.values()]


def sort(value: object, key: object = None, nils: object = "first") -> object:
    """Return the items in order of their values of a property: numbers as numbers, those without it first.

    Raises:
        FilterArgumentError: when there are no items.

    >>> sort([{"a": "10"}, {"a": "9"}, {}], "a")
    [{}, {'a': '9'}, {'a': '10'}]
    """
    items = _items(value)
    if items is None:
        raise FilterArgumentError("sort: there is no list to sort", token=None)
    if _is_nil(key):
        return sorted(items, key=lambda item: _rank(item, "first"))
    return sorted(items, key=lambda item: _rank(_property(item, key), nils))


def _rank(value: object, nils: object) -> tuple[int, float, str]:
    if value is None:
        return (-1 if nils == "first" else 3), 0, ""
    written = value.isoformat() if isinstance(value, date) else text(value)
    is_number = not isinstance(value, bool) and _NUMBER.fullmatch(written)
    return (0, float(written), "") if is_number else (1, 0, written)


def sort_natural(value: object, key: object = None) -> object:
    """Return the items in alphabetical order whatever the case, those without the property last.

    >>> sort_natural(["b", "C", "a"])
    ['a', 'b', 'C']
    """
    found = [(item if _is_nil(key) else _property(item, key), item) for item in _items(value) or ()]
    return [item for _, item in sorted(found, key=lambda pair: (pair[0] is None, text(pair[0]).casefold()))]


def mapped(value: object, key: object) -> list[object]:
    """Return the value of a property of each item.

    >>> mapped([{"a": 1}, {}], "a")
    [1, None]
    """
    listed = [value] if isinstance(value, Mapping) and not is_undefined(value) else _items(value) or []
    return [_property(item, key) for item in listed]


def compact(value: object, key: object = None) -> list[object]:
    """Return the items that are something, or whose property is.

    >>> compact([1, None]), compact([{"a": 1}, {}], "a")
    ([1], [{'a': 1}])
    """
    return [item for item in _items(value) or () if not _is_nil(item if _is_nil(key) else _property(item, key))]


@sequence_filter
def join(items: Iterable[object], separator: object = " ") -> str:
    """Return the items with a separator between them.

    >>> join(["a", None, 1], "-")
    'a--1'
    """
    return text(separator).join(map(text, items))


def push(items: object, item: object) -> object:
    """Return a list with an item at its end.

    >>> push(["a"], "b"), unshift(["a"], "b"), pop(["a", "b"]), shift(["a", "b"])
    (['a', 'b'], ['b', 'a'], ['a'], ['b'])
    """
    return [*items, item] if isinstance(items, list) else items


def unshift(items: object, item: object) -> object:
    """Return a list with an item before its first."""
    return [item, *items] if isinstance(items, list) else items


def pop(items: object, number: object = 1) -> object:
    """Return a list without its last items."""
    return items[: max(len(items) - int(text(number)), 0)] if isinstance(items, list) else items


def shift(items: object, number: object = 1) -> object:
    """Return a list without its first items."""
    return items[int(text(number)) :] if isinstance(items, list) else items


def to_integer(value: object) -> int:
    """Return the whole number that a value begins with, else 0.

    >>> to_integer("12 files"), to_integer(True), to_integer("x")
    (12, 1, 0)
    """
    found = re.match(r"\s*-?\d{1,300}", text(value))
    return int(value) if isinstance(value, bool) else int(found[0]) if found else 0


@with_context
def date_of(value: object, pattern: object = None, *, context: RenderContext) -> object:
    """Return a date in the form of a pattern; what is no date is returned unchanged."""
    if _is_nil(value) or value == "":
        return value
    try:
        return formatted(value, text(pattern), environment=context.env) if text(pattern) else value
    except (FilterArgumentError, ValueError, OverflowError):
        return value


@with_context
def date_to_string(value: object, kind: object = None, style: object = None, *, context: RenderContext) -> object:
    """Return a date with the short name of its month."""
    return _with_month(value, "%b", kind, style, context)


@with_context
def date_to_long_string(value: object, kind: object = None, style: object = None, *, context: RenderContext) -> object:
    """Return a date with the name of its month."""
    return _with_month(value, "%B", kind, style, context)


def _with_month(value: object, month: str, kind: object, style: object, context: RenderContext) -> object:
    if kind != "ordinal":
        return date_of(value, f"%d {month} %Y", context=context)
    day = to_integer(date_of(value, "%d", context=context))
    ordinal = f"{day}{'th' if day in (11, 12, 13) else _ORDINALS.get(day % 10, 'th')}"
    return date_of(value, f"{month} {ordinal}, %Y" if style == "US" else f"{ordinal} {month} %Y", context=context)


@with_context
def date_to_xmlschema(value: object, *, context: RenderContext) -> object:
    """Return a date and its time in the form of XML Schema, in UTC where it names no zone."""
    found = date_of(value, "%Y-%m-%dT%H:%M:%S%z", context=context)
    if not isinstance(found, str) or "T" not in found:
        return found
    return f"{found[:22]}:{found[22:]}" if len(found) > 19 else f"{found}+00:00"


@with_context
def date_to_rfc822(value: object, *, context: RenderContext) -> object:
    """Return a date and its time in the form of e-mail."""
    found = date_of(value, "%a, %d %b %Y %H:%M:%S %z", context=context)
    return f"{found}+0000" if isinstance(found, str) and found.endswith(" ") else found


@string_filter
def strip_index(address: str) -> str:
    """Return an address without the name of an index.

    >>> strip_index("/a/index.html")
    '/a/'
    """
    return re.sub(r"/index\.html?$", "/", address)


@with_context
def markdownify(value: object, *, context: RenderContext) -> str:
    """Return the HTML of a Markdown text; its lines keep their numbers."""
    written, number = numbers(text(value))
    _spend(len(written), context)
    return converted(written, number)


@math_filter
def rounded(number: float, digits: object = None) -> float:
    """Return a number rounded to some digits, a half away from zero.

    >>> rounded(2.5), rounded(-0.5), rounded(2.345, 2), rounded(2.4567, 1)
    (3, -1, 2.35, 2.5)
    """
    places = 0 if _is_nil(digits) else to_integer(digits)
    exact = Decimal(str(number)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return float(exact) if places > 0 else int(exact)


def sample(value: object, number: object = 1) -> object:
    """Return an item, or several in a list: Jekyll's are random ones, these are the first.

    >>> sample(["a", "b", "c"]), sample(["a", "b", "c"], 2)
    ('a', ['a', 'b'])
    """
    items, wanted = _items(value), to_integer(number)
    if items is None:
        return None
    return next(iter(items), None) if wanted == 1 else items[: max(wanted, 0)]


UNKNOWN = ("escapejs", "find_index", "has", "reject", "safe", "squish", "sum")
"""Filters of the library that Jekyll's Liquid does not have: it leaves values as they are."""
FILTERS: dict[str, Callable[..., Any]] = {
    **{
        function.__name__: function
        for function in (
            absolute_url,
            array_to_sentence_string,
            cgi_escape,
            compact,
            date_to_long_string,
            date_to_rfc822,
            date_to_string,
            date_to_xmlschema,
            find,
            find_exp,
            group_by,
            group_by_exp,
            join,
            jsonify,
            markdownify,
            normalize_whitespace,
            number_of_words,
            pop,
            push,
            relative_url,
            sample,
            shift,
            slugify,
            sort,
            sort_natural,
            strip_html,
            strip_index,
            to_integer,
            uniq,
            unshift,
            uri_escape,
            where,
            where_exp,
            xml_escape,
        )
    },
    "date": date_of,
    "map": mapped,
    "round": rounded,
    "smartify": text,
}
"""Name of a filter → function."""
