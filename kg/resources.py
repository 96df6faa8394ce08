"""Where the files that ship with the program are: beside the packages in a checkout, inside the wheel otherwise."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def shipped(name: str) -> Path:
    """Folder of the shipped ``ontology`` or ``content``.

    >>> (shipped("ontology") / "crosswalks").is_dir()
    True
    """
    inside = _PACKAGE / "_data" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
