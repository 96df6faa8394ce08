"""Digests of the inputs of a build, by which an unchanged release and unchanged parts of one are recognised."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from functools import cache
from pathlib import Path

from kg.readers import before_text
from kg.resources import shipped
from kg.site import Site, check_is_site, permalinks
from kg.site.history import digest as digest_of_history
from kg.site.history import read_history
from kg.site.jekyll import has_header
from kg.site.published import repository
from kg.site.sources import FILES, names, sources

_LIQUID = re.compile(rb"\{[{%].*?[}%]\}", re.DOTALL)
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")
_OTHERS = re.compile(rb"\[|\bsite\b(?!\.data\.)|\b(?:link|post_url|previous|next)\b")
"""Words by which templates refer to other pages, and to properties by a computed name."""
_WHOLE = re.compile(rb"\b(?:include_relative|date)\b")
"""Words by which they refer to whole files of other pages, and to the time."""
_DATE = re.compile(rb"^date:[ \t]*[\"']?(\d[\w .:+-]*)", re.MULTILINE)
_LONGEST_FRONT = 4000
"""Bytes of a document in which its date is looked for."""
_ZONES = timedelta(hours=15)
"""How much earlier or later than in UTC a date may begin."""
_PROGRAM = Path(__file__).parents[1]


def digest(folders: Sequence[Path], *settings: str) -> str:
    """Return a hash of the program, the ontology and crosswalks, the settings, and every source file of the sites.

    Equal digests mean equal releases. The digest depends on names and contents of these files, on what
    :func:`of_names` has of all others, and on the order of the sites, but not on modification times and locations.

    Raises:
        SiteError: when a folder is not a site; nothing below it is read.
    """
    for folder in folders:
        check_is_site(folder)
    whole = hashlib.sha256("\0".join((program(), *settings)).encode())
    for folder in folders:
        whole.update(os.fsencode(folder.resolve().name) + b"\0" + repository(folder).encode() + b"\0")
        counting = list(sources(folder))
        _add(whole, folder, counting)
        whole.update(b"\0".join(map(os.fsencode, of_names(folder))))
        history = read_history(folder, (file.relative_to(folder).as_posix() for file in counting))
        whole.update(digest_of_history(history).encode())
    return whole.hexdigest()[:32]


@cache
def program() -> str:
    """Return a hash of the program, its ontology and crosswalks, and the versions of Python and of libraries."""
    whole = hashlib.sha256(sys.version.encode())
    for name in sorted(_installed()):
        whole.update(os.fsencode(name) + b"\0")
    for folder in (_PROGRAM, shipped("ontology")):
        _add(whole, folder, _program(folder))
    return whole.hexdigest()


def around_pages(site: Site, pages: Set[str]) -> str:
    """Return a hash of what a site has besides its ``pages``: key, addresses, licence, and every other source file."""
    about = (site.folder.resolve().name, repository(site.folder), site.key, site.licence, *site.addresses)
    whole = hashlib.sha256(b"\0".join(map(os.fsencode, about)))
    files = (file for file in sources(site.folder) if file.relative_to(site.folder).as_posix() not in pages)
    _add(whole, site.folder, files)
    return whole.hexdigest()


def of_file(file: Path) -> str:
    """Return a hash of the content of a page's file."""
    return _digest(file, follow=True).hex()


def of_names(folder: Path) -> Iterator[str]:
    """Yield what pages see of all files of a site: paths, to which they link, and which files begin as pages do."""
    return (f"{name}\0{_is_page(folder / name)}" for name in names(folder))


def _is_page(file: Path) -> bool:
    return not file.is_symlink() and file.is_file() and has_header(file)


class Need(IntEnum):
    """Parts of the other pages of a site that the reading of a page needs."""

    NOTHING = 0
    FRONTS = 1
    """Their front matter; the reader tells when it needed more."""
    ALL = 2
    """All of them; also that of a page that shows the time."""


def need(file: Path) -> Need:
    """Return what the Liquid of a file may ask for."""
    if not file.is_file():  # a folder, a pipe or a device
        return Need.NOTHING
    try:
        text = file.read_bytes()
    except OSError:  # the build reports it
        return Need.NOTHING
    liquid = b"".join(_QUOTED.sub(b"", found[0]) for found in _LIQUID.finditer(text))
    return Need.ALL if _WHOLE.search(liquid) else Need.FRONTS if _OTHERS.search(liquid) else Need.NOTHING


def of_front(file: Path) -> str:
    """Return a hash of what templates of other pages see of a page besides its text."""
    try:
        front = before_text(file.read_bytes())
    except OSError:  # the build reports it
        return "unreadable"
    return hashlib.sha256(front + b"\0" + _to_come(file.name, front)).hexdigest()


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


def _to_come(name: str, start: bytes) -> bytes:
    """Return whether the date of a document is to come; in the hours in which its time zone decides that, the time."""
    written = _DATE.search(start)
    now = datetime.now(UTC)
    date = permalinks.date_of(name, {"date": written[1].decode(errors="replace")} if written else {}, UTC)
    if date is None or date < now - _ZONES:
        return b""
    return b"to come" if date > now + _ZONES else f"{now:%Y-%m-%d %H:%M}".encode()


def _digest(file: Path, follow: bool) -> bytes:
    """Return the digest of a file's content, or of the target of a symbolic link unless ``follow`` is true.

    Pipes and devices are not opened. The content of a document of a date to come counts as another one.
    """
    try:
        if file.is_symlink() and not follow:
            return hashlib.sha256(os.fsencode(file.readlink())).digest()
        if not file.is_file():
            return b"no file"
        with file.open("rb") as content:
            whole = hashlib.file_digest(content, "sha256")
            if any(name.startswith("_") for name in file.parts):
                content.seek(0)
                whole.update(_to_come(file.name, content.read(_LONGEST_FRONT)))
            return whole.digest()
    except OSError:  # the build reports unreadable files
        return b"unreadable"
