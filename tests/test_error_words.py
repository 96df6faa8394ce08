"""Errors of the operating system are told in words, as by one function, and never as ``[Errno 13] …``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.conftest import ROOT

_OF_THE_SYSTEM = {"OSError", "PermissionError", "FileNotFoundError", "ConnectionError", "URLError", "HTTPException"}


def _raw(source: str) -> Iterator[int]:
    """Yield the lines that write an error of the operating system as Python does."""
    for handler in ast.walk(ast.parse(source)):
        if isinstance(handler, ast.ExceptHandler) and handler.type and _names(handler.type) & _OF_THE_SYSTEM:
            for node in ast.walk(handler):
                if isinstance(node, ast.FormattedValue):
                    written: ast.expr = node.value
                elif isinstance(node, ast.Call) and _names(node.func) == {"str"}:
                    written = node.args[0]
                else:
                    continue
                if isinstance(written, ast.Name | ast.Attribute | ast.BoolOp) and handler.name in _names(written):
                    yield node.lineno


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def test_no_error_of_the_system_is_written_raw() -> None:
    files = [file for package in ("kg", "server") for file in (ROOT / package).rglob("*.py")]
    found = [(file.relative_to(ROOT), *_raw(file.read_text(encoding="utf-8"))) for file in files]
    assert [each for each in found if len(each) > 1] == []
