"""A folder is the registry: every module of a plugin package whose name has no leading underscore is a plugin.

Listing and describing plugins imports none of them, so that ``kg --help`` needs no RDF library.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import pkgutil
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

from kg.errors import UnknownName

COMMANDS = "kg.commands"
"""The package of the commands that come with ``kg``, and the entry-point group through which others add theirs."""


def names(package: str) -> tuple[str, ...]:
    """Names of the plugins of a package, sorted; imports the package but none of them.

    >>> names("kg.readers")
    ('markdown',)
    """
    path = importlib.import_module(package).__path__
    return tuple(sorted(module.name for module in pkgutil.iter_modules(path) if not module.name.startswith("_")))


def load(package: str, name: str) -> ModuleType:
    """The plugin of that name.

    Raises :class:`UnknownName`, which says what there is.

    >>> load("kg.readers", "docx")
    Traceback (most recent call last):
    kg.errors.UnknownName: no reader 'docx'; there are markdown
    """
    there = names(package)
    if name not in there:
        kind = package.rpartition(".")[2].removesuffix("s")
        raise UnknownName(f"no {kind} {name!r}; there are {', '.join(there) or 'none'}")
    return importlib.import_module(f"{package}.{name}")


def find(package: str) -> dict[str, ModuleType]:
    """All plugins of a package by name, imported."""
    return {name: load(package, name) for name in names(package)}


def registered(group: str) -> dict[str, EntryPoint]:
    """What installed distributions add to an entry-point group, by name, not imported."""
    return {point.name: point for point in entry_points(group=group)}


def summary(module: str) -> str:
    """First line of a module's docstring, read from its source without importing it; empty where there is none.

    >>> summary("kg.errors")
    'The exceptions of kg and of its server. Each is mapped to an exit code and to an HTTP status once.'
    """
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return ""
    text = ast.get_docstring(ast.parse(Path(spec.origin).read_text(encoding="utf-8")))
    return (text or "").partition("\n")[0]
