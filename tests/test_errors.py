"""The documentation of :mod:`kg.errors` lists every class in its place, and each of ours is an ``Exception``."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

from kg import errors
from tests.conftest import ROOT


def drawn(error: type[Exception], indent: str = "") -> Iterator[str]:
    yield f"{indent}* {error.__name__}"
    for subclass in error.__subclasses__():
        if subclass.__module__ == errors.__name__:
            yield from drawn(subclass, f"{indent}  ")


def test_the_drawing_has_every_class_in_its_place() -> None:
    documentation = inspect.cleandoc(errors.__doc__ or "").splitlines()
    assert [line for line in documentation if line.lstrip().startswith("*")] == list(drawn(errors.KgError))
    assert all(issubclass(error, errors.KgError) for _, error in inspect.getmembers(errors, inspect.isclass)), (
        "an exception outside of the tree"
    )


def test_no_class_is_an_exception_that_nobody_catches() -> None:
    beyond = {"BaseException", "BaseExceptionGroup", "GeneratorExit", "KeyboardInterrupt", "SystemExit"}
    for package in ("kg", "server"):
        for file in (ROOT / package).rglob("*.py"):
            classes = [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.ClassDef)]
            assert not [node.name for node in classes if beyond & {ast.unparse(base) for base in node.bases}], file
