"""Docstrings of functions begin with a verb and list the exceptions that the function raises."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT

Function = ast.FunctionDef | ast.AsyncFunctionDef

NO_VERBS = {
    "What",
    "The",
    "It",
    "Its",
    "Who",
    "Whom",
    "Whose",
    "Where",
    "When",
    "Which",
    "Whether",
    "How",
    "Everything",
}
NO_VERBS |= {"That", "Those", "This", "An", "A", "One", "No"}
SECTION = re.compile(r"^Raises:\n    \w[\w.]*: ", re.MULTILINE)


def faults(source: str) -> Iterator[str]:
    """Yield the name of each function with a fault in its docstring, and the fault."""
    for function, is_nested in functions(ast.parse(source), is_nested=False):
        text = ast.get_docstring(function) or ""
        first = re.match(r"\w*", text)
        if first and first[0] in NO_VERBS and not is_property(function):
            yield f"{function.name}: begins with {first[0]}"
        is_public = not is_nested and not function.name.startswith("_") and not is_command(function)
        if raises(function) and is_public and "Raises:" not in text:
            yield f"{function.name}: lacks Raises:"
        if len(re.findall(r"\bRaises\b", text)) != len(SECTION.findall(text)):
            yield f"{function.name}: Raises: is not on a line of its own above its exceptions"


def functions(node: ast.AST, *, is_nested: bool) -> Iterator[tuple[Function, bool]]:
    """Yield each function below a node, and whether it is inside another function."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function):
            yield child, is_nested
        yield from functions(child, is_nested=is_nested or isinstance(child, Function))


def is_property(function: Function) -> bool:
    return any(ast.unparse(decorator).endswith("property") for decorator in function.decorator_list)


def is_command(function: Function) -> bool:
    """Return whether a docstring is the help text of a command line."""
    return any(ast.unparse(decorator).startswith("click.command") for decorator in function.decorator_list)


def raises(node: ast.AST) -> bool:
    """Return whether a function raises an exception other than the one being handled or NotImplementedError."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Raise) and child.exc and "NotImplementedError" not in ast.unparse(child.exc):
            return True
        if not isinstance(child, (Function, ast.ClassDef, ast.Lambda)) and raises(child):
            return True
    return False


@pytest.mark.parametrize("package", ["kg", "server"])
def test_docstrings_begin_with_a_verb_and_list_the_exceptions(package: str) -> None:
    files = sorted((ROOT / package).rglob("*.py"))
    found = {str(file.relative_to(ROOT)): list(faults(file.read_text(encoding="utf-8"))) for file in files}
    assert files
    assert {file: names for file, names in found.items() if names} == {}


def clauses(source: str) -> Iterator[str]:
    """Yield the docstrings, of attributes as well, that begin with ``What`` in place of a noun."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            text = str(node.value.value)
            if text.startswith("What "):
                yield text.partition("\n")[0]


def test_docstrings_of_modules_classes_and_attributes_begin_with_a_noun() -> None:
    found = [
        each for tree in ("kg", "server") for file in (ROOT / tree).rglob("*.py") for each in clauses(file.read_text())
    ]
    assert found == []
    assert list(clauses('class C:\n    """What it is."""\n    x: int\n    """What x is."""\n')) == [
        "What it is.",
        "What x is.",
    ]


RAISING = "\n    if x:\n        raise ValueError"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('def f():\n    """The size of it."""', ["f: begins with The"]),
        ('async def f():\n    """Whether it is."""', ["f: begins with Whether"]),
        ('class C:\n    """A class."""\n    def _f(self):\n        """What it is."""', ["_f: begins with What"]),
        ('class C:\n    @cached_property\n    def f(self):\n        """The size."""', []),
        ('def f():\n    """Return whether it is; another, Theirs."""', []),
        (f'def f():\n    """Return it."""{RAISING}', ["f: lacks Raises:"]),
        ("class C:\n    def f(self):\n        raise ValueError", ["f: lacks Raises:"]),
        (f'def f():\n    """Return it.\n\n    Raises:\n        ValueError: when x.\n    """{RAISING}', []),
        (f'def _f():\n    """Return it."""{RAISING}', []),
        ('def f():\n    """Return it."""\n    def g():\n        raise ValueError', []),
        ('def f():\n    """Return it."""\n    try:\n        g()\n    except OSError:\n        raise', []),
        ('def f():\n    """Return it."""\n    raise NotImplementedError("later")', []),
        (
            'def f():\n    """Return it.\n\n    Raises :class:`ValueError` when x.\n    """',
            ["f: Raises: is not on a line of its own above its exceptions"],
        ),
        (
            'def _f():\n    """Return it. Raises: ValueError when x."""',
            ["_f: Raises: is not on a line of its own above its exceptions"],
        ),
        (
            'def f():\n    """Return it.\n\n    Raises:\n    """',
            ["f: Raises: is not on a line of its own above its exceptions"],
        ),
    ],
)
def test_every_fault_of_a_docstring_is_seen(source: str, found: list[str]) -> None:
    assert list(faults(source)) == found
