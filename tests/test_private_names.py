"""A name that begins with an underscore is used only in its own module."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT

OF_LIBRARIES = {"hashlib._Hash", "os._exit", "owlready2.reasoning._subprocess_kargs"}
"""Private names without a public equivalent."""


def private_names_of_others(source: str) -> Iterator[str]:
    """Yield each private name that is imported, or read from anything but the own object or class."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names if is_private(alias.name))
        elif isinstance(node, ast.Attribute) and is_private(node.attr):
            name = ast.unparse(node)
            if name not in (f"self.{node.attr}", f"cls.{node.attr}", *OF_LIBRARIES):
                yield name


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


@pytest.mark.parametrize("package", ["kg", "server"])
def test_no_module_uses_a_private_name_of_another(package: str) -> None:
    files = sorted((ROOT / package).rglob("*.py"))
    found = {str(file): list(private_names_of_others(file.read_text(encoding="utf-8"))) for file in files}
    assert files
    assert {file: names for file, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("from kg.site import _cname", ["kg.site._cname"]),
        ("from kg.site import _cname as cname, CONFIG", ["kg.site._cname"]),
        ("from . import _cname", ["None._cname"]),
        ("import kg.site\nkg.site._cname(folder)", ["kg.site._cname"]),
        (
            "class A:\n    def b(self, other):\n        return self._c + self._d._e + other._c",
            ["other._c", "self._d._e"],
        ),
        ("from __future__ import annotations\nimport kg\nkg.__version__, kg.cli, self._a, cls._a, _own", []),
    ],
)
def test_every_use_of_a_private_name_is_seen(source: str, names: list[str]) -> None:
    assert sorted(private_names_of_others(source)) == names
