"""A class name means one thing in the whole program, and an object of many fields is made with their names."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from tests.conftest import ROOT

MOST_POSITIONAL = 6
"""Arguments without a name that a reader can still tell apart."""


def trees() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted([*(ROOT / "kg").rglob("*.py"), *(ROOT / "server").rglob("*.py")]):
        yield str(file.relative_to(ROOT)), ast.parse(file.read_text(encoding="utf-8"))


def repeated(modules: Iterator[tuple[str, ast.Module]]) -> dict[str, list[str]]:
    """Return the modules of each class name, less its underscore, that several define."""
    defined = defaultdict(list)
    for name, tree in modules:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                defined[node.name.lstrip("_")].append(name)
    return {name: places for name, places in defined.items() if len(places) > 1}


def unnamed(modules: Iterator[tuple[str, ast.Module]]) -> Iterator[str]:
    """Yield each call of a class with more positional arguments than :data:`MOST_POSITIONAL`."""
    for name, tree in modules:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                if called.lstrip("_")[:1].isupper() and len(node.args) > MOST_POSITIONAL:
                    yield f"{name}:{node.lineno}: {called}"


def test_a_class_name_stands_for_one_class() -> None:
    assert repeated(trees()) == {}


def test_many_fields_are_given_by_name() -> None:
    assert list(unnamed(trees())) == []


def test_a_second_class_and_an_unnamed_field_are_found() -> None:
    source = ast.parse("class _Rule: ...\nclass B:\n    class Rule: ...\nRule(1, 2, 3, 4, 5, 6, 7)\nx.Rule(1, 2)\n")
    assert repeated(iter([("a.py", source)])) == {"Rule": ["a.py", "a.py"]}
    assert list(unnamed(iter([("a.py", source)]))) == ["a.py:4: Rule"]
