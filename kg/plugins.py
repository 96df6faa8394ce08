"""Plugins: all modules of a package whose names have no leading underscore.

Plugins are listed and described without being imported, so that ``kg --help`` needs no RDF library.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import pkgutil
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from kg.errors import UnknownName

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

COMMANDS = "kg.commands"
"""Package of the commands of ``kg``, and the entry-point group of commands in other distributions."""


def names(package: str) -> tuple[str, ...]:
    """Return the sorted names of the plugins of a package, which is imported without them.

    >>> names("kg.readers")
    ('html', 'markdown')
    """
    path = importlib.import_module(package).__path__
    return tuple(sorted(module.name for module in pkgutil.iter_modules(path) if not module.name.startswith("_")))


def load(package: str, name: str) -> ModuleType:
    """Import and return a plugin.

    >>> load("kg.readers", "docx")
    Traceback (most recent call last):
    kg.errors.UnknownName: no reader 'docx'; there are html, markdown

    Raises:
        UnknownName: when the package has no plugin with this name.
    """
    there = names(package)
    if name not in there:
        kind = package.rpartition(".")[2].removesuffix("s")
        raise UnknownName(f"no {kind} {name!r}; there are {', '.join(there) or 'none'}")
    return importlib.import_module(f"{package}.{name}")


def find(package: str) -> dict[str, ModuleType]:
    """Import all plugins of a package and return them by name."""
    return {name: load(package, name) for name in names(package)}


def registered(group: str) -> dict[str, EntryPoint]:
    """Return the entry points of a group in installed distributions, by name, without importing them."""
    from importlib.metadata import entry_points  # takes 5 MB, which worker processes do not need

    return {point.name: point for point in entry_points(group=group)}


def summary(module: str) -> str:
    """Return the first line of a module's docstring, parsed without importing it; empty if there is none.

    >>> summary("kg.errors")
    'The exceptions of kg and its server.'
    """
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return ""
    text = ast.get_docstring(ast.parse(Path(spec.origin).read_text(encoding="utf-8")))
    return (text or "").partition("\n")[0]
