"""The source files of a site: the only list, for the readers and for the detection of changes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import TypeVar

from kg.regular_file import read_regular
from kg.site import bibliography, data_files, patterns
from kg.site.jekyll import GEMFILE, NEVER_READ, SUFFIXES

CONFIG = "_config.yml"
CNAME = "CNAME"
"""File with the host at which GitHub Pages serves the site."""
INCLUDES = "_includes"
"""Folder of Liquid's include files."""
FILES = (CONFIG, patterns.FILE, CNAME, GEMFILE)
PLUGINS = "_plugins"
"""Folder of the programs that extend Jekyll for one site."""
FOLDERS = (data_files.FOLDER, INCLUDES, PLUGINS)
"""Folders in which every file may be read."""
_TEXTS = (".liquid", ".txt")
"""File name extensions of texts that a page may include from its own folder, beside those of pages."""
_TAG = re.compile(r"register_tag[ \t(]+[\"':](\w+)")
_MADE = ("_site", *NEVER_READ)
_Path = TypeVar("_Path")
_NO_SOURCES = (".git", *NEVER_READ, *FOLDERS)
"""Folders of a site that contain no pages."""
_LICENCE = re.compile(r"(?:licen[sc]e|copying)(?:\.(?:md|markdown|txt))?", re.IGNORECASE)


def is_licence(name: str) -> bool:
    """Return whether a file at the top of a site has the text of its licence, by the file's name.

    >>> is_licence("LICENSE"), is_licence("Licence.md"), is_licence("license.html")
    (True, True, False)
    """
    return _LICENCE.fullmatch(name) is not None


def is_source(path: PurePath) -> bool:
    """Return whether a build may read the file at a path relative to the site's folder."""
    is_text = path.suffix.lower() in (*SUFFIXES, *_TEXTS, bibliography.SUFFIX)
    return is_text or path.parts[0] in FOLDERS or str(path) in FILES or is_licence(str(path))


def sources(folder: Path) -> Iterator[Path]:
    """Yield every file of a site that a build may read, in the same order on all machines.

    Links below the site's folder are returned as links and not followed.
    """
    roots = (folder, *(folder / name for name in FOLDERS))
    every = (file for root in roots for file in _below(root, _NO_SOURCES if root == folder else ()))
    return (file for file in every if is_source(file.relative_to(folder)))


def own_tags(folder: Path) -> set[str]:
    """Return the names of the tags that a site's own plug-ins define."""
    files = (file for file in _below(folder / PLUGINS, ()) if file.suffix == ".rb" and not file.is_symlink())
    return {name for file in files for name in _TAG.findall(_program(file))}


def _program(file: Path) -> str:
    """Return the text of a plug-in; empty if it cannot be read."""
    try:
        return read_regular(file, errors="replace")
    except OSError:
        return ""


def names(folder: Path) -> Iterator[str]:
    """Yield the paths of all files of a site, sorted in each folder, to which links and templates may lead.

    Hidden folders and what Jekyll and builds make are left out.
    """
    for here, folders, files in os.walk(folder):
        inner = Path(here).relative_to(folder)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and str(inner / name) not in _MADE)
        yield from _own(Path(here), folders, (str(inner / name) for name in sorted(files)))


def _below(root: Path, left_out: tuple[str, ...]) -> Iterator[Path]:
    for here, folders, files in os.walk(root):
        links = [name for name in folders if (Path(here) / name).is_symlink()]
        inner = Path(here).relative_to(root)
        folders[:] = sorted(name for name in folders if name not in links and str(inner / name) not in left_out)
        yield from _own(Path(here), folders, (Path(here) / name for name in sorted([*files, *links])))


def _own(here: Path, folders: list[str], files: Iterable[_Path]) -> Iterable[_Path]:
    """Return the files in a folder, but none of one in which releases are published, nor any below it."""
    if not ((here / "current").is_symlink() and (here / "releases").is_dir()):
        return files
    folders.clear()
    return ()
