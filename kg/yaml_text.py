"""YAML as these sites mean it: scalars stay text, so that ``298`` is an id and ``NO`` is Norway.

Only ``true``, ``false``, ``null`` and nothing are more than text. Duplicate keys are kept apart: the last one wins, as
it does in Jekyll, and the others are told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML document whose top level is a mapping or a list."""

    data: Any
    lines: Mapping[str, int]
    """Key of the top-level mapping → 1-based line."""
    duplicates: tuple[tuple[str, int], ...]
    """Keys, at any depth, that the same mapping has had before, and the later one's 1-based line."""
    items: tuple[int, ...] = ()
    """1-based line of each entry of a top-level list."""


class YamlError(ValueError):
    """The text is not YAML; ``line`` is 1-based."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class _TextLoader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


_TextLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|false|False)$"), list("tTfF"))
_TextLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_TextLoader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"^<<$"), ["<"])


def parse(text: str, first_line: int = 1) -> Document:
    """Read one YAML document that starts at ``first_line`` of its file.

    Raises :class:`YamlError` with the line in the file.

    >>> parse("registry: {fairsharing: 298}\\ncountry: NO\\ncountry: SE").data
    {'registry': {'fairsharing': '298'}, 'country': 'SE'}
    >>> parse("- a: 1\\n  b: 2\\n- a: 3").items
    (1, 3)
    """
    loader = _TextLoader(text)
    try:
        node = loader.get_single_node()
        duplicates = tuple((key, line + first_line) for key, line in _duplicates(node))
        lines = {key: line + first_line for key, line in _keys(node)}
        items = tuple(line + first_line for line in _items(node))
        data = loader.construct_document(node) if node else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(error.problem or str(error), first_line + (mark.line if mark else 0)) from error
    except yaml.YAMLError as error:
        raise YamlError(str(error).splitlines()[0], first_line) from error
    finally:
        loader.dispose()
    return Document(data, lines, duplicates, items)


def _keys(node: yaml.Node | None) -> list[tuple[str, int]]:
    if not isinstance(node, yaml.MappingNode):
        return []
    return [(str(key.value), key.start_mark.line) for key, _ in node.value]


def _items(node: yaml.Node | None) -> list[int]:
    return [entry.start_mark.line for entry in node.value] if isinstance(node, yaml.SequenceNode) else []


def _duplicates(node: yaml.Node | None) -> list[tuple[str, int]]:
    """Walk every node once, however often it is an alias's target."""
    found: list[tuple[str, int]] = []
    waiting, visited = [node], set[int]()
    while waiting:
        node = waiting.pop()
        if node is None or id(node) in visited:
            continue
        visited.add(id(node))
        if isinstance(node, yaml.MappingNode):
            keys = _keys(node)
            found += [pair for n, pair in enumerate(keys) if pair[0] in {key for key, _ in keys[:n]}]
            waiting += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
    return sorted(found, key=lambda pair: pair[1])
