"""Tells whether anything has changed since a release was made: a digest of all that a build reads."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kg.resources import shipped
from kg.site import CONFIG, check_is_site, profile
from kg.site.history import digest as digest_of_history
from kg.site.history import read_history
from kg.site.jekyll import SUFFIXES

_READ_WHOLE = ("_data", "_includes")
_READ_FILES = (CONFIG, profile.FILE, "CNAME")
_NEVER = (".git", "node_modules", "vendor", "__pycache__")
_PROGRAM = Path(__file__).parents[1]


def digest(folders: Sequence[Path], *settings: str) -> str:
    """A hash of the program, the ontology and crosswalks, the settings, and every file of the sites that counts.

    Equal digests mean equal releases. Names, contents and the order of the sites count; times and places do not.
    Raises :class:`kg.errors.SiteError` where a folder is no site, before anything below it is looked at.
    """
    for folder in folders:
        check_is_site(folder)
    whole = hashlib.sha256("\0".join(settings).encode())
    for folder in (_PROGRAM, shipped("ontology")):
        _add(whole, folder, _below(folder))
    for folder in folders:
        whole.update(os.fsencode(folder.resolve().name) + b"\0")
        counting = [file for file in _below(folder) if _counts(file.relative_to(folder))]
        _add(whole, folder, counting)
        history = read_history(folder, (file.relative_to(folder).as_posix() for file in counting))
        whole.update(digest_of_history(history).encode())
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
        whole.update(os.fsencode(file.relative_to(folder).as_posix()) + b"\0")
        whole.update(_digest(file, follow=str(file.relative_to(folder)) in _READ_FILES))


def _digest(file: Path, follow: bool) -> bytes:
    """Of a file's content; of where a link leads unless it is one to ``follow``; pipes and devices are not opened."""
    try:
        if file.is_symlink() and not follow:
            return hashlib.sha256(os.fsencode(file.readlink())).digest()
        if not file.is_file():
            return b"no file"
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").digest()
    except OSError:  # nothing for us to read: the build will say so
        return b"unreadable"
