"""YAML as these sites use it: scalars stay text, so that ``298`` is an id and ``NO`` is Norway.

Only ``true``, ``false``, ``null`` and empty values are not text. If a mapping repeats a key, the last value is used, as
in Jekyll, and the key is listed in :attr:`YamlDocument.duplicates`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kg.regular_file import read_regular
from kg.site.characters import first_control, without_controls


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A YAML document whose top level is a mapping or a list."""

    data: Any
    lines: Mapping[str, int]
    """Key of the top-level mapping → 1-based line."""
    duplicates: tuple[tuple[str, int], ...]
    """Repeated keys of a mapping, at any depth, with the 1-based line of the repetition."""
    items: tuple[int, ...] = ()
    """1-based lines of the entries of a top-level list."""
    controls: tuple[int, ...] = ()
    """1-based lines of the values in which control characters, written as escapes, were left out."""
    item_lines: tuple[Mapping[tuple[str, ...], int], ...] = ()
    """For each entry of a top-level list: path of one or two keys in the entry → 1-based line."""


class YamlError(ValueError):
    """A text that is not YAML; ``line`` is 1-based."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


_DEEPEST = 100
"""Maximum nesting of mappings and lists; PyYAML would exhaust the stack on deeper ones."""
_MOST_REPEATED = 100_000
"""Maximum number of values that aliases repeat; a few lines of nested aliases can expand to millions."""
_TAG = "tag:yaml.org,2002:"
_TAGS = (None, "!", f"{_TAG}str", f"{_TAG}seq", f"{_TAG}map")
"""Explicit tags that do not change the type of a value."""


class Plain(str):
    """The text of a scalar without quotes, which is a number, a date or a truth value in Ruby if it looks like one."""

    __slots__ = ()


class _TextLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def construct_scalar(self, node: yaml.ScalarNode) -> str:
        """Return the text of a scalar without control characters."""
        text = without_controls(str(super().construct_scalar(node)))
        return text if node.style else Plain(text)


_TextLoader.add_implicit_resolver(f"{_TAG}bool", re.compile(r"^(?:true|True|false|False)$"), list("tTfF"))
_TextLoader.add_implicit_resolver(f"{_TAG}null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_TextLoader.add_implicit_resolver(f"{_TAG}merge", re.compile(r"^<<$"), ["<"])


def read_text(file: Path) -> str:
    """Return the text of a file without a byte-order mark.

    Raises:
        YamlError: with the 1-based line, when it is not UTF-8.
    """
    try:
        return read_regular(file, "utf-8-sig")
    except UnicodeDecodeError as error:
        raise YamlError(
            f"the file is not UTF-8: {error.reason}", error.object.count(b"\n", 0, error.start) + 1
        ) from None


def parse(text: str, first_line: int = 1) -> YamlDocument:
    """Parse one YAML document that starts at ``first_line`` of its file.

    Raises:
        YamlError: with the 1-based line in the file, when the text is not YAML, or is nested too deep or too large.

    >>> parse("registry: {fairsharing: 298}\\ncountry: NO\\ncountry: SE").data
    {'registry': {'fairsharing': '298'}, 'country': 'SE'}
    >>> parse("- a: 1\\n  b: 2\\n- a: 3").items
    (1, 3)
    """
    controls = _check(text, first_line)
    loader = _TextLoader(text)
    try:
        node = loader.get_single_node()
        duplicates = tuple((key, line + first_line) for key, line in _duplicates(node))
        lines = {key: line + first_line for key, line in _keys(node)}
        items = tuple(line + first_line for line in _items(node))
        item_lines = tuple(dict(_deeper_keys(entry, first_line)) for entry in _entries(node))
        data = loader.construct_document(node) if node else None
    except yaml.YAMLError as error:
        raise _yaml_error(error, first_line) from error
    finally:
        loader.dispose()
    return YamlDocument(data, lines, duplicates, items, controls, item_lines)


def _check(text: str, first_line: int) -> tuple[int, ...]:
    """Check the text in one pass without recursion, and raise :class:`YamlError` at the first fault.

    Return the lines of the scalars with control characters.
    """
    outline, controls = _ExpandedSize(), list[int]()
    try:
        for event in yaml.parse(text, Loader=_TextLoader):
            line = first_line + (event.start_mark.line if event.start_mark else 0)
            if problem := outline.problem(event):
                raise YamlError(problem, line)
            if isinstance(event, yaml.ScalarEvent) and first_control(event.value) is not None:
                controls.append(line)
    except yaml.YAMLError as error:
        raise _yaml_error(error, first_line) from error
    except UnicodeEncodeError as error:
        raise YamlError(f"unacceptable character at {error.start}", first_line) from error
    return tuple(controls)


class _ExpandedSize:
    """Counts the values of a document with its aliases expanded."""

    def __init__(self) -> None:
        self._size = self._repeated = 0
        self._open: list[tuple[str | None, int]] = []
        """Anchor of each enclosing mapping or list, and the number of values before it."""
        self._sizes: dict[str | None, int] = {}
        """Anchor → number of values of its node."""

    def problem(self, event: yaml.Event) -> str | None:
        """Process the next event; return its fault, or ``None``."""
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event.anchor)
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, before = self._open.pop()
            self._sizes[anchor] = self._size - before
        elif isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)):
            return self._value(event)
        return None

    def _value(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> str | None:
        if isinstance(event, yaml.ScalarEvent):
            self._sizes[event.anchor] = 1
        else:
            self._open.append((event.anchor, self._size))
        self._size += 1
        if event.tag not in _TAGS:
            return f"the tag {event.tag.replace(_TAG, '!!')} is not understood; leave it out"
        return f"more than {_DEEPEST} levels" if len(self._open) > _DEEPEST else None

    def _alias(self, anchor: str | None) -> str | None:
        if any(anchor == other for other, _ in self._open):
            return f"*{anchor} stands within what it names"
        self._size += self._sizes.get(anchor, 0)
        self._repeated += self._sizes.get(anchor, 0)
        return f"aliases repeat more than {_MOST_REPEATED} values" if self._repeated > _MOST_REPEATED else None


def _yaml_error(error: yaml.YAMLError, first_line: int) -> YamlError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return YamlError(problem, first_line + (mark.line if mark else 0))


def _keys(node: yaml.Node | None) -> list[tuple[str, int]]:
    if not isinstance(node, yaml.MappingNode):
        return []
    return [(str(key.value), key.start_mark.line) for key, _ in node.value]


def _entries(node: yaml.Node | None) -> list[yaml.Node]:
    return node.value if isinstance(node, yaml.SequenceNode) else []


def _items(node: yaml.Node | None) -> list[int]:
    return [entry.start_mark.line for entry in _entries(node)]


def _deeper_keys(node: yaml.Node, first_line: int) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield the keys of a mapping and of the mappings in it, with their lines."""
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        yield (str(key.value),), key.start_mark.line + first_line
        for inner, line in _keys(value):
            yield (str(key.value), inner), line + first_line


