"""Tells whether anything has changed since a release was made: a digest of all that a build reads."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kg.resources import shipped
from kg.site import CONFIG, profile
from kg.site.jekyll import SUFFIXES

_READ_WHOLE = ("_data", "_includes")
_READ_FILES = (CONFIG, profile.FILE, "CNAME")
_NEVER = (".git", "node_modules", "vendor", "__pycache__")
_PROGRAM = Path(__file__).parent


def digest(folders: Sequence[Path], *settings: str) -> str:
    """A hash of the program, the ontology and crosswalks, the settings, and every file of the sites that counts.

    Equal digests mean equal releases. Names, contents and the order of the sites count; times and places do not.
    """
    whole = hashlib.sha256("\0".join(settings).encode())
    for folder in (_PROGRAM, shipped("ontology")):
        _add(whole, folder, _below(folder))
    for folder in folders:
        whole.update(folder.resolve().name.encode() + b"\0")
        _add(whole, folder, (file for file in _below(folder) if _counts(file.relative_to(folder))))
    return whole.hexdigest()[:32]


def _counts(file: Path) -> bool:
    return file.suffix.lower() in SUFFIXES or file.parts[0] in _READ_WHOLE or str(file) in _READ_FILES


def _below(folder: Path) -> Iterator[Path]:
    """Every file below a folder, in one order everywhere; links to folders are not followed."""
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _NEVER)
        yield from (Path(here) / name for name in sorted(files))


def _add(whole: hashlib._Hash, folder: Path, files: Iterable[Path]) -> None:
    for file in files:
        whole.update(file.relative_to(folder).as_posix().encode("utf-8", "surrogateescape") + b"\0")
        try:
            with file.open("rb") as content:
                whole.update(hashlib.file_digest(content, "sha256").digest())
        except OSError:  # a dangling link, or nothing for us to read: the build will say so
            whole.update(b"unreadable")
