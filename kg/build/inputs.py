"""Digests of the inputs of a build, by which an unchanged release and unchanged parts of one are recognised."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kg.resources import shipped
from kg.site import Site, check_is_site
from kg.site.history import digest as digest_of_history
from kg.site.history import read_history
from kg.site.published import github_pages
from kg.site.sources import FILES, sources

_LIQUID = re.compile(rb"\{[{%].*?[}%]\}", re.DOTALL)
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
_OTHERS = re.compile(rb"\[|\bsite\b(?!\.data\.)|\b(?:include_relative|link|post_url|previous|next|date)\b")
"""Words by which templates refer to other pages, to properties by a computed name, and to the time."""
_PROGRAM = Path(__file__).parents[1]


def digest(folders: Sequence[Path], *settings: str) -> str:
    """Return a hash of the program, the ontology and crosswalks, the settings, and every source file of the sites.

    Equal digests mean equal releases. The digest depends on names and contents of files and on the order of the sites,
    but not on modification times and locations.

    Raises:
        SiteError: when a folder is not a site; nothing below it is read.
    """
    for folder in folders:
        check_is_site(folder)
    whole = hashlib.sha256("\0".join((program(), *settings)).encode())
    for folder in folders:
        whole.update(os.fsencode(folder.resolve().name) + b"\0" + github_pages(folder).encode() + b"\0")
        counting = list(sources(folder))
        _add(whole, folder, counting)
        history = read_history(folder, (file.relative_to(folder).as_posix() for file in counting))
        whole.update(digest_of_history(history).encode())
    return whole.hexdigest()[:32]


def program() -> str:
    """Return a hash of the program, its ontology and crosswalks, and the versions of Python and of libraries."""
    whole = hashlib.sha256(sys.version.encode())
    for name in sorted(_installed()):
        whole.update(os.fsencode(name) + b"\0")
    for folder in (_PROGRAM, shipped("ontology")):
        _add(whole, folder, _program(folder))
    return whole.hexdigest()


def around_pages(site: Site) -> str:
    """Return a hash of what a site has besides its pages: its addresses, licence, and every other source file."""
    pages = set(site.files())
    whole = hashlib.sha256(b"\0".join(map(os.fsencode, (site.folder.resolve().name, site.licence, *site.addresses))))
    files = (file for file in sources(site.folder) if file.relative_to(site.folder).as_posix() not in pages)
    _add(whole, site.folder, files)
    return whole.hexdigest()


def of_file(file: Path) -> str:
    """Return a hash of the content of a page's file."""
    return _digest(file, follow=True).hex()


def asks_for_others(file: Path) -> bool:
    """Return whether the Liquid of a file may ask for other pages of the site, or for the time."""
    if not file.is_file():  # a folder, a pipe or a device
        return False
    try:
        text = file.read_bytes()
    except OSError:  # the build reports it
        return False
    return any(_OTHERS.search(_QUOTED.sub(b"", found[0])) for found in _LIQUID.finditer(text))


def _installed() -> set[str]:
    """Return the names of the installed distributions' folders, which have their versions in them."""
    return {found.name for folder in filter(None, sys.path) for found in Path(folder).glob("*.dist-info")}


def _program(folder: Path) -> Iterator[Path]:
    """Yield every file below a folder of this program, sorted."""
    return (file for file in sorted(folder.rglob("*")) if file.is_file() and "__pycache__" not in file.parts)


def _add(whole: hashlib._Hash, folder: Path, files: Iterable[Path]) -> None:
    for file in files:
        whole.update(os.fsencode(file.relative_to(folder).as_posix()) + b"\0")
        whole.update(_digest(file, follow=str(file.relative_to(folder)) in FILES))


def _digest(file: Path, follow: bool) -> bytes:
    """Return the digest of a file's content, or of the target of a symbolic link unless ``follow`` is true.

    Pipes and devices are not opened.
    """
    try:
        if file.is_symlink() and not follow:
            return hashlib.sha256(os.fsencode(file.readlink())).digest()
        if not file.is_file():
            return b"no file"
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").digest()
    except OSError:  # the build reports unreadable files
        return b"unreadable"