def _duplicates(node: yaml.Node | None) -> list[tuple[str, int]]:
    """Return repeated keys with their lines; each node is visited once, however many aliases refer to it."""
    found: list[tuple[str, int]] = []
    waiting, visited = [node], set[int]()
    while waiting:
        node = waiting.pop()
        if node is None or id(node) in visited:
            continue
        visited.add(id(node))
        if isinstance(node, yaml.MappingNode):
            seen = set[str]()
            for key, line in _keys(node):
                found += [(key, line)] if key in seen else []
                seen.add(key)
            waiting += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
    return sorted(found, key=lambda pair: pair[1])


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value of a YAML text with its position; keys are not included."""

    keys: tuple[str, ...]
    """Keys of the enclosing mappings, outermost first; lists add none."""
    value: str
    line: int
    """1-based line of the file where the value starts."""
    start: int
    end: int
    """Offsets in the text, quotes included."""
    quoted: bool
    """True if written in quotes or as a block scalar."""


def scalars(text: str, first_line: int = 1) -> Iterator[Scalar]:
    """Yield every value of a YAML document in the order of lines; a value with aliases is yielded once.

    Raises:
        YamlError: as :func:`parse` does.

    >>> [(s.keys, s.value, s.line, s.quoted) for s in scalars("a: [{b: 298}, 'NO']")]
    [(('a', 'b'), '298', 1, False), (('a',), 'NO', 1, True)]
    """
    _check(text, first_line)
    try:
        root = yaml.compose(text, Loader=_TextLoader)
    except yaml.YAMLError as error:
        raise _yaml_error(error, first_line) from error
    waiting: list[tuple[tuple[str, ...], yaml.Node]] = [((), root)] if root else []
    visited = set[int]()
    while waiting:
        keys, node = waiting.pop()
        if id(node) in visited:
            continue
        visited.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            start, end = node.start_mark, node.end_mark
            yield Scalar(keys, node.value, first_line + start.line, start.index, end.index, bool(node.style))
        elif isinstance(node, yaml.MappingNode):
            waiting += [((*keys, str(key.value)), value) for key, value in reversed(node.value)]
        else:
            waiting += [(keys, value) for value in reversed(node.value)]
