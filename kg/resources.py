"""Locate the data files of the program: beside the package in a checkout, inside it in an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def shipped(name: str) -> Path:
    """Return the path of the shipped folder ``ontology`` or ``content``.

    >>> (shipped("ontology") / "crosswalks").is_dir()
    True
    """
    inside = _PACKAGE / "_data" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
