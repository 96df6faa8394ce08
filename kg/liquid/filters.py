"""Filters that take linear time, in place of those of the library."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from liquid.filter import sequence_filter, string_filter

_MISSING = object()
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
